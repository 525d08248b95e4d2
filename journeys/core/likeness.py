"""Which journeys a report that names none of ours may be about: for a person to choose from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from journeys.core.sounding import characters

# Below this two numbers have nothing to do with each other.
ALIKE = 0.7


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What a report tells of whom it is about."""

    reference: str
    name: str = ""
    born_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a journey: every number it goes by, and its patient."""

    numbers: Sequence[str]
    name: str
    born_on: date


def reasons(hints: Hints, known: Known) -> tuple[str, ...]:
    """Why this journey may be meant, the strongest reason first; empty if none."""
    found = []
    if hints.born_on is not None and hints.born_on == known.born_on:
        found.append("Same date of birth")
    if hints.name and _words(hints.name) & _words(known.name):
        found.append(
            "Same name" if _words(hints.name) == _words(known.name) else "Part of the name"
        )
    if likeness(hints.reference, known.numbers) >= ALIKE:
        found.append("A number much like it")
    return tuple(found)


def likeness(reference: str, numbers: Iterable[str]) -> float:
    """How alike the reference is to the nearest of the numbers, from 0 to 1."""
    told = characters(reference)
    others = map(characters, numbers)
    return max((SequenceMatcher(None, told, each).ratio() for each in others), default=0.0)


def _words(name: str) -> set[str]:
    return {word.strip(".,").casefold() for word in name.split() if len(word.strip(".,")) > 1}
