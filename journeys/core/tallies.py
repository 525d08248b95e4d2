"""Which counts a de-identified row adds one to: every number a manufacturer may see is one of them.

A count is named by its view and its cell. There are no other ones, and none is worked out from
rows when somebody asks: what cannot be asked cannot single anybody out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journeys.core.graph import STAGES

# The groups by which the stages may be split, one at a time.
GROUPS = ("payer_class", "age_band", "region", "practice_type")

# The upper end of each bucket in days; one more bucket holds what took longer.
DAYS = (1, 3, 7, 14, 28, 56, 112)
# Views whose cells begin with a week, and go on for ever.
DATED = ("week", "denied", "returned", "lag")

# Between the pieces of a cell's name; no key of ours contains it.
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What of a row never changes: the week it began, and the groups it belongs to."""

    week: str
    age_band: str
    region: str
    practice_type: str


Cell = tuple[str, str]


def cells(fixed: Fixed, row: Mapping[str, Any]) -> Iterator[Cell]:
    """Every (view, cell) that a row counts in; an empty row counts in none."""
    if not row:
        return
    reached = STAGES[: STAGES.index(row["reached"]) + 1]
    groups = {
        "payer_class": row.get("payer_class", ""),
        "age_band": fixed.age_band,
        "region": fixed.region,
        "practice_type": fixed.practice_type,
    }
    for stage in reached:
        yield "stage", stage
        for group in GROUPS:
            yield f"stage:{group}", cell(stage, groups[group])
    yield "week", fixed.week
    yield from _standing(row)
    yield from _times(row)
    for field, week in row.get("returned", ()):
        yield "returned", cell(week, field)
    for reason, week in row.get("denials", ()):
        yield "denied", cell(week, row.get("payer", ""), reason)


def _standing(row: Mapping[str, Any]) -> Iterator[Cell]:
    """Where it stands now, why, and what threatens it."""
    if row.get("closed"):
        yield "closed", row["closed"]
    elif row.get("step"):
        yield "step", row["step"]
        if row.get("reason"):
            yield "reason", cell(row["step"], row["reason"])
    for rule in row.get("risks", ()):
        yield "risk", rule
    if row.get("risks"):
        yield "at_risk", "any"


def _times(row: Mapping[str, Any]) -> Iterator[Cell]:
    if row.get("therapy_days") is not None:
        yield "therapy", str(bucket_of(row["therapy_days"]))
    for step, hours in row.get("dwell", {}).items():
        yield "dwell", cell(step, str(bucket_of(hours / 24)))


def cell(*parts: str) -> str:
    """A cell's name from its pieces."""
    return SEPARATOR.join(parts)


def parts_of(name: str) -> list[str]:
    """The pieces of a cell's name."""
    return name.split(SEPARATOR)


def bucket_of(days: float) -> int:
    """The bucket of a length of time."""
    return next((index for index, edge in enumerate(DAYS) if days < edge), len(DAYS))


def change(
    fixed: Fixed, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Counter[Cell]:
    """What a row's change adds to each count; those that stay the same are left out."""
    added: Counter[Cell] = Counter(cells(fixed, after))
    added.subtract(cells(fixed, before or {}))
    return Counter({name: number for name, number in added.items() if number})
