"""An authorization without one of its elements in law is no authorization."""

from dataclasses import replace
from typing import Any

import pytest

from programs.core.authorizations import IN_LAW
from programs.core.consents import Consent, Grant
from programs.core.soundness import Problem, problems
from programs.definitions import load_definitions

DEMO = load_definitions()["veltrana"]
AUTHORIZATION = next(each for each in DEMO.consents if each.kind == "hipaa_authorization")


def told(consent: Consent) -> dict[str, str]:
    others = tuple(each for each in DEMO.consents if each.key != consent.key)
    found = problems(replace(DEMO, consents=(consent, *others)))
    return {each.where.removeprefix(f"consent {consent.key} "): each.why for each in found}


def test_the_demo_program_lacks_nothing() -> None:
    assert told(AUTHORIZATION) == {}


@pytest.mark.parametrize("element", IN_LAW)
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_missing_element_is_named_with_its_place_in_the_law(
    element: str, language: str
) -> None:
    assert AUTHORIZATION.elements is not None
    words = {**getattr(AUTHORIZATION.elements, element), language: " "}
    without = replace(AUTHORIZATION.elements, **{element: words})
    assert told(replace(AUTHORIZATION, elements=without)) == {
        element: f"In {'English' if language == 'en' else 'Spanish'} it does not say "
        f"{IN_LAW[element][1]} (45 CFR {IN_LAW[element][0]})."
    }


def test_every_one_is_named_when_all_are_missing() -> None:
    found = told(replace(AUTHORIZATION, elements=None, grant=None, fields=()))
    assert set(found) >= {*IN_LAW, "signature", "grant"}


@pytest.mark.parametrize(
    ("field", "what"), [("S1", "a signature"), ("S2", "its date"), ("S3", "authority")]
)
def test_signature_date_and_a_representatives_authority_are_asked_for(
    field: str, what: str
) -> None:
    kept = tuple(each for each in AUTHORIZATION.fields if each != field)
    assert what in told(replace(AUTHORIZATION, fields=kept))["signature"]


def test_what_it_permits_names_somebody_something_and_an_end() -> None:
    assert AUTHORIZATION.grant is not None
    empty = replace(AUTHORIZATION.grant, recipients=(), expires_after_days=0)
    found = told(replace(AUTHORIZATION, grant=empty))
    assert set(found) == {"grant recipients", "grant expires_after_days"}


@pytest.mark.parametrize(
    ("service", "part", "left", "words"),
    [
        ("patient_assistance", "data_classes", "income", "free medicine"),
        ("patient_assistance", "purposes", "patient_assistance", "free medicine"),
        ("nurse", "purposes", "nurse_training", "nurse training"),
        ("copay", "recipients", "vendor", "copay help"),
    ],
)
def test_it_permits_what_each_service_offered_needs(
    service: str, part: str, left: str, words: str
) -> None:
    grant = AUTHORIZATION.grant
    assert grant is not None
    whole = replace(
        grant,
        purposes=(*grant.purposes, "patient_assistance"),
        data_classes=(*grant.data_classes, "income"),
    )
    offering = replace(DEMO, services=(*DEMO.services, "patient_assistance"))
    others = tuple(each for each in DEMO.consents if each.key != AUTHORIZATION.key)

    def found(given: Grant) -> list[Problem]:
        consents = (replace(AUTHORIZATION, grant=given), *others)
        return problems(replace(offering, consents=consents))

    assert service in offering.services
    assert found(whole) == []
    without: dict[str, Any] = {part: tuple(each for each in getattr(whole, part) if each != left)}
    (problem,) = found(replace(whole, **without))
    assert problem.where == f"consent {AUTHORIZATION.key} grant {part}"
    assert words in problem.why.lower()
