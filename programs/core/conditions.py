"""One small rule language over answers, kept as JSON-able data.

A condition is a comparison, ``{"field": "B5", "op": "equals", "value": "commercial"}``, or a
combination: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": {...}}``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Condition = Mapping[str, Any]
Answers = Mapping[str, Any]


def is_present(value: object) -> bool:
    """Whether something was answered: "no" and 0 are answers, blanks and empty lists are not."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list | tuple | dict):
        return bool(value)
    return True


def each_of(value: Any) -> Sequence[Any]:
    """The values of a list, or the one there is."""
    return value if isinstance(value, list | tuple) else (value,)


def _same(left: object, right: object) -> bool:
    """Equality that takes "12" and 12 for one number, but never ``True`` for 1."""
    if isinstance(right, str) and right[:1].isalpha():
        return bool(left == right)  # A word, as most values are, is no number.
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if left == right:
        return True
    number = number_of(right)
    return number is not None and number_of(left) == number


def number_of(value: object) -> Decimal | None:
    """A number, also one that is written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str) and not value.lstrip(" +-.")[:1].isdigit():
        return None  # Words are the usual case, and refusing them by exception is slow.
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def date_of(value: object) -> date | None:
    """A day as answers and facts hold it ("2026-03-06"); None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _order(left: object, right: object) -> int | None:
    """-1, 0 or 1 when both are numbers or both are ISO dates; None when they do not compare."""
    numbers = number_of(left), number_of(right)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    days = date_of(left), date_of(right)
    if days[0] is not None and days[1] is not None:
        return (days[0] > days[1]) - (days[0] < days[1])
    return None


def _among(answer: Any, values: Any) -> bool:
    # Asked tens of times for each event: plain loops take half as long as generators.
    for one in each_of(answer):
        for value in each_of(values):
            if _same(one, value):
                return True
    return False


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": _among,
    "not_equals": lambda answer, value: not _among(answer, value),
    "in": _among,
    "not_in": lambda answer, values: not _among(answer, values),
    "at_least": lambda answer, value: _order(answer, value) in (0, 1),
    "at_most": lambda answer, value: _order(answer, value) in (0, -1),
    "greater": lambda answer, value: _order(answer, value) == 1,
    "less": lambda answer, value: _order(answer, value) == -1,
}
OPERATIONS = frozenset(_COMPARISONS) | {"present", "absent"}
_LISTED = frozenset({"in", "not_in"})


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether ``condition`` is true of ``answers``.

    A question nobody answered satisfies only ``absent`` (and ``not``): ``not_equals`` and
    ``not_in`` wait for an answer. A list answer equals a value when one of its choices does.
    Numbers compare as numbers and ISO dates as dates; anything else does not compare.
    """
    operation = condition.get("op")
    if operation is None:
        return _combined(condition, answers)
    answer = answers.get(condition["field"])
    if operation in ("present", "absent"):
        return is_present(answer) is bool(operation == "present")
    return is_present(answer) and _COMPARISONS[operation](answer, condition["value"])


def _combined(condition: Condition, answers: Answers) -> bool:
    if "all" in condition:
        return all(holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    return not holds(condition["not"], answers)


def comparisons_of(condition: Condition) -> Iterator[Condition]:
    """Every comparison that the condition is made of."""
    if "not" in condition:
        yield from comparisons_of(condition["not"])
    elif "all" in condition or "any" in condition:
        for part in condition["all" if "all" in condition else "any"]:
            yield from comparisons_of(part)
    else:
        yield condition


def fields_of(condition: Condition) -> frozenset[str]:
    """Every field the condition reads."""
    return frozenset(each["field"] for each in comparisons_of(condition))


def renamed(condition: Condition, names: Mapping[str, str]) -> Condition:
    """Give the same condition reading other fields: those in ``names`` by their new name."""
    if "not" in condition:
        return {"not": renamed(condition["not"], names)}
    for word in ("all", "any"):
        if word in condition:
            return {word: [renamed(part, names) for part in condition[word]]}
    return {**condition, "field": names.get(condition["field"], condition["field"])}


def problems_of(condition: object, known: Collection[str]) -> list[str]:
    """Every fault in a condition somebody wrote, one sentence each; ``known`` are the fields
    it may read.
    """
    if not isinstance(condition, Mapping):
        return [f"A condition is an object, not {condition!r}."]
    words = [word for word in ("all", "any", "not") if word in condition]
    if not words:
        return _comparison_problems(condition, known)
    if len(condition) != 1:
        return [f"“{words[0]}” stands alone in its condition; {sorted(condition)} were found."]
    if words == ["not"]:
        return problems_of(condition["not"], known)
    parts = condition[words[0]]
    if not isinstance(parts, list) or not parts:
        return ["No condition is chosen yet: it takes at least one."]
    return [problem for part in parts for problem in problems_of(part, known)]


def _comparison_problems(condition: Mapping[str, Any], known: Collection[str]) -> list[str]:
    field, operation = condition.get("field"), condition.get("op")
    problems = []
    if not isinstance(field, str) or field not in known:
        problems.append(f"It reads “{field}”, which is not there.")
    if not isinstance(operation, str) or operation not in OPERATIONS:
        return [*problems, f"No comparison is called {operation!r}."]
    takes_value = operation in _COMPARISONS
    if extra := set(condition) - {"field", "op", "value"}:
        problems.append(f"A comparison has field, op and value; {sorted(extra)} is not one.")
    if takes_value != ("value" in condition):
        problems.append(f"“{operation}” {'needs a' if takes_value else 'takes no'} value.")
    elif takes_value and isinstance(condition["value"], list) != (operation in _LISTED):
        problems.append(f"“{operation}” takes {'a list' if operation in _LISTED else 'one value'}.")
    return problems
