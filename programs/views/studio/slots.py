"""The conditions that a row may carry, each in words with the way to compose it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from programs.forms.summaries import known_fields, words_of
from programs.models import ProgramDraft

# By part: the plain slots of a row, then the lists of choices that each may have one.
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "asks": ("shown_when", "required_when"),
    "consents": ("shown_when",),
    "questions": ("shown_when", "required_when"),
    "rules": ("when",),
}
_OF_CHOICES: Mapping[str, tuple[str, ...]] = {
    "products": ("doses", "frequencies"),
    "questions": ("choices", "rows"),
}


def slot_names(part: str, row: Mapping[str, Any]) -> list[str]:
    """The names of every condition a row may carry: "shown_when", "doses.280_pen"."""
    found = [name for name in _PLAIN.get(part, ()) if row.get(name) or not _unread(row, name)]
    for name in _OF_CHOICES.get(part, ()):
        found += [f"{name}.{choice['code']}" for choice in row.get(name, ())]
    return found


def _unread(row: Mapping[str, Any], slot: str) -> bool:
    """Whether nothing would be made of a condition there, so that none is offered."""
    if row.get("type") == "group":  # Its parts say themselves when they are asked.
        return True
    return slot == "required_when" and "type" in row and row.get("required") != "conditional"


def _without(part: str, slot: str) -> str:
    """What holds where there is no condition; empty for always."""
    if part == "asks":
        return _("As the catalogue says")
    return _("Whenever it is shown") if slot == "required_when" else ""


def slot_label(slot: str, row: Mapping[str, Any]) -> str:
    """What a slot says, as words before its condition."""
    plain = {
        "required_when": _("It must be answered when"),
        "shown_when": _("It is shown when"),
        "when": _("It applies when"),
    }
    if slot in plain:
        return plain[slot]
    name, _dot, code = slot.partition(".")
    label = next((each["label"] for each in row.get(name, ()) if each["code"] == code), code)
    return _("“{choice}” can be chosen when").format(choice=label)


def slots_of(draft: ProgramDraft, part: str, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every slot with its condition in words, and where it is composed."""
    known = known_fields(draft.definition)
    key = str(row.get("asked") or row.get("id") or row.get("key") or row.get("ndc") or "")
    return [
        {
            "label": slot_label(slot, row),
            "words": words_of(found, known)
            if (found := condition_at(row, slot))
            else _without(part, slot),
            "url": reverse("studio_condition", args=[draft.id, part])
            + "?"
            + urlencode({"row": key, "slot": slot}),
        }
        for slot in slot_names(part, row)
    ]


def condition_at(row: Mapping[str, Any], slot: str) -> Any:
    """The condition in a slot; None where there is none yet."""
    name, _dot, code = slot.partition(".")
    if not code:
        return row.get(name)
    return next((each.get("when") for each in row.get(name, ()) if each["code"] == code), None)


def with_condition(row: Mapping[str, Any], slot: str, condition: Any) -> dict[str, Any]:
    """The row with another condition in a slot, or without."""
    name, _dot, code = slot.partition(".")
    if not code:
        return _set(row, name, condition)
    several = [
        _set(each, "when", condition) if each["code"] == code else each for each in row[name]
    ]
    return {**row, name: several}


def _set(row: Mapping[str, Any], name: str, condition: Any) -> dict[str, Any]:
    if condition is None and name == "when" and "outcome" in row:
        # A rule always has one; an empty one is told as a fault.
        return {**row, name: {"all": []}}
    kept = {key: value for key, value in row.items() if key != name}
    return kept if condition is None else {**kept, name: condition}
