"""A condition composed by choosing: rows of comparisons joined by "all" or "any".

A place in a condition is a path of numbers, "0.2": the third row of the first group. The empty
path is the whole. What is composed here has no "not": each comparison has its opposite.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.core.conditions import Condition
from programs.core.fields import Choice, Field

DEEPEST = 3
COMPARISONS: Mapping[str, str] = {
    "equals": "is",
    "not_equals": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "greater": "is more than",
    "less": "is less than",
    "present": "is answered",
    "absent": "is not answered",
}
_BARE = ("present", "absent")
_OF_CHOICES = ("equals", "not_equals", "in", "not_in", *_BARE)
_OF_AMOUNTS = ("equals", "at_least", "at_most", "greater", "less", *_BARE)
_AMOUNTS = frozenset({"computed", "date", "money", "number"})


@dataclass(frozen=True)
class Line:
    """One line of a condition as a page lists it: a comparison, or the head of a group."""

    path: str
    depth: int
    condition: Condition
    joins: str = ""
    """For a group: "all", "any" or "not"."""


def comparisons(field: Field | None) -> tuple[str, ...]:
    """The comparisons that make sense of a question, or of a fact (None)."""
    if field is None:
        return (*_OF_AMOUNTS, "not_equals")
    if field.type in ("boolean", "agreement"):
        return ("equals", *_BARE)
    if field.type in _AMOUNTS:
        return _OF_AMOUNTS
    return _OF_CHOICES


def lines(condition: Condition | None) -> list[Line]:
    """The condition line by line, each group before what it joins."""
    return list(_lines(condition, "", 0)) if condition else []


def _lines(condition: Condition, path: str, depth: int) -> list[Line]:
    word, parts = _joined(condition)
    if not word:
        return [Line(path, depth, condition)]
    found = [Line(path, depth, condition, word)]
    for place, part in enumerate(parts):
        found += _lines(part, f"{path}.{place}".strip("."), depth + 1)
    return found


def _joined(condition: Condition) -> tuple[str, list[Condition]]:
    for word in ("all", "any"):
        if word in condition:
            return word, list(condition[word])
    return ("not", [condition["not"]]) if "not" in condition else ("", [])


def _steps(path: str) -> list[int]:
    """The numbers of a path; raises ValueError for anything else."""
    return [int(step) for step in path.split(".")] if path else []


def at(condition: Condition, path: str) -> Condition:
    """What stands at a path. Raises ValueError or IndexError when nothing does."""
    for step in _steps(path):
        condition = _joined(condition)[1][step]
    return condition


def added(condition: Condition | None, path: str, given: Condition) -> Condition:
    """The condition with one more row in the group at ``path``.

    A condition of one comparison becomes a group of "all".
    """
    if not condition:
        return given
    word, parts = _joined(at(condition, path))
    several = [*parts, given] if word and word != "not" else [at(condition, path), given]
    return put(condition, path, {word if word in ("all", "any") else "all": several})


def put(condition: Condition, path: str, given: Condition) -> Condition:
    """The condition with ``given`` at a path."""
    steps = _steps(path)
    if not steps:
        return given
    word, parts = _joined(condition)
    rest = ".".join(str(step) for step in steps[1:])
    parts[steps[0]] = put(parts[steps[0]], rest, given)
    return {word: parts[0]} if word == "not" else {word: parts}


def removed(condition: Condition, path: str) -> Condition | None:
    """The condition without what stands at a path; None when nothing is left of it.

    A group that is left with one row becomes that row.
    """
    steps = _steps(path)
    if not steps:
        return None
    word, parts = _joined(condition)
    rest = ".".join(str(step) for step in steps[1:])
    kept = [*parts[: steps[0]], removed(parts[steps[0]], rest), *parts[steps[0] + 1 :]]
    left: Sequence[Condition] = [each for each in kept if each is not None]
    if word == "not":
        return {"not": left[0]} if left else None
    if len(left) < 2:
        return left[0] if left else None
    return {word: list(left)}


def joined(condition: Condition, path: str, word: str) -> Condition:
    """The condition with the group at a path joined by "all" or by "any"."""
    before, parts = _joined(at(condition, path))
    if before not in ("all", "any") or word not in ("all", "any"):
        return condition
    return put(condition, path, {word: parts})


def grouped(condition: Condition, path: str) -> Condition:
    """The condition with the row at a path made a group of its own, to add to."""
    inner = at(condition, path)
    outer = _joined(at(condition, path.rpartition(".")[0]))[0] if path else "any"
    return put(condition, path, {"any" if outer == "all" else "all": [inner]})


def comparison(name: str, op: str, values: Sequence[str], field: Field | None) -> Condition:
    """One comparison as it was chosen: its value in the form that answers have."""
    if op in _BARE:
        return {"field": name, "op": op}
    read = [_value(each, field) for each in values if each != ""]
    if op in ("in", "not_in"):
        return {"field": name, "op": op, "value": read}
    return {"field": name, "op": op, "value": read[0] if read else ""}


def _value(text: str, field: Field | None) -> Any:
    boolean = field is None or field.type in ("boolean", "agreement")
    if boolean and text in ("true", "false"):
        return text == "true"
    if field is None and text.isdigit():
        return int(text)
    return text


_YES_NO = (Choice("true", "Yes"), Choice("false", "No"))


def offered(field: Field | None, name: str, booleans: frozenset[str]) -> tuple[Choice, ...]:
    """The values to choose from; empty when the value is typed."""
    if field is None:
        return _YES_NO if name in booleans else ()
    return _YES_NO if field.type in ("boolean", "agreement") else field.choices
