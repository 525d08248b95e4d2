"""The answers that an item of a Questionnaire offers: its choices, and the units of a quantity."""

from collections.abc import Mapping
from typing import Any

from programs.core.composing import free, slug
from programs.core.questionnaire_extras import extensions
from programs.core.questionnaire_item import Item
from programs.core.questionnaire_json import Json, is_true, many
from programs.core.questionnaire_lists import listed, lost
from programs.core.questionnaire_spanish import said_in
from programs.core.questionnaire_texts import LONGEST_LABEL
from programs.core.text import one_line


def options_of(item: Item, told: Json, contained: Mapping[str, Json]) -> list[Any]:
    """The answers to choose from, in the item or in a list that the file has."""
    options = many(told.get("answerOption") or told.get("option"))
    if not options:
        options = listed(told, contained)
        item.repairs += lost(told, contained)
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
        for own in (code, label):
            item.codes.setdefault(own, key)
        coding = option.get("valueCoding") if isinstance(option, Mapping) else None
        beside = coding if isinstance(coding, Mapping) else {}
        english, spanish = said_in(label, beside, "display", item.language)
        found.append({"code": key, "label": english[:LONGEST_LABEL]})
        found[-1] |= {"label_es": spanish[:LONGEST_LABEL]} if spanish else {}
        item.repairs += _more(option)
    if found:
        if not all(each["label"] for each in found):
            item.repairs.append("The English of its choices is missing; write it.")
        made["choices"] = found
        made["type"] = "combo" if made["type"] == "combo" else "pick"
        if is_true(told.get("repeats")) and item.type != "open-choice":
            made["type"] = "multi"
    elif made["type"] in ("pick", "combo"):
        made["type"] = "text"
        item.unlisted = True
        item.repairs.append("It has no choices in this file; it is asked as text.")


def _more(option: object) -> list[str]:
    """What a choice has beside its words, such as choices of its own."""
    known = ("extension", "id", "initialSelected")
    names = option if isinstance(option, Mapping) else {}
    return [
        f"“{name[:30]}” of a choice means nothing here and was not kept."
        for name in map(str, names)
        if name not in known and not name.lstrip("_").startswith("value")
    ]


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
    units: dict[str, str] = {}
    for name, each in extensions(told):
        coding = each.get("valueCoding")
        if name in ("questionnaire-unit", "questionnaire-unitOption") and isinstance(
            coding, Mapping
        ):
            code, words = str(coding.get("code") or ""), str(coding.get("display") or "")
            # A unit's code is the same in every language, its name is not.
            plain = code or words if item.language == "es" else words or code
            units[one_line(plain)] = one_line(words)
    units.pop("", None)
    if len(units) == 1:
        made["unit"], words = next(iter(units.items()))
        made |= {"unit_es": words} if words not in ("", made["unit"]) else {}
    elif units:
        made["type"] = "quantity"
        made["choices"] = [{"code": slug(each), "label": each} for each in units]
        item.repairs.append("It is asked with its unit and the day it was measured.")
    elif item.type == "quantity":
        item.repairs.append("It says no unit.")
