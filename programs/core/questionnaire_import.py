"""A FHIR R4 Questionnaire read into a program's own questions, repaired where it is misshapen.

Every item of it is told: what it became, what was mended, what could not be kept and why. Nothing
is taken as it stands that would not hold in a form of ours, and nothing is left out in silence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from programs.core.catalogue import ANSWERABLE
from programs.core.composing import free, slug
from programs.core.fields import both
from programs.core.questionnaire_answers import choices, options_of, unit
from programs.core.questionnaire_around import helped, told_apart
from programs.core.questionnaire_conditions import chosen_by_code, enabled_when, without_circles
from programs.core.questionnaire_extras import (
    codes,
    entry_format,
    known_by_code,
    loincs,
    unread,
)
from programs.core.questionnaire_form import said_of_form
from programs.core.questionnaire_item import Item
from programs.core.questionnaire_json import Json, is_true, many
from programs.core.questionnaire_limits import limited
from programs.core.questionnaire_spanish import language_of, said_in, title_in_english
from programs.core.questionnaire_texts import LONGEST_LABEL, keyed, texts
from programs.core.questionnaire_words import fits, plain_words, proposed

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


# What the result of a test can answer.
RESULTS = frozenset({"boolean", "date", "number", "pick", "quantity"})


class NoQuestionnaire(ValueError):
    """What was read is no Questionnaire; the message says so in a sentence."""


@dataclass
class _Reading:
    """What the reading of one Questionnaire carries."""

    program: str
    contained: Mapping[str, Json]
    language: str
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    by_link: dict[str, str] = field(default_factory=dict)
    picked: dict[str, Mapping[str, str]] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    unsized: set[str] = field(default_factory=set)
    inlined: set[str] = field(default_factory=set)


def read_questionnaire(data: object, program: str, *, taken: Collection[str] = ()) -> list[Item]:
    """Every item in order, each told; the ids in ``taken`` are not given again.

    Raises NoQuestionnaire, also for one with too many items.
    """
    if not isinstance(data, Mapping) or data.get("resourceType") != "Questionnaire":
        raise NoQuestionnaire("This file is no FHIR Questionnaire.")
    contained = {
        f"#{each['id']}": each
        for each in many(data.get("contained"))
        if isinstance(each, Mapping) and isinstance(each.get("id"), str)
    }
    reading = _Reading(program, contained, ids=set(taken), language=language_of(data))
    found: list[Item] = _of_the_form(data)
    raw: list[tuple[Item, Json]] = []
    # A stack of our own: thirty levels of a form must not become thirty of ours.
    ahead: list[tuple[object, int, str, Item | None]] = []
    ahead += [(each, 0, "", None) for each in reversed(many(data.get("item")))]
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
    told_apart(found)
    return found


def _of_the_form(data: Json) -> list[Item]:
    """What the form says of itself that is not kept; nothing when it says nothing such."""
    said = said_of_form(data)
    if not said:
        return []
    return [Item("", "The form itself", "group", 0, left=_LEFT["group"], repairs=said)]


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
    below = many(told.get("item"))
    if kind not in _TYPES:
        repairs.append(f"Its type “{kind[:30]}” is unknown; " + ("a group" if below else "text"))
        kind = "group" if below else "string"
    item = Item(_link(told, text, reading, repairs), text, kind, depth, repairs=repairs)
    item.language = reading.language
    item.around = _around(outer)
    below = [*below, *_inlined(told, reading, repairs)]
    item.hidden = (outer.hidden if outer else "") or _hidden(told)
    why = item.hidden or _LEFT.get(kind, "") or _only_read(told)
    if kind == "display" and helped(outer, text, told):
        why = "Words to read: they became help of the question they stand under."
    repairs += unread(told)
    if not text and not why:
        item.text = item.link
        repairs.append("It has no words; its id stands for them.")
    if why:
        item.left = why
        repairs += _of_a_group(told) if kind == "group" else _unasked(told)
    else:
        _asked(item, told, help_, section, reading)
    return item, told, below


def _asked(item: Item, told: Json, help_: str, section: str, reading: _Reading) -> None:
    """Make the item a question, and keep how others may hang on it."""
    item.question = _question(item, told, help_, section, reading)
    item.maps_to = _maps_to(item, told)
    # A result with its unit and day is compared by its number.
    value = ".value" if item.question["type"] == "quantity" else ""
    reading.by_link[item.link] = item.question["id"] + value
    if item.question.get("choices"):
        reading.picked[item.question["id"]] = item.codes
    if item.question["type"] not in ("date", "number", "quantity"):
        reading.unsized.add(item.question["id"])
    if item.unlisted:
        reading.unlisted.add(item.question["id"])


def _of_a_group(told: Json) -> list[str]:
    said = {
        "repeats": "It could be filled in several times; here its questions are asked once.",
        "readOnly": "It was only to be read; here its questions are answered.",
        "required": "Something in it had to be answered; here each question says so itself.",
    }
    return [words for key, words in said.items() if is_true(told.get(key))]


def _unasked(told: Json) -> list[str]:
    """What is lost with an item that becomes no question."""
    said = {"required": "It had to be answered."} if is_true(told.get("required")) else {}
    if told.get("initial"):
        said["initial"] = "The value it begins with was not kept."
    return list(said.values())


def _maps_to(item: Item, told: Json) -> str:
    """The canonical field that its code or its words mean."""
    known, named = known_by_code(told), codes(told)
    if item.question is not None and item.question["type"] in RESULTS and (kept := loincs(told)):
        item.question["loinc"] = kept
        named = [each for each in named if each not in kept]
    if named and not known:
        item.repairs.append(f"Its code {', '.join(named)[:80]} was not kept.")
    if known and not fits(known, item.around):
        known = ""
    found = known or proposed(item.text, item.around)
    # A yes or no is never the thing itself: “Allergies?” asks whether there are any.
    yes_no = item.question is not None and item.question["type"] == "boolean"
    return found if found and not (yes_no and ANSWERABLE[found].type != "boolean") else ""


def _around(outer: Item | None) -> tuple[str, ...]:
    if outer is None:
        return ()
    return (outer.text, *outer.around) if outer.type == "group" else outer.around


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
    for each in many(told.get("extension")):
        if isinstance(each, Mapping) and str(each.get("url", "")).endswith(word):
            yield each


def _hidden(told: Json) -> str:
    if any(each.get("valueBoolean") is True for each in _extensions(told, "questionnaire-hidden")):
        return "It is hidden from whoever fills the form in."
    return ""


def _only_read(told: Json) -> str:
    return "It is only to be read." if is_true(told.get("readOnly")) else ""


def _inlined(told: Json, reading: _Reading, repairs: list[str]) -> list[object]:
    """The items of a questionnaire that this one stands for, where it is in the file."""
    found: list[object] = []
    for each in _extensions(told, "subQuestionnaire"):
        name = str(each.get("valueCanonical", ""))
        inner = reading.contained.get(name)
        if inner is None or name in reading.inlined:
            repairs.append(f"The form “{name[-60:]}” inside it is not in the file, or loops.")
            continue
        reading.inlined.add(name)
        repairs.append(f"The form “{name[-60:]}” was put in its place.")
        found += many(inner.get("item"))
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
    title = title_in_english(plain_words(section))
    made: dict[str, Any] = {
        "id": name,
        "section": next((s for word, s in _SECTIONS if word in title), "Clinical"),
        "label": item.text,
        "type": _TYPES[item.type],
    }
    _words(made, item, told, help_)
    _shape(made, item, told, reading)
    if is_true(told.get("required")):
        made["required"] = "always"
        if told["required"] is not True:
            item.repairs.append("“required” was text; it was read as true.")
    if told.get("initial"):
        item.repairs.append("The value it begins with was not kept.")
    if told.get("answerValueSet") and not made.get("choices"):
        item.repairs.append("Its list elsewhere was not kept.")
    return made


def _words(made: dict[str, Any], item: Item, told: Json, help_: str) -> None:
    """Its words and its help, each in the language they are in."""
    english, spanish = said_in(item.text, told, "text", item.language)
    made["label"] = english[:LONGEST_LABEL]
    if spanish:
        made["label_es"] = spanish[:LONGEST_LABEL]
    if not english:
        item.repairs.append("Its English is missing; write it.")
    if told.get("_text") and not (english and spanish):
        item.repairs.append("What stood beside its words was not kept.")
    if help_ or entry_format(told):
        name = "hint_es" if item.language == "es" else "hint"
        made[name] = "\n".join(each for each in (help_, entry_format(told)) if each)


def _shape(made: dict[str, Any], item: Item, told: Json, reading: _Reading) -> None:
    """What the type needs: choices, a unit, limits, lengths."""
    options = options_of(item, told, reading.contained)
    if options or item.type in ("choice", "coding", "open-choice"):
        choices(made, item, told, options)
    elif item.type in ("quantity", "decimal", "integer"):
        unit(made, item, told)
    elif item.type in ("dateTime", "time"):
        item.repairs.append("Only the day is asked." if item.type == "dateTime" else "As text.")
    elif item.type == "url":
        item.repairs.append("As text.")
    limited(made, item, told)
    if made["type"] == "number" and item.type == "integer":
        made["checks"] = ["whole"]
    if is_true(told.get("repeats")) and made["type"] != "multi":
        item.repairs.append("It could be answered several times; here it is asked once.")


def _condition(item: Item, told: Json, reading: _Reading) -> None:
    """When it is shown: its own conditions together with those of the groups around it."""
    outer: Item | None = told.get("_outer")
    own = enabled_when(
        told, reading.by_link, item.repairs, unlisted=reading.unlisted, unsized=reading.unsized
    )
    own = chosen_by_code(own, reading.picked) if own else None
    item.when = both(outer.when if outer else None, own)
    if item.question is not None and item.when is not None:
        item.question["shown_when"] = item.when
