"""Many de-identified rows of a program, and their counts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.tenancy import every_tenant
from journeys.core.deidentified import week_of
from journeys.domain.counting import count_changes
from journeys.models import FunnelRow
from programs.models import Program


def rows(
    program: Program,
    count: int,
    *,
    on: dt.date,
    fixed: Mapping[str, str] | None = None,
    **told: Any,
) -> None:
    """That many more rows that say the same; nothing counts them yet."""
    groups = {"age_band": "35_49", "region": "021", "practice_type": "207RR0500X"}
    with every_tenant(reason="a test lays out rows"):
        FunnelRow.objects.bulk_create(
            FunnelRow(
                organization=program.manufacturer,
                program=program,
                week=week_of(on),
                told={"reached": "submitted", "payer_class": "commercial", **told},
                before={},
                **{**groups, **(fixed or {})},
            )
            for _ in range(count)
        )


def count_all() -> None:
    """Let the counts follow every row."""
    while count_changes():
        pass
