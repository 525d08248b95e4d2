"""The federal poverty guidelines, dated: how an income compares with the line of its year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

from programs.core.conditions import number_of


@dataclass(frozen=True, slots=True)
class Line:
    """Dollars a year for the first person of a household, and for each further one."""

    first: int
    further: int


@dataclass(frozen=True, slots=True)
class Guideline:
    """One year's table, from the day it was in force, and where it is written."""

    year: int
    effective_on: date
    lines: Mapping[str, Line]
    source: str


def _lines(
    contiguous: tuple[int, int], alaska: tuple[int, int], hawaii: tuple[int, int]
) -> Mapping[str, Line]:
    return {
        "contiguous": Line(*contiguous),
        "alaska": Line(*alaska),
        "hawaii": Line(*hawaii),
    }


GUIDELINES: tuple[Guideline, ...] = (
    Guideline(
        2024,
        date(2024, 1, 11),
        _lines((15_060, 5_380), (18_810, 6_730), (17_310, 6_190)),
        "HHS poverty guidelines for 2024, 42 U.S.C. 9902(2)",
    ),
    Guideline(
        2025,
        date(2025, 1, 15),
        _lines((15_650, 5_500), (19_550, 6_880), (17_990, 6_330)),
        "HHS poverty guidelines for 2025, 42 U.S.C. 9902(2)",
    ),
    Guideline(
        2026,
        date(2026, 1, 13),
        _lines((15_960, 5_680), (19_950, 7_100), (18_360, 6_530)),
        "HHS poverty guidelines for 2026, 42 U.S.C. 9902(2)",
    ),
)


def guideline_on(day: date) -> Guideline | None:
    """The table in force on a day, or None before the first one we have."""
    found = [each for each in GUIDELINES if each.effective_on <= day]
    return found[-1] if found else None


def line_of(guideline: Guideline, *, people: int, place: str) -> int:
    """The poverty line of a household, in dollars a year."""
    line = guideline.lines[place]
    return line.first + line.further * (people - 1)


def compared(values: Mapping[str, object], today: date) -> dict[str, object]:
    """The household's income in percent of its line (rounded up), and the line's year.

    Nothing where the household, its income or a table is not known.
    """
    percent = percent_of_line(
        values.get("household_income"),
        people=values.get("household_size"),
        place=str(values.get("household_place", "contiguous")),
        today=today,
    )
    guideline = guideline_on(today)
    if percent is None or guideline is None:
        return {}
    return {"income_percent": percent, "poverty_year": guideline.year}


def percent_of_line(income: object, *, people: object, place: str, today: date) -> int | None:
    """A yearly income in percent of the household's poverty line, rounded up.

    None where income, household or a table of that day is not known.
    """
    guideline, amount, several = guideline_on(today), number_of(income), number_of(people)
    if guideline is None or amount is None or several is None:
        return None
    if several < 1 or several != int(several):
        return None
    return ceil(amount * 100 / line_of(guideline, people=int(several), place=place))
