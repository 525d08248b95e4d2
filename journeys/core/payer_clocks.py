"""How long a payer may take, and how long one may appeal: by the payer's class, dated.

The law changes these, so each row keeps from when it holds and where it is written; a journey
is due by the row in force on the day the step opened. Programs tune what the law leaves open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from journeys.core.graph import Clock

Table = Literal["decision", "appeal_filing", "appeal_decision"]
TABLES: tuple[Table, ...] = ("decision", "appeal_filing", "appeal_decision")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerClock:
    """One row: for whom, since when, how long, how long when it is urgent, and its source.

    `benefit` narrows the row to what is asked for under it; empty means any.
    """

    table: Table
    lines: tuple[str, ...]
    effective_on: date
    clock: Clock
    urgent: Clock | None = None
    benefit: str = ""
    source: str


_PART_D = ("medicare_d",)
_ADVANTAGE = ("medicare_advantage",)
_MEDICAID = ("medicaid",)
_COMMERCIAL = ("commercial", "marketplace")

CLOCKS: tuple[PayerClock, ...] = (
    PayerClock(
        table="decision",
        lines=_PART_D,
        effective_on=date(2010, 1, 1),
        clock=Clock(72, "hours"),
        urgent=Clock(24, "hours"),
        source="42 CFR 423.568(b), 423.572(a)",
    ),
    PayerClock(
        table="decision",
        lines=(*_ADVANTAGE, *_MEDICAID),
        effective_on=date(2010, 1, 1),
        clock=Clock(14, "days"),
        urgent=Clock(72, "hours"),
        source="42 CFR 422.568(b), 422.572(a), 438.210(d)",
    ),
    PayerClock(
        table="decision",
        lines=(*_ADVANTAGE, *_MEDICAID),
        effective_on=date(2026, 1, 1),
        clock=Clock(7, "days"),
        urgent=Clock(72, "hours"),
        source="CMS-0057-F, 89 FR 8758 (items and services; drugs are excluded)",
    ),
    PayerClock(
        table="appeal_filing",
        lines=_COMMERCIAL,
        effective_on=date(2010, 9, 23),
        clock=Clock(180, "days"),
        source="29 CFR 2560.503-1(h)(3)(i); 45 CFR 147.136(b)",
    ),
    PayerClock(
        table="appeal_filing",
        lines=(*_PART_D, *_ADVANTAGE),
        effective_on=date(2010, 1, 1),
        clock=Clock(60, "days"),
        source="42 CFR 422.582(b), 423.582(b)",
    ),
    PayerClock(
        table="appeal_filing",
        lines=(*_PART_D, *_ADVANTAGE),
        effective_on=date(2025, 1, 1),
        clock=Clock(65, "days"),
        source="42 CFR 422.582(b), 423.582(b) as amended by 89 FR 30448",
    ),
    PayerClock(
        table="appeal_filing",
        lines=_MEDICAID,
        effective_on=date(2017, 7, 1),
        clock=Clock(60, "days"),
        source="42 CFR 438.402(c)(2)(ii)",
    ),
    PayerClock(
        table="appeal_decision",
        lines=_COMMERCIAL,
        effective_on=date(2010, 9, 23),
        clock=Clock(30, "days"),
        urgent=Clock(72, "hours"),
        source="29 CFR 2560.503-1(i)(2)",
    ),
    PayerClock(
        table="appeal_decision",
        lines=_PART_D,
        effective_on=date(2010, 1, 1),
        clock=Clock(7, "days"),
        urgent=Clock(72, "hours"),
        source="42 CFR 423.590(a), (d)",
    ),
    PayerClock(
        table="appeal_decision",
        lines=(*_ADVANTAGE, *_MEDICAID),
        effective_on=date(2017, 7, 1),
        clock=Clock(30, "days"),
        urgent=Clock(72, "hours"),
        source="42 CFR 422.590, 438.408(b)",
    ),
)


@dataclass(frozen=True, slots=True)
class ByLaw:
    """The clock that a row gives, and the row."""

    clock: Clock
    row: PayerClock


def clock_by_law(table: str, values: Mapping[str, object], *, on: date) -> ByLaw | None:
    """The clock in force on a day for what is known of the coverage, or None where none is."""
    rows = list(_rows(table, values, on))
    if not rows:
        return None
    row = max(rows, key=lambda row: (bool(row.benefit), row.effective_on))
    urgent = row.urgent if values.get("urgent") is True else None
    return ByLaw(urgent or row.clock, row)


def _rows(table: str, values: Mapping[str, object], on: date) -> Iterator[PayerClock]:
    line, benefit = values.get("line_of_business"), values.get("benefit")
    for row in CLOCKS:
        fits = row.table == table and line in row.lines and row.effective_on <= on
        if fits and row.benefit in ("", benefit):
            yield row
