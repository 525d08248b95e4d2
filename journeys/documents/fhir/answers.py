"""Every answer of an enrollment, as a FHIR R4 QuestionnaireResponse."""

from collections.abc import Mapping
from typing import Any

from journeys.core.questions import question
from journeys.documents.fhir.resources import ICD10, NDC, Enrollment, Resource, listed, number

# Answers that are chosen, and the code system of those whose codes are not the program's own.
CHOSEN: Mapping[str, str | None] = {
    "pick": None,
    "multi": None,
    "state": "https://www.usps.com/",
    "ndc": NDC,
    "icd10": ICD10,
}


def questionnaire_response(of: Enrollment) -> Resource:
    """Every answer, section by section, under the field's own id."""
    return of.entry(
        "answers",
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "subject": of.to("patient"),
            "authored": of.packet["submitted_at"],
            "author": of.to("prescriber"),
            "item": [
                {
                    "linkId": section["name"],
                    "text": section["name"],
                    "item": [_item(field) for field in section["fields"]],
                }
                for section in of.packet["sections"]
            ],
        },
    )


def _item(field: Mapping[str, Any]) -> Resource:
    return {"linkId": field["id"], "text": question(field), "answer": _answers(field)}


def _answers(field: Mapping[str, Any]) -> list[Resource]:
    """What was answered: as its code where it was chosen, with its words where it is one choice."""
    value, kind = field["value"], field["type"]
    words = str(field["display"]) or "-"
    if isinstance(value, bool):
        return [{"valueBoolean": value}]
    if kind == "date" and isinstance(value, str):
        return [{"valueDate": value}]
    if kind in ("number", "money") and (told := number(value)) is not None:
        return [{"valueDecimal": told}]
    chosen = listed(value)
    if kind in CHOSEN and chosen and all(isinstance(each, str) for each in chosen):
        system = {"system": CHOSEN[kind]} if CHOSEN[kind] else {}
        display = {"display": words} if len(chosen) == 1 else {}
        return [{"valueCoding": {**system, "code": each, **display}} for each in chosen]
    return [{"valueString": words}]
