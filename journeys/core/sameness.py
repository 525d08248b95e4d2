"""Whether two enrollments may be of one person: a score with its reasons, for a person to judge.

Nothing is merged by a score. Twins and a parent with a child's name are told apart first: a given
name that is another name, or a date of birth that no slip explains, is another person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from journeys.core.nicknames import families_of
from journeys.core.sounding import characters, letters, slipped, sound, transposed

# From this score on, of 100, a pair is shown to a person.
LIKELY = 60


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a person is told apart by, as it was written; what is not known is empty."""

    given: str
    surname: str
    born_on: date
    sex: str = ""
    phones: tuple[str, ...] = ()
    member_id: str = ""
    member_suffix: str = ""
    street: str = ""
    zip_code: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike, of 100, and why; `apart` says why they are two people after all."""

    score: int
    reasons: tuple[str, ...] = ()
    apart: str = ""

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


Grounds = tuple[int, str]
NOTHING: Grounds = (0, "")


def likeness_of(one: Traits, other: Traits) -> Likeness:
    """Compare two people."""
    swapped = _swapped(one, other)
    given = (20, "First and last name swapped") if swapped else _given(one.given, other.given)
    born = _born(one.born_on, other.born_on)
    if apart := _apart(one, other, given=given, born=born):
        return Likeness(0, apart=apart)
    surname = (20, "") if swapped else _surname(one.surname, other.surname)
    found = [surname, given, born, *_beside(one, other)]
    score = sum(points for points, _why in found)
    ranked = sorted(found, key=lambda each: -each[0])
    return Likeness(max(0, min(100, score)), tuple(why for _points, why in ranked if why))


def _apart(one: Traits, other: Traits, *, given: Grounds, born: Grounds) -> str:
    if not born[0]:
        return "Other date of birth"
    if not given[0]:
        return "Other first name, as twins have"
    if letters(one.given) == letters(other.given):
        return ""
    if _differ(one.sex, other.sex):
        return "Other first name and other sex, as twins have"
    if _differ(one.member_suffix, other.member_suffix):
        return "Other first name and other place on the card, as twins have"
    return ""


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _swapped(one: Traits, other: Traits) -> bool:
    names = letters(one.given), letters(one.surname)
    return names[0] != names[1] and names == (letters(other.surname), letters(other.given))


def _surname(one: str, other: str) -> Grounds:
    here, there = letters(one), letters(other)
    if here == there:
        return 20, "Same last name"
    if set(here.split()) & set(there.split()):
        return 15, "Part of the last name is the same"
    if sound(here) == sound(there):
        return 15, "Last names sound alike"
    return (13, "Last names differ by a slip") if slipped(here, there) else NOTHING


def _given(one: str, other: str) -> Grounds:
    here, there = letters(one), letters(other)
    if here == there:
        return 20, "Same first name"
    return _first_word(
        here.split(" ")[0], there.split(" ")[0], f"{one.title()} and {other.title()}"
    )


def _first_word(a: str, b: str, both: str) -> Grounds:
    """Two first names, folded and without middle names."""
    if a == b:
        return 18, "Same first name"
    if families_of(a) & families_of(b):
        return 17, f"{both} are one name"
    if min(len(a), len(b)) == 1 and a[0] == b[0]:
        return 12, "First name begins alike"
    if min(len(a), len(b)) > 3 and (sound(a) == sound(b) or slipped(a, b)):
        return 13, "First names sound alike or differ by a slip"
    return NOTHING


def _born(one: date, other: date) -> Grounds:
    if one == other:
        return 30, "Same date of birth"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return 24, "Day and month of birth swapped"
    here, there = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    if transposed(here, there):
        return 23, "Two digits of the date of birth swapped"
    return (18, "One digit of the date of birth differs") if slipped(here, there) else NOTHING


def _beside(one: Traits, other: Traits) -> Iterator[Grounds]:
    """What supports it: telephone, member ID, address; and a sex that differs."""
    yield _number("phone", one.phones, other.phones, same=12)
    yield _number("member ID", (one.member_id,), (other.member_id,), same=15)
    if one.street and place_of(one) == place_of(other):
        yield 6, "Same address"
    if _differ(one.sex, other.sex):
        yield -12, "Other sex"


def _number(called: str, here: tuple[str, ...], there: tuple[str, ...], *, same: int) -> Grounds:
    ours, theirs = ({characters(each) for each in side if each} for side in (here, there))
    if ours & theirs:
        return same, f"Same {called}"
    if any(transposed(a, b) for a in ours for b in theirs):
        return same - 4, f"Two digits of the {called} swapped"
    return NOTHING


def place_of(traits: Traits) -> str:
    """The address as it is compared: street and five digits of the ZIP code."""
    words = traits.street.casefold().replace(".", "").replace(",", "").split()
    return " ".join(_SHORT.get(word, word) for word in words) + " " + traits.zip_code[:5]


_SHORT = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "boulevard": "blvd",
    "court": "ct",
    "place": "pl",
    "apartment": "apt",
    "#": "apt",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
