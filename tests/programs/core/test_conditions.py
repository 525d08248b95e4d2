"""The rule language says what it says: over any answers, and about any mistake in a rule."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.core.conditions import OPERATIONS, fields_of, holds, problems_of, renamed

KNOWN = ("A", "B", "C")


def compare(field: str, op: str, *value: object) -> dict[str, Any]:
    return {"field": field, "op": op, **({"value": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("op", "value", "answer", "expected"),
    [
        ("equals", "x", "x", True),
        ("equals", "x", "y", False),
        ("equals", "x", ["w", "x"], True),
        ("equals", 12, "12.0", True),
        ("equals", True, True, True),
        ("equals", True, 1, False),
        ("equals", False, False, True),
        ("not_equals", "x", ["w", "y"], True),
        ("not_equals", "x", ["w", "x"], False),
        ("in", ["x", "y"], "y", True),
        ("in", ["x", "y"], ["z"], False),
        ("not_in", ["x", "y"], "z", True),
        ("at_least", 18, "18", True),
        ("at_least", 18, 17, False),
        ("at_most", "2026-01-31", "2026-01-31", True),
        ("greater", "2.5", "10", True),
        ("greater", 18, 18, False),
        ("less", "2026-01-31", "2025-12-31", True),
        ("less", 18, "eighteen", False),
        ("less", 18, True, False),
        ("at_least", 1, "NaN", False),
    ],
)
def test_each_comparison(op: str, value: object, answer: object, expected: bool) -> None:
    assert holds(compare("A", op, value), {"A": answer}) is expected


@pytest.mark.parametrize("blank", [None, "", " \u00a0", [], {}])
@pytest.mark.parametrize("op", sorted(OPERATIONS))
def test_a_blank_answer_satisfies_only_absent(blank: object, op: str) -> None:
    condition = compare("A", op, *([] if op in ("present", "absent") else [["x"]]))
    assert holds(condition, {"A": blank}) is (op == "absent")
    assert holds(condition, {}) is (op == "absent")


@pytest.mark.parametrize("answer", [False, 0, "no"])
def test_no_and_zero_are_answers(answer: object) -> None:
    assert holds(compare("A", "present"), {"A": answer})


conditions = st.recursive(
    st.builds(
        compare, st.sampled_from(KNOWN), st.sampled_from(["equals", "less"]), st.integers(0, 3)
    )
    | st.builds(compare, st.sampled_from(KNOWN), st.sampled_from(["present", "absent"]))
    | st.builds(
        compare, st.sampled_from(KNOWN), st.just("in"), st.lists(st.integers(0, 3), max_size=2)
    ),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=6,
)
answer_sets = st.dictionaries(st.sampled_from(KNOWN), st.integers(0, 3) | st.just(""))


@settings(max_examples=40)
@given(conditions, answer_sets)
def test_a_condition_reads_only_the_fields_it_names_and_survives_json(
    condition: dict[str, Any], answers: dict[str, Any]
) -> None:
    assert problems_of(condition, KNOWN) == []
    read = {key: value for key, value in answers.items() if key in fields_of(condition)}
    assert holds(json.loads(json.dumps(condition)), read) is holds(condition, answers)


def test_a_group_that_is_empty_yet_reads_nothing() -> None:
    assert fields_of({"all": []}) == fields_of({"any": [{"not": {"all": []}}]}) == frozenset()


@settings(max_examples=40)
@given(conditions, answer_sets)
def test_all_and_any_are_duals_and_renaming_keeps_the_meaning(
    condition: dict[str, Any], answers: dict[str, Any]
) -> None:
    other = compare("B", "present")
    neither = {"not": {"any": [condition, other]}}
    both_not = {"all": [{"not": condition}, {"not": other}]}
    assert holds(neither, answers) is holds(both_not, answers)
    names = {name: f"p:{name}" for name in KNOWN}
    moved = {names[key]: value for key, value in answers.items()}
    assert holds(renamed(condition, names), moved) is holds(condition, answers)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (compare("Z9", "present"), "“Z9”"),
        (compare("A", "resembles", 1), "'resembles'"),
        (compare("A", "equals"), "needs a value"),
        (compare("A", "present", 1), "takes no value"),
        (compare("A", "in", "x"), "takes a list"),
        (compare("A", "equals", ["x"]), "takes one value"),
        ({"all": []}, "at least one"),
        ({"any": {"field": "A"}}, "at least one"),
        ({"all": [compare("A", "present")], "not": {}}, "stands alone"),
        ({"field": "A", "op": "present", "then": 1}, "then"),
        ({"all": ["A"]}, "is an object"),
        ({"field": ["A"], "op": {}}, "not there"),
        (None, "is an object"),
    ],
)
def test_a_faulty_condition_is_named_not_crashed_on(condition: Any, said: str) -> None:
    assert any(said in problem for problem in problems_of(condition, KNOWN))
