"""Lists of answers that a Questionnaire may name: those in its file, and those everybody knows.

A public form names HL7's short lists by address and leaves them out of its file. Their codes are
part of the standard (terminology.hl7.org, hl7.org/fhir/R4), so that they need no look-up.
"""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_YES, _NO = ("Y", "Yes", "Sí"), ("N", "No", "No")
_UNKNOWN = "Unknown"
_KNOWN: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "v2-0136": (_YES, _NO),
    "yes-no-unknown-not-asked": (
        _YES, _NO, ("ASKU", _UNKNOWN, "No se sabe"), ("NASK", "Not asked", "No se preguntó"),
    ),
    "yesnodontknow": (_YES, _NO, ("asked-unknown", "Don't know", "No sé")),
    "administrative-gender": (
        ("male", "Male", "Masculino"), ("female", "Female", "Femenino"),
        ("other", "Other", "Otro"), ("unknown", _UNKNOWN, "Desconocido"),
    ),
}  # fmt: skip


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def listed(told: Json, contained: Mapping[str, Json]) -> list[Json]:
    """The codings of an item's list of answers: of the file's own list, or of one we know."""
    address = str(told.get("answerValueSet", ""))
    values = contained.get(address)
    if not values or values.get("resourceType") != "ValueSet":
        return [] if address.startswith("#") else _known(address)
    expansion = values.get("expansion")
    found = _list(expansion.get("contains")) if isinstance(expansion, Mapping) else []
    compose = values.get("compose")
    for part in _list(compose.get("include")) if isinstance(compose, Mapping) else []:
        found = [*found, *(_list(part.get("concept")) if isinstance(part, Mapping) else [])]
    whole = (each for each in found if isinstance(each, Mapping))
    return [{"valueCoding": each} for each in whole]


def _known(address: str) -> list[Json]:
    name = address.partition("|")[0].rpartition("/ValueSet/")[2]
    return [{"valueCoding": _coding(*each)} for each in _KNOWN.get(name, ())]


def _coding(code: str, label: str, label_es: str) -> Json:
    parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": label_es}]
    beside = {"extension": [{"url": _TRANSLATION, "extension": parts}]}
    return {"code": code, "display": label, "_display": beside}
