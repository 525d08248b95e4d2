"""A Questionnaire's enableWhen as a condition of ours, and circles among such conditions cut."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from programs.core.conditions import Condition, fields_of
from programs.core.questionnaire_limits import exact

_OPERATORS: Mapping[str, str] = {
    "!=": "not_equals", "<": "less", "<=": "at_most", "=": "equals", ">": "greater",
    ">=": "at_least",
}  # fmt: skip


_BY_SIZE = frozenset({"less", "at_most", "greater", "at_least"})


class Shown(Protocol):
    """An imported item as circles are looked for: what it becomes, and what was mended."""

    question: dict[str, Any] | None
    repairs: list[str]
    when: Condition | None


def enabled_when(
    told: Mapping[str, Any],
    by_link: Mapping[str, str],
    repairs: list[str],
    *,
    unlisted: Collection[str] = (),
    unsized: Collection[str] = (),
) -> Condition | None:
    """The condition under which an item is enabled; None when it always is.

    A part that reads an item which is not there is left out, and said in ``repairs``; so is one
    that compares an answer which is typed here with a code, since nobody types a code: the
    questions in ``unlisted``, whose choices are not in the file. Nor is there more or less
    of the ``unsized``: choices, yes or no, and what is text here, such as a time of day.
    """
    given = told.get("enableWhen")
    if not given:
        return None
    if isinstance(given, Mapping):
        repairs.append("“enableWhen” was one object; it was read as a list of one.")
        given = [given]
    if not isinstance(given, list):
        repairs.append("“enableWhen” could not be read; it is always shown.")
        return None
    read = [(each, _part(each, by_link, repairs)) for each in given]
    parts = [
        part
        for each, part in read
        if part is not None
        and not _by_code(each, part, unlisted, repairs)
        and not _by_size(part, unsized, repairs)
    ]
    if not parts:
        return None
    word = "any" if told.get("enableBehavior") == "any" else "all"
    if len(parts) > 1 and told.get("enableBehavior") not in ("any", "all"):
        repairs.append("It does not say whether all or any must hold; all of them must.")
    return parts[0] if len(parts) == 1 else {word: parts}


def _part(each: object, by_link: Mapping[str, str], repairs: list[str]) -> Condition | None:
    asked = str(each.get("question", "")) if isinstance(each, Mapping) else ""
    if not isinstance(each, Mapping) or asked not in by_link:
        repairs.append(f"It hung on “{asked[:40]}”, which is no question here; that was not kept.")
        return None
    operator = each.get("operator", "=")
    value = next((v for k, v in each.items() if k.startswith("answer")), None)
    if operator == "exists":
        wanted = value is True or str(value).lower() == "true"
        return {"field": by_link[asked], "op": "present" if wanted else "absent"}
    if operator not in _OPERATORS or value is None or _points(value):
        repairs.append(f"Its comparison “{str(operator)[:10]}” could not be read; it was not kept.")
        return None
    found = _value(value)
    if "answerDateTime" in each and isinstance(found, str):
        found = found[:10]  # Only the day is asked here.
    return {"field": by_link[asked], "op": _OPERATORS[operator], "value": found}


def _by_code(each: object, part: Condition, unlisted: Collection[str], repairs: list[str]) -> bool:
    coded = isinstance(each, Mapping) and isinstance(each.get("answerCoding"), Mapping)
    if coded and part["field"] in unlisted:
        repairs.append("It hung on one choice of a list that is not in the file; it is always "
                       "shown.")  # fmt: skip
        return True
    return False


def _by_size(part: Condition, unsized: Collection[str], repairs: list[str]) -> bool:
    if part["op"] in _BY_SIZE and part["field"] in unsized:
        repairs.append("It hung on more or less of an answer that is no number or day here; that "
                       "was not kept.")  # fmt: skip
        return True
    return False


def _points(value: Any) -> bool:
    """Whether it is a reference to a record, which no answer here can be."""
    return isinstance(value, Mapping) and not {"value", "code", "display"} & set(value)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "value" in value:
            return exact(value["value"]) or str(value["value"])
        return str(value.get("code") or value.get("display") or "")
    if isinstance(value, bool):
        return value
    return exact(value) or str(value)


def chosen_by_code(condition: Condition, picked: Mapping[str, Mapping[str, str]]) -> Condition:
    """The condition comparing with the codes that choices have here, for questions with some.

    ``picked`` are those questions, each with its codes by the choice's code or words; another
    value stays as it is, such as an answer that somebody types instead of choosing.
    """
    for word in ("all", "any"):
        if word in condition:
            return {word: [chosen_by_code(part, picked) for part in condition[word]]}
    value = condition.get("value")
    if condition["field"] in picked and isinstance(value, str):
        codes = picked[condition["field"]]
        return {**condition, "value": codes.get(value, value)}
    return condition


def without_circles(items: Sequence[Shown]) -> None:
    """Take the condition off every item whose being shown hangs on itself, and say so."""
    reads = {
        each.question["id"]: fields_of(each.when) if each.when else frozenset[str]()
        for each in items
        if each.question
    }
    for each in items:
        if each.question and _comes_back(each.question["id"], reads):
            reads[each.question["id"]] = frozenset()
            each.when = None
            each.question.pop("shown_when", None)
            each.repairs.append("Whether it is shown hung on its own answer; it is always shown.")


def _comes_back(start: str, reads: Mapping[str, frozenset[str]]) -> bool:
    reached: set[str] = set()
    ahead = set(reads[start])
    while ahead:
        if start in ahead:
            return True
        reached |= ahead
        ahead = {far for near in ahead for far in reads.get(near, ())} - reached
    return False
