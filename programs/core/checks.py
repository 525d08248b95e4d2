"""What is wrong with one answer, in sentences: the same on the page, on save and in the API."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from programs.core.conditions import Answers, date_of, holds, number_of
from programs.core.fields import Field
from programs.core.identifiers import medicare_number
from programs.core.names import same_organization, same_person
from programs.core.places import STATE_NAMES, states_of
from programs.core.references import Provider, current
from programs.core.text import shown
from programs.core.values import normalize

OLDEST = 120
_NEAR_DAYS = 731
_OFFERED = 6
# A number alone after "Box" has no street; "RR 1 Box 12" is a house on a rural route.
_PO_BOX = re.compile(
    r"\bp ?o ?box\b|\bpost(al)?( office)? box\b|\b(apartado|apdo) (postal )?#? ?\d|^box #? ?\d"
)


@dataclass(frozen=True)
class Asked:
    """What a rule looks at: the value in canonical form, the other answers, the day."""

    value: Any
    answers: Answers
    today: date
    other: str
    """The field named after the rule's name, or empty."""


def check(field: Field, value: Any, answers: Answers, *, today: date) -> list[str]:
    """Every problem of one answer, one sentence each; a blank has none.

    ``answers`` are the others, with the facts drawn from them, for the rules that compare.
    """
    reading = normalize(field, value)
    if reading.problem:
        return [reading.problem]
    if reading.value is None:
        return []
    problems = [*_limits(field, reading.value), *_unavailable(field, reading.value, answers)]
    if field.type == "checklist":
        problems += _open_lines(field, reading.value, answers)
    if problems:
        return problems
    for written in field.checks:
        name, _, other = written.partition(" ")
        problems += CHECKS[name](Asked(reading.value, answers, today, other))
    return problems


def _limits(field: Field, value: Any) -> list[str]:
    if field.max_length and isinstance(value, str) and len(value) > field.max_length:
        return [
            f"This holds {field.max_length} characters; {len(value)} were written. Nothing was cut."
        ]
    unit = f" {field.unit}" if field.unit else ""
    # A draft that is tried may have limits that are no numbers yet.
    read, low, high = (number_of(each) for each in (value, field.minimum, field.maximum))
    if read is not None and read < 0 and "positive" in field.checks:
        return []  # that check says it in fewer words than the limit of 0
    if read is not None and low is not None and read < low:
        return [f"The least this can be is {field.minimum}{unit}; {value} is less."]
    if read is not None and high is not None and read > high:
        return [f"The most this can be is {field.maximum}{unit}; {value} is more."]
    return []


def _unavailable(field: Field, value: Any, answers: Answers) -> list[str]:
    chosen = value if isinstance(value, list) else [value]
    return [
        f"{shown(choice.label)} does not go with the other answers; choose again."
        for choice in field.choices
        if choice.code in chosen and choice.when and not holds(choice.when, answers)
    ]


def _open_lines(field: Field, ticked: list[str], answers: Answers) -> list[str]:
    lines = [line for line in field.choices if not line.when or holds(line.when, answers)]
    return [
        f"Every line has to be done before this can be sent; {shown(line.label, 60)} is not ticked."
        for line in lines
        if line.code not in ticked
    ]


def years_between(start: date, end: date) -> int:
    """Whole years from one day to another, as an age is counted."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _birth_date(asked: Asked) -> list[str]:
    born = date.fromisoformat(asked.value)
    if born > asked.today:
        return ["The date of birth is in the future."]
    age = years_between(born, asked.today)
    return [f"This makes the person {age} years old; check the year."] if age > OLDEST else []


def _not_future(asked: Asked) -> list[str]:
    day = date.fromisoformat(asked.value)
    return ["This date is in the future."] if day > asked.today else []


def _near_today(asked: Asked) -> list[str]:
    days = abs((date.fromisoformat(asked.value) - asked.today).days)
    return ["This date is more than 2 years away; check the year."] if days > _NEAR_DAYS else []


def _after_birth(asked: Asked) -> list[str]:
    born = date_of(asked.answers.get("A5"))
    early = born is not None and date.fromisoformat(asked.value) < born
    return ["This date is before the patient was born."] if early else []


def _not_before(asked: Asked) -> list[str]:
    start = date_of(asked.answers.get(asked.other))
    early = start is not None and date.fromisoformat(asked.value) < start
    return ["The end is before the start."] if early else []


def _person_name(asked: Asked) -> list[str]:
    strange = [character for character in asked.value if not _fits_a_name(character)]
    if not strange:
        return []
    how = "Write the name as on the card, in letters, spaces, hyphens, apostrophes and periods"
    return [f"{how}; {shown(strange[0])} is none of these."]


def _fits_a_name(character: str) -> bool:
    return character in " '-." or (
        character.isalpha() and unicodedata.name(character, "").startswith("LATIN")
    )


def _no_po_box(asked: Asked) -> list[str]:
    plain = " ".join(asked.value.casefold().replace(".", " ").split())
    if not _PO_BOX.search(plain) or asked.answers.get("product.cold_chain") is not True:
        return []
    why = "A PO box cannot take this medicine: it must stay cold and is handed to a person."
    return [f"{why} Write a street address."]


def _zip_in_state(asked: Asked) -> list[str]:
    homes, state = states_of(asked.value), str(asked.answers.get(asked.other))
    if not homes:
        return [f"No US ZIP code starts with {asked.value[:3]}."]
    if state not in STATE_NAMES or state in homes:
        return []
    names = " or ".join(STATE_NAMES[home] for home in homes)
    return [f"ZIP code {asked.value} is in {names}; the state says {STATE_NAMES[state]}."]


def _member_id(asked: Asked) -> list[str]:
    if asked.answers.get("B5") != "medicare":
        return []
    problem = medicare_number(asked.value).problem
    return [problem] if problem else []


def _whole(asked: Asked) -> list[str]:
    return [] if asked.value.isdigit() else [f"Write a whole number; {asked.value} is not one."]


def _positive(asked: Asked) -> list[str]:
    return [] if Decimal(asked.value) > 0 else ["This must be more than 0."]


def _last_four(asked: Asked) -> list[str]:
    four = asked.value.isdigit() and len(asked.value) == 4
    return [] if four else ["Write the last 4 digits only."]


def _billable(asked: Asked) -> list[str]:
    diagnosis = current().diagnosis(asked.value)
    if diagnosis is None:
        return []
    if diagnosis.ended_on and diagnosis.ended_on < asked.today.isoformat():
        return [f"{diagnosis.code} could be used until {_words(diagnosis.ended_on)}; choose again."]
    if diagnosis.billable:
        return []
    offered, others = diagnosis.below[:_OFFERED], len(diagnosis.below) - _OFFERED
    more = f" or {others} more" if others > 0 else ""
    heading = f"{diagnosis.code} is a heading over several diagnoses."
    return [f"{heading} Choose the one meant: {', '.join(offered)}{more}."]


def _person_npi(asked: Asked) -> list[str]:
    provider = current().provider(asked.value)
    if provider and provider.kind != "person":
        belongs = f"This NPI belongs to an organization, {provider.name}."
        return [f"{belongs} Write the person's own number (type 1)."]
    return _in_use(provider)


def _organization_npi(asked: Asked) -> list[str]:
    provider = current().provider(asked.value)
    if provider and provider.kind != "organization":
        belongs = f"This NPI belongs to a person, {provider.name}."
        return [f"{belongs} Write the organization's own number (type 2)."]
    return _in_use(provider)


def _known_npi(asked: Asked) -> list[str]:
    return _in_use(current().provider(asked.value))


def _in_use(provider: Provider | None) -> list[str]:
    if provider is None or not provider.deactivated_on:
        return []
    day = _words(provider.deactivated_on)
    return [f"This NPI was deactivated on {day}; ask for the one in use."]


def _words(day: str) -> str:
    return f"{date.fromisoformat(day):%b %-d, %Y}"


def _registry_name(asked: Asked) -> list[str]:
    provider = current().provider(str(asked.answers.get(asked.other)))
    if provider is None:
        return []
    same = same_person if provider.kind == "person" else same_organization
    if same(asked.value, provider.name):
        return []
    return [f"The registry has this NPI as {provider.name}. Write that name, or another NPI."]


CHECKS: Mapping[str, Callable[[Asked], list[str]]] = {
    "after_birth": _after_birth,
    "billable": _billable,
    "birth_date": _birth_date,
    "known_npi": _known_npi,
    "last_four": _last_four,
    "member_id": _member_id,
    "near_today": _near_today,
    "no_po_box": _no_po_box,
    "not_before": _not_before,
    "not_future": _not_future,
    "organization_npi": _organization_npi,
    "person_name": _person_name,
    "person_npi": _person_npi,
    "positive": _positive,
    "registry_name": _registry_name,
    "whole": _whole,
    "zip_in_state": _zip_in_state,
}
_DAY, _NUMBER = frozenset({"date"}), frozenset({"number"})
_WORDS, _NPI = frozenset({"code", "combo", "long_text", "text"}), frozenset({"npi"})
FITTING: Mapping[str, frozenset[str]] = {
    "after_birth": _DAY,
    "billable": frozenset({"icd10"}),
    "birth_date": _DAY,
    "known_npi": _NPI,
    "last_four": _WORDS,
    "member_id": _WORDS,
    "near_today": _DAY,
    "no_po_box": _WORDS,
    "not_before": _DAY,
    "not_future": _DAY,
    "organization_npi": _NPI,
    "person_name": _WORDS,
    "person_npi": _NPI,
    "positive": _NUMBER | {"money"},
    "registry_name": _WORDS,
    "whole": _NUMBER,
    "zip_in_state": frozenset({"zip"}),
}
"""The types of question whose answers each check can read."""
COMPARING = frozenset({"not_before", "registry_name", "zip_in_state"})
"""Checks that need the name of another field."""
