"""The answers that an item of a Questionnaire offers: its choices, and the units of a quantity."""

from collections.abc import Mapping
from typing import Any

from programs.core.composing import free, slug
from programs.core.questionnaire_extras import extensions, spanish
from programs.core.questionnaire_item import Item
from programs.core.questionnaire_lists import listed
from programs.core.questionnaire_texts import LONGEST_LABEL
from programs.core.text import one_line

Json = Mapping[str, Any]


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def options_of(item: Item, told: Json, contained: Mapping[str, Json]) -> list[Any]:
    """The answers to choose from, in the item or in a list that the file has."""
    options = _list(told.get("answerOption") or told.get("option"))
    options = options or listed(told, contained)
    if options and item.type not in ("choice", "coding", "open-choice"):
        item.repairs.append("It has a list of answers; it is asked as a choice.")
    return options


def choices(made: dict[str, Any], item: Item, told: Json, options: list[Any]) -> None:
    """The choices in our codes; without any it is asked as text, and ``item.unlisted`` says so."""
    taken: set[str] = set()
    found = []
    for option in options:
        code, label = _option(option)
        if not label:
            item.repairs.append("One of its choices has no words and was not kept.")
            continue
        key = free(slug(code or label), taken)
        taken.add(key)
        found.append({"code": key, "label": label[:LONGEST_LABEL]})
        coding = option.get("valueCoding") if isinstance(option, Mapping) else None
        if translated := spanish(coding if isinstance(coding, Mapping) else {}, "display"):
            found[-1]["label_es"] = translated[:LONGEST_LABEL]
    if found:
        made["choices"] = found
        made["type"] = "combo" if made["type"] == "combo" else "pick"
        if _true(told.get("repeats")) and item.type != "open-choice":
            made["type"] = "multi"
    elif made["type"] in ("pick", "combo"):
        made["type"] = "text"
        item.unlisted = True
        item.repairs.append("It has no choices in this file; it is asked as text.")


def _option(option: object) -> tuple[str, str]:
    """The code and the words of one choice."""
    if not isinstance(option, Mapping):
        return "", one_line(str(option)) if isinstance(option, str | int) else ""
    coding = option.get("valueCoding")
    if isinstance(coding, Mapping):
        code = str(coding.get("code") or "")
        return code, one_line(str(coding.get("display") or code))
    reference = option.get("valueReference")
    if isinstance(reference, Mapping):
        return "", one_line(str(reference.get("display") or ""))
    for name in ("valueString", "valueInteger", "valueDate", "valueTime", "valueDecimal"):
        if name in option:
            return str(option[name]), one_line(str(option[name]))
    return "", ""


def unit(made: dict[str, Any], item: Item, told: Json) -> None:
    """The unit of a number, or the several of which one is picked with a quantity."""
    units: list[str] = []
    for name, each in extensions(told):
        coding = each.get("valueCoding")
        if name in ("questionnaire-unit", "questionnaire-unitOption") and isinstance(
            coding, Mapping
        ):
            units.append(one_line(str(coding.get("display") or coding.get("code") or "")))
    units = list(dict.fromkeys(each for each in units if each))
    if len(units) == 1:
        made["unit"] = units[0]
    elif units:
        made["type"] = "quantity"
        made["choices"] = [{"code": slug(each), "label": each} for each in units]
        item.repairs.append("It is asked with its unit and the day it was measured.")
    elif item.type == "quantity":
        item.repairs.append("It says no unit.")
