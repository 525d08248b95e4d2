"""What a FHIR server can read from an enrollment without knowing our words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from journeys.documents.fhir.bundles import collection

NOW = datetime(2026, 3, 6, 19, 10, tzinfo=UTC)


def field(name: str, kind: str, value: Any, display: str) -> dict[str, Any]:
    return {"id": name, "name": name, "label": name, "type": kind, "value": value,
            "display": display}  # fmt: skip


FIELDS = (
    field("A6", "pick", "F", "Female"),
    field("A11", "state", "MA", "Massachusetts"),
    field("B1", "boolean", True, "Yes"),
    field("B3", "combo", "Meridian Health", "Meridian Health"),
    field("D1", "text", "Dr. Maya Okafor", "Dr. Maya Okafor"),
    field("D2", "pick", "MD", "MD"),
    field("E1", "icd10", "M06.9", "M06.9, Rheumatoid arthritis"),
    field("E5", "date", "2026-12-01", "Dec 1, 2026"),
    field("F1", "ndc", "99101014002", "Veltrana pen 140 mg"),
    field("F5", "number", "2", "2"),
    field("F6", "number", "5", "5"),
    field("G2.pharmacy", "pick", "crescent", "Crescent Specialty Pharmacy"),
    field("H1", "multi", ["nurse", "appeal"], "Nurse, Appeal support"),
)


def resources(*fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    body = {
        "delivery": "0f6c", "journey": "TL-8KDW2MF", "version": 1,
        "packet": {
            "program": {"key": "veltrana", "name": "Veltrana Together", "medicine": "Veltrana"},
            "submitted_at": NOW.isoformat(), "signatures": [],
            "sections": [{"name": "All", "fields": list(fields)}],
        },
    }  # fmt: skip
    bundle = collection(body, recipient="Northstar Access", pdf=b"", now=NOW)
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}


def answers(response: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for section in response["item"]:
        for item in section["item"]:
            yield item["linkId"], item["answer"]


def test_a_chosen_answer_is_a_code_with_its_words() -> None:
    told = dict(answers(resources(*FIELDS)["QuestionnaireResponse"]))
    assert told["A6"] == [{"valueCoding": {"code": "F", "display": "Female"}}]
    assert told["A11"][0]["valueCoding"]["system"] == "https://www.usps.com/"
    assert told["F1"] == [
        {
            "valueCoding": {
                "system": "http://hl7.org/fhir/sid/ndc",
                "code": "99101014002",
                "display": "Veltrana pen 140 mg",
            }
        }
    ]
    assert [each["valueCoding"]["code"] for each in told["H1"]] == ["nurse", "appeal"]


def test_other_answers_are_what_they_are() -> None:
    told = dict(answers(resources(*FIELDS)["QuestionnaireResponse"]))
    assert told["B1"] == [{"valueBoolean": True}]
    assert told["E5"] == [{"valueDate": "2026-12-01"}]
    assert told["F5"] == [{"valueDecimal": 2}]
    assert told["B3"] == [{"valueString": "Meridian Health"}]


def test_the_prescription_says_product_quantity_and_refills() -> None:
    request = resources(*FIELDS)["MedicationRequest"]
    assert request["medicationCodeableConcept"] == {
        "coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "99101014002"}],
        "text": "Veltrana pen 140 mg",
    }
    assert request["dispenseRequest"] == {"quantity": {"value": 2}, "numberOfRepeatsAllowed": 5}


@pytest.mark.parametrize("quantity", ["", "two", "NaN", None])
def test_what_is_no_number_is_not_told_as_one(quantity: str | None) -> None:
    request = resources(field("F5", "number", quantity, str(quantity)))["MedicationRequest"]
    assert "dispenseRequest" not in request
    assert request["medicationCodeableConcept"] == {"text": "Veltrana"}


def test_a_title_is_no_given_name() -> None:
    (name,) = resources(*FIELDS)["Practitioner"]["name"]
    assert name == {
        "text": "Dr. Maya Okafor",
        "family": "Okafor",
        "given": ["Maya"],
        "prefix": ["Dr."],
        "suffix": ["MD"],
    }
