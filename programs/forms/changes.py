"""What changed between two versions of a program, in the words of the pages that compose it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from programs.core.catalogue import CATALOGUE
from programs.core.composing import LISTED
from programs.core.conditions import Condition
from programs.core.definition import JourneyPlan
from programs.domain.studio.ports import journeys
from programs.forms.boxes import Box
from programs.forms.parts import BASICS, BOXES, CONSENT, COPAY, GRANT, NAMES, ROUTE
from programs.forms.summaries import Known, known_fields, summary, words_of

Row = Mapping[str, Any]
CONDITIONS = {"shown_when": "Shown when", "required_when": "Must be answered when",
              "when": "Applies when"}  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """One thing that changed in a row: what it is, and what it was and became in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """One row that was added, taken out or changed; `details` only for the last."""

    part: str
    title: str
    what: str
    details: tuple[Detail, ...] = ()


def changes(before: Row, after: Row) -> list[Changed]:
    """Everything that differs, part by part, in the order the studio has them."""
    words = _Words(known_fields(before), known_fields(after))
    found = [
        *_whole("basics", BASICS, before, after),
        *_rows("products", words, before, after),
        *_rows("indications", words, before, after),
        *_asks(words, before, after),
    ]
    for part in ("questions", "rules", "defaults"):
        found += _rows(part, words, before, after)
    found += _whole("copay", COPAY, before, after)
    found += _rows("documents", words, before, after)
    found += _rows("consents", words, before, after)
    found += _rows("scripts", words, before, after)
    found += _journey(before, after)
    return [*found, *_whole("route", ROUTE, before, after)]


@dataclass(frozen=True)
class _Words:
    """The questions by id on each side, to name what conditions read."""

    before: Known
    after: Known


def _name(part: str) -> str:
    return str(NAMES[part])


def _whole(part: str, boxes: tuple[Box, ...], before: Row, after: Row) -> Iterator[Changed]:
    details = tuple(_boxes(boxes, before, after))
    if details:
        yield Changed(_name(part), _name(part), _("changed"), details)


def _boxes(boxes: tuple[Box, ...], before: Row, after: Row) -> Iterator[Detail]:
    for box in boxes:
        one, other = _at(before, box.at), _at(after, box.at)
        if one != other:
            yield Detail(str(box.label), _told(one), _told(other))


def _at(row: Any, at: str) -> Any:
    for step in at.split("."):
        row = row.get(step) if isinstance(row, Mapping) else None
    return None if row in ("", [], {}) else row


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_told(each) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("label") or value.get("value") or dict(value))
    return str(value).replace("_", " ") if str(value).islower() else str(value)


def _rows(part: str, words: _Words, before: Row, after: Row) -> Iterator[Changed]:
    old, new = _named(part, before), _named(part, after)
    for key, row in old.items():
        if key not in new:
            yield Changed(_name(part), summary(part, row, words.before)[0], _("taken out"))
    for key, row in new.items():
        title = summary(part, row, words.after)[0]
        if key not in old:
            yield Changed(_name(part), title, _("added"))
        elif row != old[key]:
            details = tuple(_details(part, words, old[key], row))
            yield Changed(_name(part), title, _("changed"), details)
    common = [key for key in old if key in new]
    if common != [key for key in new if key in old]:
        yield Changed(_name(part), _name(part), _("in another order"))


def _named(part: str, plan: Row) -> dict[str, Row]:
    named, rows = LISTED[part].named, plan.get(LISTED[part].at, ())
    found: dict[str, Row] = {}
    for row in rows:
        inner = row.get("parts", ()) if part == "questions" else ()
        found[row[named]] = {name: each for name, each in row.items() if name != "parts" or not
                             inner}  # fmt: skip
        found |= {each[named]: each for each in inner}
    return found


def _details(part: str, words: _Words, before: Row, after: Row) -> Iterator[Detail]:
    boxes = (*CONSENT, *GRANT) if part == "consents" else BOXES[part]
    yield from _boxes(boxes, before, after)
    for slot, label in CONDITIONS.items():
        if before.get(slot) != after.get(slot):
            one, other = before.get(slot), after.get(slot)
            yield Detail(label, _when(one, words.before), _when(other, words.after))
    checks = (before.get("checks", []), after.get("checks", []))
    if checks[0] != checks[1] and part != "questions":
        yield Detail(_("Checks"), _told(checks[0]), _told(checks[1]))


def _when(condition: Condition | None, known: Known) -> str:
    return words_of(condition, known) if condition else _("always")


def _asks(words: _Words, before: Row, after: Row) -> Iterator[Changed]:
    part = _name("asks")
    for what, one, other in ((_("no longer asked"), before, after), (_("asked"), after, before)):
        for key in one["asks"]:
            if key not in other["asks"]:
                yield Changed(part, _label(key), what)
    old, new = before.get("tightens", {}), after.get("tightens", {})
    for key in dict.fromkeys((*old, *new)):
        if key in before["asks"] and key in after["asks"] and old.get(key) != new.get(key):
            told = tuple(_details("asks", words, old.get(key, {}), new.get(key, {})))
            yield Changed(part, _label(key), _("asked otherwise"), told)


def _label(key: str) -> str:
    return f"{CATALOGUE[key].label} ({key})" if key in CATALOGUE else key


_TUNED = {
    "action": "What its owner does", "chased_by": "Who follows it up", "due": "Due after",
    "follow_up": "Followed up after", "most": "How many times at most", "owner": "Who has it",
    "skip_when": "It is not needed when", "title": "Name of the step",
    "typical": "Usual business hours",
}  # fmt: skip


def _journey(before: Row, after: Row) -> Iterator[Changed]:
    old, new = before["journey"], after["journey"]
    if old["template"] != new["template"]:
        detail = Detail(_("Template"), _told(old["template"]), _told(new["template"]))
        yield Changed(_name("journey"), _name("journey"), _("changed"), (detail,))
        return
    was, now = old.get("tune", {}), new.get("tune", {})
    titles = {
        each.key: each.title for each in journeys().steps(JourneyPlan(new["template"], tune={}))
    }
    for name in ("drop", "thresholds"):
        if was.get(name) != now.get(name):
            label = _("Steps left out") if name == "drop" else _("Limits")
            told = tuple(_limits(each.get(name)) if name == "thresholds" else
                         ", ".join(titles.get(key, key) for key in each.get(name, ()))
                         for each in (was, now))  # fmt: skip
            detail = Detail(label, *told)
            yield Changed(_name("journey"), label, _("changed"), (detail,))
    steps = (was.get("steps", {}), now.get("steps", {}))
    for key in dict.fromkeys((*steps[0], *steps[1])):
        one, other = steps[0].get(key, {}), steps[1].get(key, {})
        if one != other:
            details = tuple(
                Detail(_TUNED.get(name, name), _clock(one.get(name)), _clock(other.get(name)))
                for name in dict.fromkeys((*one, *other))
                if one.get(name) != other.get(name)
            )
            yield Changed(_name("journey"), titles.get(key, key), _("changed"), details)


def _limits(told: Row | None) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {_clock(each)}" for name, each in (told or {}).items()
    )


def _clock(value: Any) -> str:
    if isinstance(value, list):
        # Why a step is not needed.
        return ", ".join(str(each["why"]) for each in value)
    if isinstance(value, Mapping) and set(value) == {"amount", "unit"}:
        return f"{value['amount']} {value['unit'].replace('_', ' ')}"
    return _("as in the template") if value is None else _told(value)
