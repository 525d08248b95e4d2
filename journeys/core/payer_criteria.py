"""What a payer decides a prior authorization by: sheets that a hub keeps, and each answer known.

A sheet is for one payer, for one line of business, or for every plan; a later version of the same
sheet counts from its own day on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeys.core.facts import same

FACT, NOT_MET = "payer_criteria", "criterion_not_met"
MET = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion in the payer's sense, and the answers of the form that any of shows it."""

    words: str
    shown_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One version of a sheet: the most exact of `payer` and `line` says whom it is about."""

    payer: str = ""
    line: str = ""
    version: int = 1
    from_on: date | None = None
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion with its answer.

    `met` is "yes", "no" or empty; `words_known` is what shows it, and `source` who says so.
    """

    words: str
    met: str
    known: str = ""
    source: str = ""


def in_force(sheets: Iterable[Sheet], *, payer: str, line: str, on: date) -> Sheet | None:
    """The sheet that counts on a day: the payer's own, else its line's, else everybody's."""
    found = [
        each
        for each in sheets
        if (each.from_on is None or each.from_on <= on)
        and (not each.payer or same(each.payer, payer))
        and (not each.line or each.line == line)
    ]
    exact = max(((bool(each.payer), bool(each.line)) for each in found), default=None)
    of_whom = [each for each in found if (bool(each.payer), bool(each.line)) == exact]
    return max(of_whom, key=lambda each: (each.from_on or date.min, each.version), default=None)


_USUAL = (
    Asked("Diagnosis is on record with its code", ("E1",)),
    Asked("Prescriber's specialty is known", ("D3",)),
    Asked("Severity is documented", ("E15", "E14.result")),
    Asked("Chart notes are attached", ("E16",)),
)


def usual(known: Mapping[str, object]) -> tuple[Asked, ...]:
    """What payers usually decide by, as far as verification told, where no sheet is kept."""
    asked = list(_USUAL)
    if known.get("step_therapy_required") is True:
        asked.append(Asked("Another medicine was tried first", ("E6",)))
        asked.append(Asked("Why it was given up is documented", ("E8",)))
    if known.get("quantity_limit"):
        asked.append(Asked(f"Quantity is within the limit: {known['quantity_limit']}", ("F5",)))
    if known.get("therapy_stage") == "continuing":
        asked.append(Asked("The therapy goes on without a gap", ("E5",)))
    return tuple(asked)


def answered(
    asked: Sequence[Asked],
    answers: Mapping[str, str],
    labels: Mapping[str, str],
    said: object,
) -> list[Criterion]:
    """Each criterion with the answer a person gave, else with what the enrollment shows.

    `said` is the journey's fact, as `as_fact` wrote it.
    """
    by_hand = {str(each["words"]): each for each in _rows(said)}
    return [_answer(each, answers, labels, by_hand.get(each.words)) for each in asked]


def _answer(
    asked: Asked,
    answers: Mapping[str, str],
    labels: Mapping[str, str],
    said: Mapping[str, Any] | None,
) -> Criterion:
    name = next((each for each in asked.shown_by if each in answers), "")
    known = answers.get(name, "")
    if said is not None:
        return Criterion(asked.words, str(said.get("met", "")), known, str(said.get("source", "")))
    return Criterion(asked.words, "yes" if known else "", known, labels.get(name, name))


def as_fact(
    found: Iterable[Criterion], said: Mapping[str, str], *, by: str
) -> list[dict[str, str]]:
    """What a person answered, as the journey keeps it; what nobody answered is left out.

    An answer that stays as it was prefilled keeps its source; another is `by`'s.
    """
    rows = []
    for each in found:
        met = said.get(each.words, "")
        if met in MET:
            kept = met == each.met and each.source
            rows.append({"words": each.words, "met": met, "source": each.source if kept else by})
    return rows


def words_of(said: object) -> list[str]:
    """The criteria that a journey's fact names, to be referred to by a denial."""
    return [str(each["words"]) for each in _rows(said)]


def _rows(said: object) -> list[Mapping[str, Any]]:
    rows = said if isinstance(said, list | tuple) else ()
    return [each for each in rows if isinstance(each, Mapping) and "words" in each]
