"""What follows from the answers and is never typed: conditions read it like an answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from programs.core.checks import years_between
from programs.core.computed import kilograms, worked_out
from programs.core.conditions import Answers, date_of
from programs.core.definition import Definition
from programs.core.identifiers import icd10
from programs.core.names import same_organization, same_person
from programs.core.poverty import percent_of_line
from programs.core.references import current

FEDERAL = frozenset(
    {"medicare", "medicare_advantage", "medicare_d", "medicaid", "tricare", "va", "ihs"}
)
"""Kinds of coverage (B5) that a government pays for; copay help is closed to all of them."""

FACTS: Mapping[str, str] = {
    "patient.age": "Age of the patient in whole years",
    "patient.weight_kg": "Weight of the patient in kilograms",
    "coverage.federal": "A government program pays for the insurance",
    "household.poverty_percent": "Household income in percent of the federal poverty line",
    "diagnosis.unknown": "The diagnosis is not in our release of ICD-10-CM",
    "practice.name_differs": "The registry has the practice's NPI under another name",
    "practice.state_differs": "The registry has the practice's NPI in another state",
    "prescriber.name_differs": "The registry has the prescriber's NPI under another name",
    "prescriber.state_differs": "The registry has the prescriber's NPI in another state",
    "product.cold_chain": "The chosen product must stay cold",
    "product.controlled": "The chosen product is a controlled medicine",
}
DRAWN_FROM: Mapping[str, frozenset[str]] = {
    "patient.age": frozenset({"A5"}),
    "patient.weight_kg": frozenset({"E10.weight", "E10.unit"}),
    "coverage.federal": frozenset({"B5"}),
    "household.poverty_percent": frozenset({"A11", "H2", "H3"}),
    "diagnosis.unknown": frozenset({"E1"}),
    "practice.name_differs": frozenset({"C1", "C2"}),
    "practice.state_differs": frozenset({"C2", "C6"}),
    "prescriber.name_differs": frozenset({"D1", "D4"}),
    "prescriber.state_differs": frozenset({"C6", "D4"}),
    "product.cold_chain": frozenset({"F1"}),
    "product.controlled": frozenset({"F1"}),
}
"""The answers that each fact follows from."""
# The territories have none: programs compare with that of the 48 states and DC.
_LINES_OF_THEIR_OWN: Mapping[str, str] = {"AK": "alaska", "HI": "hawaii"}
OWN_FACTS = ("diagnosis.unknown", "product.cold_chain", "product.controlled")
"""Facts that each of several programs has for itself."""


def facts(definitions: Sequence[Definition], answers: Answers, *, today: date) -> dict[str, Any]:
    """The facts that can be told from ``answers`` so far; one that cannot be is left out."""
    found: dict[str, Any] = {}
    born = date_of(answers.get("A5"))
    if born and born <= today:
        found["patient.age"] = years_between(born, today)
    kind = answers.get("B5")
    if kind and isinstance(kind, str):
        found["coverage.federal"] = kind in FEDERAL
    if weight := kilograms(answers.get("E10.weight"), answers.get("E10.unit")):
        found["patient.weight_kg"] = weight
    if (percent := _of_poverty_line(answers, today)) is not None:
        found["household.poverty_percent"] = percent
    found |= _registered(answers)
    for definition in definitions:
        for name, value in _own_facts(definition, own_answers(definition.key, answers)).items():
            found[name] = found.get(name, False) or value
            found[own_key(definition.key, name)] = value
        found |= _computed(definition, {**answers, **found})
    return found


def _computed(definition: Definition, answers: Answers) -> dict[str, str]:
    view = own_answers(definition.key, answers)
    formulas = {each.id: each.formula for each in definition.questions if each.formula}
    values = {name: worked_out(formula, view) for name, formula in formulas.items()}
    return {name: value for name, value in values.items() if value is not None}


def _own_facts(definition: Definition, answers: Answers) -> dict[str, bool]:
    chosen = definition.product(answers.get("F1"))
    # Before the product is chosen, what every product of the program has in common is known.
    products = (chosen,) if chosen else definition.products
    return {
        "diagnosis.unknown": _unknown(answers.get("E1")),
        "product.cold_chain": all(product.storage != "room" for product in products),
        "product.controlled": all(product.controlled for product in products),
    }


def _unknown(code: Any) -> bool:
    if not isinstance(code, str) or icd10(code).problem:
        return False
    return bool(current().release()) and current().diagnosis(code) is None


def _of_poverty_line(answers: Answers, today: date) -> int | None:
    state = answers.get("A11")
    if not state:
        return None
    place = _LINES_OF_THEIR_OWN.get(str(state).upper(), "contiguous")
    return percent_of_line(answers.get("H2"), people=answers.get("H3"), place=place, today=today)


def _registered(answers: Answers) -> dict[str, bool]:
    """Whether name and state beside the NPIs are those of the registry, where it has them."""
    pairs = (
        ("practice", "C2", "C1", "organization", same_organization),
        ("prescriber", "D4", "D1", "person", same_person),
    )
    found = {}
    for who, npi, name, kind, same in pairs:
        provider = current().provider(str(answers.get(npi) or ""))
        if provider is None or provider.kind != kind:
            continue
        if isinstance(answers.get(name), str):
            found[f"{who}.name_differs"] = not same(answers[name], provider.name)
        if provider.state and isinstance(answers.get("C6"), str):
            found[f"{who}.state_differs"] = answers["C6"] != provider.state.upper()
    return found


def own_key(program: str, field_id: str) -> str:
    """The key of an answer that belongs to one program of several filled in together."""
    return f"{program}:{field_id}"


def own_answers(program: str, answers: Answers) -> dict[str, Any]:
    """The answers as one program sees them: its own under their plain ids, others' gone."""
    prefix = own_key(program, "")
    shared = {key: value for key, value in answers.items() if ":" not in key}
    own = {
        key.removeprefix(prefix): value for key, value in answers.items() if key.startswith(prefix)
    }
    return {**shared, **own}
