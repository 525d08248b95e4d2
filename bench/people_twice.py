"""A made-up register in which some people stand twice; who is the same and who is not is known.

Everybody is drawn by a seed. A second entry is written as offices write: a nickname, an accent
left out, a sound, a slip, swapped digits, a new name, number or address, several at once. Among
them stand twins, and a parent with a child of the same name, who are two people.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from journeys.core.nicknames import FAMILIES
from journeys.core.sameness import Traits

GIVEN = (
    *("Robert", "Elizabeth", "José", "Katherine", "William", "Margarita", "Daniel", "Priya"),
    *("Amir", "Mei", "Oluwaseun", "Anneliese", "Tomás", "Fatima", "Jennifer", "Dmitri"),
    *("Rosa", "Steven", "Hannah", "Joaquín", "Theodore", "Abigail", "Nguyen", "Patricia"),
)
SURNAMES = (
    *("Smith", "Núñez", "Stephens", "Catalano", "García", "Schmidt", "Okafor", "Whitfield"),
    *("Phillips", "Johnson", "Muñoz", "Delgado", "Knight", "Wright", "Katz", "Fischer"),
    *("O'Brien", "Tran", "Kowalski", "Petrov", "Reyes", "Hernández", "Lindqvist", "Brooks"),
)
STREETS = ("Alder Street", "Harbor Avenue", "Mill Road", "Cedar Lane", "Ridge Drive")


@dataclass(frozen=True)
class Register:
    """Everybody's entries, and the pairs of places that are one person."""

    entries: Sequence[Traits]
    same: frozenset[tuple[int, int]]


def register(people: int, *, seed: int) -> Register:
    """A register of so many people: a quarter stand twice, a tenth has a twin or a namesake."""
    chance = random.Random(seed)
    entries: list[Traits] = []
    same = set()
    for number in range(people):
        person = _person(chance)
        entries.append(person)
        if number % 4 == 0:
            same.add((len(entries) - 1, len(entries)))
            entries.append(_again(person, chance))
        elif number % 10 == 1:
            entries.append(_twin(person, chance))
        elif number % 10 == 3:
            child = person.born_on + timedelta(days=chance.randint(7000, 12000))
            entries.append(replace(person, born_on=child, member_suffix="03"))
    return Register(entries, frozenset(same))


def _person(chance: random.Random) -> Traits:
    return Traits(
        given=chance.choice(GIVEN),
        surname=chance.choice(SURNAMES),
        born_on=date(1935, 1, 1) + timedelta(days=chance.randrange(25_000)),
        sex=chance.choice("FM"),
        phones=(_digits(chance, 10),),
        member_id="MH" + _digits(chance, 9),
        member_suffix="01",
        street=f"{chance.randint(1, 900)} {chance.choice(STREETS)}",
        zip_code=_digits(chance, 5),
    )


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("123456789") for _ in range(count))


def _twin(person: Traits, chance: random.Random) -> Traits:
    other = chance.choice([name for name in GIVEN if name != person.given])
    sex = "M" if person.sex == "F" else "F"
    return replace(person, given=other, sex=sex, member_suffix="02")


def _again(person: Traits, chance: random.Random) -> Traits:
    for change in chance.sample(CHANGES, chance.randint(1, 5)):
        person = change(person, chance)
    return person


def _nickname(person: Traits, chance: random.Random) -> Traits:
    folded = person.given.casefold()
    known = FAMILIES.get(folded, frozenset())
    names = sorted(name for name, whose in FAMILIES.items() if whose & known and name != folded)
    return replace(person, given=chance.choice(names).title()) if names else person


def _plain(person: Traits, chance: random.Random) -> Traits:
    plain = str.maketrans("áéíóúñÁÉÍÓÚÑ", "aeiounAEIOUN")
    return replace(
        person, given=person.given.translate(plain), surname=person.surname.translate(plain)
    )


def _sound(person: Traits, chance: random.Random) -> Traits:
    heard = person.surname
    for written, meant in (("ph", "v"), ("K", "C"), ("Sch", "Sh"), ("tz", "ts"), ("ll", "l")):
        heard = heard.replace(written, meant, 1)
    return replace(person, surname=heard)


def _slip(person: Traits, chance: random.Random) -> Traits:
    at = chance.randrange(1, len(person.surname))
    return replace(person, surname=person.surname[:at] + person.surname[at + 1 :])


def _birth(person: Traits, chance: random.Random) -> Traits:
    born = person.born_on
    return (
        replace(person, born_on=born.replace(month=born.day, day=born.month))
        if (born.day <= 12)
        else person
    )


def _married(person: Traits, chance: random.Random) -> Traits:
    return replace(person, surname=chance.choice(SURNAMES))


def _moved(person: Traits, chance: random.Random) -> Traits:
    return replace(person, street="", zip_code=_digits(chance, 5))


def _phone(person: Traits, chance: random.Random) -> Traits:
    return replace(person, phones=(_swapped(person.phones[0], chance),))


def _member(person: Traits, chance: random.Random) -> Traits:
    return replace(person, member_id=_swapped(person.member_id, chance))


def _insurance(person: Traits, chance: random.Random) -> Traits:
    return replace(person, member_id="ZZ" + _digits(chance, 9), member_suffix="")


def _swapped(text: str, chance: random.Random) -> str:
    at = chance.randrange(2, len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


Change = Callable[[Traits, random.Random], Traits]
CHANGES: Sequence[Change] = (
    *(_nickname, _plain, _sound, _slip, _birth, _married, _moved, _phone, _member, _insurance),
)
