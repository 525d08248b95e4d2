"""A program's form as a FHIR R4 Questionnaire: every question the office is asked, by section."""

import json
from collections.abc import Mapping
from typing import Any

from programs.core.conditions import Condition
from programs.core.definition import Definition
from programs.core.fields import LISTS, SECTIONS, Choice, Field
from programs.core.forms import section_key, union
from programs.core.questionnaire_extras import LOINC
from programs.core.union import Item

_TYPES: Mapping[str, str] = {
    "agreement": "boolean", "boolean": "boolean", "checklist": "choice", "combo": "open-choice",
    "computed": "string", "date": "date", "file": "attachment", "long_text": "text",
    "money": "decimal", "multi": "choice", "number": "decimal", "pick": "choice",
}  # fmt: skip
_OPERATORS: Mapping[str, str] = {
    "absent": "exists", "at_least": ">=", "at_most": "<=", "equals": "=", "greater": ">",
    "in": "=", "less": "<", "not_equals": "!=", "not_in": "!=", "present": "exists",
}  # fmt: skip
Json = dict[str, Any]


def questionnaire(definition: Definition, address: str) -> Json:
    """The Questionnaire, whose canonical address begins with ``address``.

    A condition that enableWhen cannot say (one inside another, or of a fact that follows from
    answers) stands whole in an extension of ours, so that nothing is lost.
    """
    items = [each for each in union((definition,)) if each.field.type != "esign"]
    known = {item.key: item.field for item in items}
    return {
        "resourceType": "Questionnaire",
        "url": f"{address}/{definition.key}",
        "version": definition.version,
        "name": definition.key.replace("-", "_"),
        "title": definition.name,
        "status": "draft",
        "subjectType": ["Patient"],
        "effectivePeriod": {"start": definition.valid_from},
        "item": [
            {
                "linkId": f"section-{section_key(name)}",
                "text": name,
                "type": "group",
                "item": [
                    _item(each, known, address) for each in items if each.field.section == name
                ],
            }
            for name in SECTIONS
            if any(each.field.section == name for each in items)
        ],
    }


def _item(item: Item, known: Mapping[str, Field], address: str) -> Json:
    field = item.field
    told: Json = {"linkId": item.key, "text": item.question, "type": _type(field)}
    told |= _known(item, address)
    for name, holds in (
        ("required", field.required == "always"),
        ("repeats", field.type in LISTS),
        ("readOnly", field.type == "computed"),
    ):
        if holds:
            told[name] = True
    if field.max_length and told["type"] in ("string", "text"):
        told["maxLength"] = field.max_length
    if field.choices:
        told["answerOption"] = [_option(choice) for choice in field.choices]
    extensions = [*_limits(field), *_help(field)]
    if field.shown_when:
        _shown(told, field.shown_when, known, extensions, address)
    if extensions:
        told["extension"] = extensions
    return told


def _known(item: Item, address: str) -> Json:
    """By which names others know it: ours, and of a result those of the test."""
    field = item.field
    told: Json = {"definition": f"{address}/fields#{field.name}"} if field.name else {}
    if field.loinc and field.type != "date" and not item.key.endswith(".unit"):
        told["code"] = [{"system": LOINC, "code": code} for code in field.loinc]
    return told


def _type(field: Field) -> str:
    if field.choices and field.type not in (*LISTS, "pick", "combo"):
        return "open-choice" if field.type == "icd10" else "choice"
    return _TYPES.get(field.type, "string")


def _option(choice: Choice) -> Json:
    return {"valueCoding": {"code": choice.code, "display": choice.label}}


_HL7 = "http://hl7.org/fhir/StructureDefinition"


def _limits(field: Field) -> list[Json]:
    found: list[Json] = []
    for name, value in (("minValue", field.minimum), ("maxValue", field.maximum)):
        if value is not None:
            found.append({"url": f"{_HL7}/{name}", "valueDecimal": float(value)})
    if field.unit:
        unit = {"code": field.unit, "display": field.unit}
        found.append({"url": f"{_HL7}/questionnaire-unit", "valueCoding": unit})
    return found


def _help(field: Field) -> list[Json]:
    url = f"{_HL7}/entryFormat"
    return [{"url": url, "valueString": field.hint}] if field.hint else []


def _shown(
    told: Json,
    condition: Condition,
    known: Mapping[str, Field],
    extensions: list[Json],
    address: str,
) -> None:
    word, parts = _flat(condition)
    enabled = [one for part in parts for one in _enabled(part, known)]
    several = any(isinstance(part.get("value"), list) for part in parts)
    if not parts or not enabled or (several and len(parts) > 1):
        text = json.dumps(condition, sort_keys=True)
        extensions.append({"url": f"{address}/shown-when", "valueString": text})
        return
    told["enableWhen"] = enabled
    negated = several and parts[0]["op"] == "not_in"
    told["enableBehavior"] = ("all" if negated else "any") if several else word


def _flat(condition: Condition) -> tuple[str, list[Condition]]:
    """Its comparisons and how they are joined; none when one stands inside another."""
    for word in ("all", "any"):
        if word in condition:
            parts = list(condition[word])
            return word, parts if all("field" in part for part in parts) else []
    return "all", [condition] if "field" in condition else []


def _enabled(part: Condition, known: Mapping[str, Field]) -> list[Json]:
    field = known.get(part["field"])
    if field is None:
        return []
    told = {"question": part["field"], "operator": _OPERATORS[part["op"]]}
    if part["op"] in ("present", "absent"):
        return [{**told, "answerBoolean": part["op"] == "present"}]
    values = part["value"] if isinstance(part["value"], list) else [part["value"]]
    return [{**told, **_answer(field, value)} for value in values]


def _answer(field: Field, value: Any) -> Json:
    if isinstance(value, bool):
        return {"answerBoolean": value}
    if field.choices:
        label = next((each.label for each in field.choices if each.code == value), str(value))
        return {"answerCoding": {"code": str(value), "display": label}}
    if _type(field) == "decimal":
        return {"answerDecimal": float(value)}
    return {"answerDate" if field.type == "date" else "answerString": str(value)}
