"""Lists of answers that a Questionnaire may name: those in its file, and those everybody knows.

A public form names HL7's short lists by address and leaves them out of its file. Their codes are
part of the standard (terminology.hl7.org, hl7.org/fhir/R4), so that they need no look-up.
"""

from collections.abc import Mapping

from programs.core.questionnaire_json import Json, many

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


def listed(told: Json, contained: Mapping[str, Json]) -> list[Json]:
    """The codings of an item's list of answers: of the file's own list, or of one we know."""
    address = str(told.get("answerValueSet", ""))
    values = contained.get(address)
    if not values or values.get("resourceType") != "ValueSet":
        return [] if address.startswith("#") else _known(address)
    expansion = values.get("expansion")
    found = _unfolded(expansion.get("contains")) if isinstance(expansion, Mapping) else []
    found = found or _concepts(values, "include")
    without = {each.get("code") for each in _concepts(values, "exclude")}
    return [{"valueCoding": each} for each in found if each.get("code") not in without]


def lost(told: Json, contained: Mapping[str, Json]) -> list[str]:
    """What of an item's own list cannot be read from the file: rules that a server works out."""
    values = contained.get(str(told.get("answerValueSet", "")), {})
    compose = None if values.get("expansion") else values.get("compose")
    parts = [
        part
        for word in ("include", "exclude")
        for part in many(compose.get(word) if isinstance(compose, Mapping) else None)
        if isinstance(part, Mapping) and not part.get("concept")
    ]
    return ["A part of its list is a rule, not choices, and was not kept."] if parts else []


def _concepts(values: Json, word: str) -> list[Json]:
    compose = values.get("compose")
    parts = many(compose.get(word) if isinstance(compose, Mapping) else None)
    inside = (many(part.get("concept")) for part in parts if isinstance(part, Mapping))
    return [each for several in inside for each in several if isinstance(each, Mapping)]


def _unfolded(contains: object) -> list[Json]:
    """The codings of an expansion in order, those inside others too; a mere heading is none."""
    found: list[Json] = []
    ahead = many(contains)[::-1]
    while ahead:
        one = ahead.pop()
        if isinstance(one, Mapping):
            found += () if one.get("abstract") is True else (one,)
            ahead += many(one.get("contains"))[::-1]
    return found


def _known(address: str) -> list[Json]:
    name = address.partition("|")[0].rpartition("/ValueSet/")[2]
    return [{"valueCoding": _coding(*each)} for each in _KNOWN.get(name, ())]


def _coding(code: str, label: str, label_es: str) -> Json:
    parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": label_es}]
    beside = {"extension": [{"url": _TRANSLATION, "extension": parts}]}
    return {"code": code, "display": label, "_display": beside}
