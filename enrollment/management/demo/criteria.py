"""What the demo's hubs know of how payers decide: fictional sheets, written by the cast."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from journeys.core.payer_criteria import Asked
from journeys.domain.payer_criteria import Kept, keep_version
from programs.models import ProgramVersion


@dataclass(frozen=True)
class _Sheet:
    hub: str
    program: str
    payer: str
    line: str
    why: str
    asked: tuple[Asked, ...]


_SHEETS = (
    _Sheet(
        "northstar",
        "veltrana",
        "Meridian Health",
        "",
        "The plan's policy of this year",
        (
            Asked("Diagnosis is moderate to severe, with its code", ("E1",)),
            Asked("A specialist prescribes it", ("D3",)),
            Asked("Severity score on the scale the plan names", ("E15",)),
            Asked("One conventional medicine was tried", ("E6",)),
            Asked("Why it was given up", ("E8",)),
            Asked("No other biologic at the same time"),
        ),
    ),
    _Sheet(
        "northstar",
        "veltrana",
        "",
        "medicaid",
        "The state's form of this year",
        (
            Asked("Diagnosis with its code", ("E1",)),
            Asked("Two conventional medicines were tried", ("E9.drug",)),
            Asked("Chart notes of the last 90 days", ("E16",)),
        ),
    ),
    _Sheet(
        "beacon",
        "ossivue",
        "",
        "commercial",
        "Calls with three plans",
        (
            Asked("Diagnosis with its code", ("E1",)),
            Asked("An oral medicine was tried or could not be used", ("E8",)),
        ),
    ),
)


def keep_sheets(
    people: Iterable[tuple[str, Actor]],
    versions: Mapping[str, ProgramVersion],
    *,
    now: dt.datetime,
) -> None:
    """Each sheet, by somebody (a slug, an actor) of its hub, as of the first of the year."""
    by_hub = dict(people)
    for sheet in _SHEETS:
        kept = Kept(
            program_id=versions[sheet.program].program_id,
            payer=sheet.payer,
            line=sheet.line,
            from_on=dt.date(now.year, 1, 1),
            asked=sheet.asked,
            why=sheet.why,
        )
        with acting_as(by_hub[sheet.hub]):
            keep_version(kept, by=by_hub[sheet.hub], now=now)
