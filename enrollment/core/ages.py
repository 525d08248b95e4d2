"""How long what an office knows is taken as right, before somebody is asked to confirm it.

One table, so that the same age is used at every page. A fact older than this is never retyped:
it is shown, and one press says that it still holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from programs.core.forms import Item


@dataclass(frozen=True)
class Age:
    """How many days a confirmation lasts, and why no longer."""

    days: int
    why: str
    each_year: bool = False
    """Ends with the calendar year too, as plans do."""


AGES: Mapping[str, Age] = {
    "patient": Age(90, "People move and change phones; a hub that cannot reach them waits."),
    "coverage": Age(90, "Plans change with the year and with a job.", each_year=True),
    "practice": Age(365, "Numbers and contacts of an office change seldom."),
    "prescriber": Age(365, "Licenses are renewed; numbers stay."),
    "clinical": Age(180, "What was tried before only grows."),
}
"""By what a fact is typed once per."""

CLINICAL_AGES: Mapping[str, Age] = {
    "E10": Age(30, "The dose may follow the weight."),
    "E11": Age(365, "Height changes slowly."),
    "E12": Age(90, "A new allergy is a matter of safety."),
    "E13": Age(90, "Medicines taken beside this one change often."),
}
"""Clinical facts whose age is their own, by canonical field."""


def age_of(once: str, field_id: str) -> Age | None:
    """The age that holds for a field; None for what belongs to one enrollment alone."""
    own = CLINICAL_AGES.get(field_id.partition(".")[0]) if once == "clinical" else None
    return own or AGES.get(once)


def stale_keys(
    items: Iterable[Item], changes: Mapping[str, Mapping[str, Any]], *, today: date
) -> dict[str, Age]:
    """Of these questions those whose answer came from a record and has grown old, with its age."""
    found = {}
    for item in items:
        as_of = changes.get(item.key, {}).get("as_of")
        age = age_of(item.field.typed_once_per, item.field.id)
        if as_of and age and stale(age, date.fromisoformat(as_of), today=today):
            found[item.key] = age
    return found


def stale(age: Age, confirmed_on: date, *, today: date) -> bool:
    """Whether what was confirmed on this day should be confirmed again."""
    if age.each_year and confirmed_on.year < today.year:
        return True
    return (today - confirmed_on).days > age.days
