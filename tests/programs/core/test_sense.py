"""Rules that are well formed and make no sense, told before anything is published."""

from typing import Any

import pytest

from programs.core.definition import Definition
from programs.core.sense import nonsense
from programs.core.soundness import problems
from programs.definitions import load_definitions
from tests.programs.core.samples import VELTRANA, question, with_changes

DEFINITIONS = load_definitions()
AGE = "patient.age"


def rule(key: str, when: dict[str, Any], outcome: str = "stops", **more: Any) -> dict[str, Any]:
    return {"key": key, "when": when, "outcome": outcome, "field": "A5", "reason": key, **more}


def compared(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def with_rules(*rules: dict[str, Any], **more: Any) -> Definition:
    return with_changes(VELTRANA, eligibility=list(rules), **more)


def whys(definition: Definition) -> dict[str, str]:
    return {each.where: each.why for each in nonsense(definition)}


@pytest.mark.parametrize("key", DEFINITIONS)
def test_the_demo_programs_make_sense(key: str) -> None:
    assert nonsense(DEFINITIONS[key]) == []


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"all": [compared(AGE, "less", 5), compared(AGE, "greater", 10)]}, "never"),
        ({"any": [compared(AGE, "less", 50), compared(AGE, "at_least", 20)]}, "always"),
        (compared(AGE, "greater", 130), "never"),
        (compared("F10", "equals", "not_a_choice"), "never"),
        ({"all": [compared("B5", "equals", "medicaid"),
                  compared("coverage.federal", "equals", False)]}, "never"),
        ({"any": [compared("B1", "equals", True), compared("B1", "equals", False)]}, "always"),
        (compared("E5", "less", "2026-12-31"), ""),
        (compared(AGE, "less", 12), ""),
        ({"field": "E6", "op": "absent"}, ""),
    ],
)  # fmt: skip
def test_a_rule_that_never_or_always_applies_is_told(when: dict[str, Any], said: str) -> None:
    found = whys(with_rules(rule("odd", when))).get("eligibility odd", "")
    assert (f"It {said} applies" in found) if said else found == ""


def test_rules_that_contradict_each_other_are_told() -> None:
    one = rule("one", compared(AGE, "less", 12))
    other = rule("other", {"not": compared(AGE, "at_least", 12)}, "warns")
    assert "It contradicts “one”" in whys(with_rules(one, other))["eligibility other"]


def test_rules_that_together_stop_everybody_are_told() -> None:
    young, old = rule("young", compared(AGE, "less", 40)), rule("old", compared(AGE, "greater", 30))
    assert "together stop every patient" in whys(with_rules(young, old))["eligibility old"]


def test_a_question_that_is_never_shown_is_told() -> None:
    when = {"all": [compared("B1", "equals", False), compared("B1", "equals", True)]}
    lost = question("lost", shown_when=when)
    found = whys(with_rules(questions=[lost]))
    assert found["question veltrana.lost"] == "It is never shown, whatever is answered."


def test_a_rule_that_reads_what_is_not_asked_is_told() -> None:
    odd = rule("odd", compared("E15", "greater", 3))
    assert "which is not asked" in whys(with_rules(odd))["eligibility odd"]


def test_a_rule_that_is_said_at_no_question_is_told() -> None:
    lost = {**rule("lost", compared(AGE, "less", 12)), "field": "veltrana.gone"}
    assert "it is said at is not asked" in whys(with_rules(lost))["eligibility lost"]


def test_what_every_hub_needs_has_to_be_asked() -> None:
    asks = [each for each in VELTRANA.asks if each != "D4"]
    assert "The hub needs" in whys(with_changes(VELTRANA, asks=asks))["asks D4"]


def test_a_circle_of_conditions_is_told_by_the_soundness_of_the_whole() -> None:
    one = question("one", shown_when={"field": "veltrana.two", "op": "present"})
    two = question("two", shown_when={"field": "veltrana.one", "op": "present"})
    kept = list(VELTRANA.to_json()["questions"])
    found = problems(with_changes(VELTRANA, questions=[*kept, one, two]))
    assert any("depends on its own answer" in each.why for each in found)


def test_too_many_combinations_say_nothing() -> None:
    codes = {"any": [compared(f"veltrana.q{n}", "equals", "yes") for n in range(20)]}
    many = [question(f"q{n}", "boolean") for n in range(20)]
    assert "eligibility wide" not in whys(with_rules(rule("wide", codes), questions=many))
