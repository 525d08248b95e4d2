"""Under which texts a person is kept and looked for, so that no search compares everybody.

Only digests of these texts are stored. What is kept is few; what a search asks for is more, so
that a slip in a date is found.
"""

from datetime import date

from journeys.core.nicknames import families_of
from journeys.core.sameness import Traits, place_of
from journeys.core.sounding import characters, letters, sound


def kept_under(traits: Traits) -> frozenset[str]:
    """The texts a person is kept under."""
    return _keys(traits, years=[traits.born_on.year], days=[traits.born_on])


def looked_for(traits: Traits) -> frozenset[str]:
    """The texts a person is looked for by: those, and those of dates that a slip explains."""
    days = slips_of(traits.born_on)
    years = sorted({day.year for day in days})
    swapped = {
        f"name:{sound(letters(traits.given))}:{year}" for year in years if letters(traits.given)
    }
    return _keys(traits, years=years, days=days) | swapped


def _keys(traits: Traits, *, years: list[int], days: list[date]) -> frozenset[str]:
    surname, given = letters(traits.surname), letters(traits.given).split()[:1]
    found = {f"name:{sound(part)}:{year}" for part in [surname, *surname.split()] for year in years}
    for first in given:
        found |= {
            f"born:{sound(family)}:{day.isoformat()}"
            for family in families_of(first)
            for day in days
        }
    found |= {f"phone:{characters(phone)}" for phone in traits.phones if phone}
    if traits.member_id:
        found.add(f"member:{characters(traits.member_id)}")
    if traits.street:
        found |= {f"place:{place_of(traits)}:{year}" for year in years}
    return frozenset(found)


def slips_of(born_on: date) -> list[date]:
    """The date itself and the dates it becomes when day and month or two digits are swapped."""
    written = born_on.strftime("%Y%m%d")
    tried = [written, written[:4] + written[6:] + written[4:6]]
    tried += [
        written[:at] + written[at + 1] + written[at] + written[at + 2 :] for at in range(2, 7)
    ]
    found = {day for text in tried if (day := _day(text))}
    return sorted(day for day in found if day == born_on or day.year > 1900)


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
