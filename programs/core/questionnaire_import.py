"""A FHIR R4 Questionnaire read into a program's own questions, repaired where it is misshapen.

Every item of it is told: what it became, what was mended, what could not be kept and why. Nothing
is taken as it stands that would not hold in a form of ours, and nothing is left out in silence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from programs.core.composing import free, slug
from programs.core.conditions import Condition
from programs.core.fields import both
from programs.core.questionnaire_conditions import chosen_by_code, enabled_when, without_circles
from programs.core.questionnaire_extras import (
    codes,
    entry_format,
    known_by_code,
    listed,
    spanish,
    unread,
)
from programs.core.questionnaire_texts import LONGEST_LABEL, keyed, texts
from programs.core.questionnaire_words import proposed
from programs.core.text import one_line

MOST_ITEMS = 5_000
_TYPES: Mapping[str, str] = {
    "attachment": "", "boolean": "boolean", "choice": "pick", "coding": "pick", "date": "date",
    "dateTime": "date", "decimal": "number", "display": "", "group": "", "integer": "number",
    "open-choice": "combo", "quantity": "number", "reference": "", "string": "text",
    "text": "long_text", "time": "text", "url": "text",
}  # fmt: skip
_LEFT: Mapping[str, str] = {
    "attachment": "A file: list it under documents.",
    "display": "Words to read, not a question.",
    "group": "Its questions stand by themselves.",
    "reference": "It points at a record of another system.",
}
Json = Mapping[str, Any]


class NoQuestionnaire(ValueError):
    """What was read is no Questionnaire; the message says so in a sentence."""


@dataclass
class Item:
    """One item as it was found. ``question`` is what it becomes, or None and ``left`` says why.

    ``repairs`` are what was mended; ``maps_to`` is the canonical field proposed for it.
    """

    link: str
    text: str
    type: str
    depth: int
    question: dict[str, Any] | None = None
    left: str = ""
    maps_to: str = ""
    repairs: list[str] = field(default_factory=list)
    when: Condition | None = None
    hidden: str = ""


@dataclass
class _Reading:
    """What the reading of one Questionnaire carries."""

    program: str
    contained: Mapping[str, Json]
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    by_link: dict[str, str] = field(default_factory=dict)
    picked: set[str] = field(default_factory=set)
    inlined: set[str] = field(default_factory=set)


def read_questionnaire(data: object, program: str, *, taken: Collection[str] = ()) -> list[Item]:
    """Every item in order, each told; the ids in ``taken`` are not given again.

    Raises NoQuestionnaire, also for one with too many items.
    """
    if not isinstance(data, Mapping) or data.get("resourceType") != "Questionnaire":
        raise NoQuestionnaire("This file is no FHIR Questionnaire.")
    contained = {
        f"#{each['id']}": each
        for each in _list(data.get("contained"))
        if isinstance(each, Mapping) and isinstance(each.get("id"), str)
    }
    reading = _Reading(program, contained, ids=set(taken))
    found: list[Item] = _of_the_form(data)
    raw: list[tuple[Item, Json]] = []
    # A stack of our own: thirty levels of a form must not become thirty of ours.
    ahead: list[tuple[object, int, str, Item | None]] = []
    ahead += [(each, 0, "", None) for each in reversed(_list(data.get("item")))]
    while ahead:
        one, depth, section, outer = ahead.pop()
        item, told, below = _item(one, depth, section, outer, reading)
        found.append(item)
        raw.append((item, {**told, "_outer": outer}))
        if len(found) > MOST_ITEMS:
            raise NoQuestionnaire(f"It has more than {MOST_ITEMS} items.")
        title = item.text if depth == 0 and item.type == "group" else section
        ahead += [(each, depth + 1, title, item) for each in reversed(below)]
    for item, told in raw:
        _condition(item, told, reading)
    without_circles([each for each in found if each.question])
    return found


def _of_the_form(data: Json) -> list[Item]:
    """What the form says of itself that is not kept; nothing when it says nothing such."""
    said = [*unread(data), *(f"“{key}” was not kept." for key in ("modifierExtension",
            "derivedFrom") if data.get(key))]  # fmt: skip
    if not said:
        return []
    return [Item("", "The form itself", "group", 0, left=_LEFT["group"], repairs=said)]


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _item(
    one: object, depth: int, section: str, outer: Item | None, reading: _Reading
) -> tuple[Item, Json, list[object]]:
    """One item, the keys it has under their right names, and the items inside it."""
    if not isinstance(one, Mapping):
        return Item("", str(one)[:80], "", depth, left="It is no item."), {}, []
    repairs: list[str] = []
    told = keyed(one, repairs)
    text, help_ = texts(told, repairs)
    kind = str(told.get("type") or "")
    below = _list(told.get("item"))
    if kind not in _TYPES:
        repairs.append(f"Its type “{kind[:30]}” is unknown; " + ("a group" if below else "text"))
        kind = "group" if below else "string"
    item = Item(_link(told, text, reading, repairs), text, kind, depth, repairs=repairs)
    below = [*below, *_inlined(told, reading, repairs)]
    item.hidden = (outer.hidden if outer else "") or _hidden(told)
    why = item.hidden or _LEFT.get(kind, "") or _only_read(told)
    repairs += unread(told)
    if not text and not why:
        item.text = item.link
        repairs.append("It has no words; its id stands for them.")
    if why:
        item.left = why
        repairs += _of_a_group(told) if kind == "group" else ()
    else:
        item.question = _question(item, told, help_, section, reading)
        item.maps_to = _maps_to(item, told)
        # A result with its unit and day is compared by its number.
        value = ".value" if item.question["type"] == "quantity" else ""
        reading.by_link[item.link] = item.question["id"] + value
        if item.question.get("choices"):
            reading.picked.add(item.question["id"])
    return item, told, below


def _of_a_group(told: Json) -> list[str]:
    many = "It could be filled in several times; here its questions are asked once."
    return [many] if _true(told.get("repeats")) else []


def _maps_to(item: Item, told: Json) -> str:
    """The canonical field that its code or its words mean."""
    known, named = known_by_code(told), codes(told)
    if named and not known:
        item.repairs.append(f"Its code {', '.join(named)[:80]} was not kept.")
    return known or proposed(item.text)


def _link(told: Json, text: str, reading: _Reading, repairs: list[str]) -> str:
    given = told.get("linkId")
    wanted = str(given)[:100] if isinstance(given, str | int) and str(given).strip() else ""
    if not wanted:
        wanted = slug(text)
        repairs.append("It had no linkId.")
    name = free(wanted, reading.links)
    if name != wanted:
        repairs.append(f"Another item has the linkId “{wanted}” too; this one is “{name}”.")
    reading.links.add(name)
    return name


def _extensions(told: Json, word: str) -> Iterator[Json]:
    for each in _list(told.get("extension")):
        if isinstance(each, Mapping) and str(each.get("url", "")).endswith(word):
            yield each


def _hidden(told: Json) -> str:
    if any(each.get("valueBoolean") is True for each in _extensions(told, "questionnaire-hidden")):
        return "It is hidden from whoever fills the form in."
    return ""


def _only_read(told: Json) -> str:
    return "It is only to be read." if _true(told.get("readOnly")) else ""


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _inlined(told: Json, reading: _Reading, repairs: list[str]) -> list[object]:
    """The items of a questionnaire that this one stands for, where it is in the file."""
    found: list[object] = []
    for each in _extensions(told, "subQuestionnaire"):
        name = str(each.get("valueCanonical", ""))
        inner = reading.contained.get(name)
        if inner is None or name in reading.inlined:
            repairs.append(f"The form “{name[:60]}” inside it is not in the file, or loops.")
            continue
        reading.inlined.add(name)
        repairs.append(f"The form “{name[:60]}” was put in its place.")
        found += _list(inner.get("item"))
    return found


# A word of a group's title, and the section whose questions it holds.
_SECTIONS: Sequence[tuple[str, str]] = (
    ("insurance", "Coverage"), ("coverage", "Coverage"), ("prescriber", "Prescriber"),
    ("provider", "Prescriber"), ("practice", "Practice"), ("diagnos", "Diagnosis"),
    ("prescription", "Prescription"), ("financial", "Financial"), ("income", "Financial"),
    ("site of care", "Site of care"), ("patient", "Patient"), ("demograph", "Patient"),
)  # fmt: skip


def _question(
    item: Item, told: Json, help_: str, section: str, reading: _Reading
) -> dict[str, Any]:
    name = free(f"{reading.program}.{slug(item.link)}", reading.ids)
    reading.ids.add(name)
    title = section.lower()
    made: dict[str, Any] = {
        "id": name,
        "section": next((s for word, s in _SECTIONS if word in title), "Clinical"),
        "label": item.text,
        "type": _TYPES[item.type],
    }
    if help_ or entry_format(told):
        made["hint"] = "\n".join(each for each in (help_, entry_format(told)) if each)
    if translated := spanish(told, "text"):
        made["label_es"] = translated[:LONGEST_LABEL]
    elif told.get("_text"):
        item.repairs.append("What stood beside its words was not kept.")
    _shape(made, item, told, reading)
    if _true(told.get("required")):
        made["required"] = "always"
        if told["required"] is not True:
            item.repairs.append("“required” was text; it was read as true.")
    if told.get("initial"):
        item.repairs.append("Its value it begins with was not kept.")
    if told.get("answerValueSet") and not made.get("choices"):
        item.repairs.append("Its list elsewhere was not kept.")
    return made


def _shape(made: dict[str, Any], item: Item, told: Json, reading: _Reading) -> None:
    """What the type needs: choices, a unit, limits, lengths."""
    options = _options(item, told, reading)
    if options or item.type in ("choice", "coding", "open-choice"):
        _choices(made, item, told, options)
    elif item.type == "quantity":
        _unit(made, item, told)
    elif item.type == "integer":
        made["checks"] = ["whole"]
    elif item.type in ("dateTime", "time"):
        item.repairs.append("Only the day is asked." if item.type == "dateTime" else "As text.")
    if made["type"] == "number":
        _limits(made, told)
    if made["type"] in ("text", "long_text"):
        _length(made, item, told)
    if _true(told.get("repeats")) and made["type"] != "multi":
        item.repairs.append("It could be answered several times; here it is asked once.")


def _options(item: Item, told: Json, reading: _Reading) -> list[Any]:
    """The answers to choose from, in the item or in a list that the file has."""
    options = _list(told.get("answerOption") or told.get("option"))
    options = options or listed(told, reading.contained)
    if options and item.type not in ("choice", "coding", "open-choice"):
        item.repairs.append("It has a list of answers; it is asked as a choice.")
    return options


def _limits(made: dict[str, Any], told: Json) -> None:
    for word, name in (("minValue", "minimum"), ("maxValue", "maximum")):
        for each in _extensions(told, word):
            value = next((v for k, v in each.items() if k.startswith("value")), None)
            if isinstance(value, int | float) and not isinstance(value, bool):
                made[name] = f"{value:g}"


def _length(made: dict[str, Any], item: Item, told: Json) -> None:
    longest = told.get("maxLength")
    if isinstance(longest, str) and longest.isdigit():
        item.repairs.append("“maxLength” was text; it was read as a number.")
        longest = int(longest)
    if type(longest) is int and longest > 0:
        made["max_length"] = min(longest, 5_000)


def _choices(made: dict[str, Any], item: Item, told: Json, options: list[Any]) -> None:
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


def _unit(made: dict[str, Any], item: Item, told: Json) -> None:
    units = []
    for word in ("questionnaire-unit", "questionnaire-unitOption"):
        for each in _extensions(told, word):
            coding = each.get("valueCoding")
            if isinstance(coding, Mapping):
                units.append(one_line(str(coding.get("display") or coding.get("code") or "")))
    if len(units) == 1:
        made["unit"] = units[0]
    elif units:
        made["type"] = "quantity"
        made["choices"] = [{"code": slug(unit), "label": unit} for unit in units]
        item.repairs.append("It is asked with its unit and the day it was measured.")
    else:
        item.repairs.append("It says no unit.")


def _condition(item: Item, told: Json, reading: _Reading) -> None:
    """When it is shown: its own conditions together with those of the groups around it."""
    outer: Item | None = told.get("_outer")
    own = enabled_when(told, reading.by_link, item.repairs)
    own = chosen_by_code(own, reading.picked) if own else None
    item.when = both(outer.when if outer else None, own)
    if item.question is not None and item.when is not None:
        item.question["shown_when"] = item.when
