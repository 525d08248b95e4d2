"""A graph tells all its faults at once, and a program's changes to it are checked the same way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from journeys.core.graph import (
    Aside,
    Clock,
    Detour,
    Due,
    Gate,
    Graph,
    Moment,
    Opening,
    Sending,
    Skip,
    Status,
    Step,
)
from journeys.core.problems import problems
from journeys.core.templates import GRAPHS
from journeys.core.tuning import TuningError, tuned, tuning_problems
from tests.journeys.core.story import SELF_INJECTED, happy_path, stand

OPEN, DONE = Status(key="open", label="Open"), Status(key="done", label="Done", kind="done")


def step(key: str, *needs: str, **more: Any) -> Step:
    values: dict[str, Any] = {
        "title": key.capitalize(),
        "lane": "hub",
        "owner": "hub",
        "action": "Do it",
        "statuses": (OPEN, DONE),
        "due": Due(Clock(1, "days")),
        "typical": (1, 2),
    }
    return Step(key=key, needs=needs, **{**values, **more})


def faults(*steps: Step) -> list[tuple[str, str]]:
    return [(one.where, one.why) for one in problems(Graph("test", "Test", steps))]


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_the_templates_have_no_faults(graph: Graph) -> None:
    assert problems(graph) == []


@pytest.mark.parametrize(
    ("steps", "where", "why"),
    [
        ([step("a", "b"), step("b", "a")], "a", "It waits for itself"),
        ([step("a"), step("b", "c"), step("c", "c")], "b", "It is never reached"),
        ([step("a", "nowhere")], "a", "It needs 'nowhere', which is no step"),
        ([step("a"), step("a")], "a", "2 steps have this key"),
        ([step("a", owner="nobody")], "a", "No party is called 'nobody'"),
        ([step("a", owner="payer")], "a", "Nobody follows up while the payer has it"),
        ([step("a", lane="moon")], "a", "No lane is called 'moon'"),
        ([step("a", sends=(Sending("done", "card", "payer"),))], "a", "Nothing can be handed to"),
        ([step("a", action="")], "a", "It says nothing of what its owner does"),
        (
            [step("a", skips=(Skip({"field": "x", "op": "equals", "value": 1}, "so"),))],
            "a",
            "When it is not needed: It reads “x”, which is not there",
        ),
        ([step("a", uses=("x",))], "a", "No fact is called 'x'"),
        ([step("a", statuses=(OPEN,))], "a", "No status ends it"),
        ([step("a", statuses=(DONE,))], "a", "Its first status is not an open one"),
        ([step("a", statuses=(OPEN, DONE, DONE))], "a", "2 statuses are called 'done'"),
        ([step("a", stage="mars")], "a", "No milestone is called 'mars'"),
        ([step("a", due=Due(Clock(0, "days")))], "a", "It is due before it opens"),
        ([step("a", due=Due(Clock(900, "days")))], "a", "900 days are more than two years"),
        ([step("a", due=Due(Clock(1.5, "business_days")))], "a", "1.5 business days are not"),
        ([step("a", due=Due(Clock(float("nan"), "days")))], "a", "It is due before it opens"),
        ([step("a", due=Due(Clock(1, "days"), table="moons"))], "a", "There is no table of"),
        ([step("a", typical=(5, 2))], "a", "It cannot take from 5 to 2 hours"),
        (
            [step("a", skips=(Skip({"field": "step.b", "op": "equals", "value": "done"}, "so"),))],
            "a",
            "When it is not needed: It reads “step.b”, which is not there",
        ),
        (
            [
                step("a", skips=(Skip({"field": "step.b", "op": "present"}, "so"),)),
                step("b", "a"),
            ],
            "a",
            "When it is not needed: it reads 'b', which is not over before it",
        ),
        ([step("a"), step("b", aside=Aside(numbered_by="x"))], "b", "No fact is called 'x'"),
        (
            [step("a"), step("b", aside=Aside((Opening(at=Moment("x", Clock(1, "days"))),)))],
            "b",
            "A moment hangs on 'x', which is no date",
        ),
        (
            [step("a"), step("b", aside=Aside((Opening(at=Moment("step.x", Clock(1, "days"))),)))],
            "b",
            "A moment hangs on 'x', which is no step",
        ),
        ([step("a", "b"), step("b", aside=Aside())], "a", "It needs 'b', which is beside the path"),
        (
            [step("a"), step("b", aside=Aside(holds={"a": "open"}))],
            "b",
            "It cannot hold 'a', which is not listed after it",
        ),
        (
            [step("a"), step("b", aside=Aside(holds={"c": "x"})), step("c", aside=Aside())],
            "b",
            "C has no status 'x'",
        ),
        (
            [step("a", gates=(Gate({"field": "x", "op": "present"}, "y", "hub", "z"),))],
            "a",
            "When it is stopped: It reads “x”, which is not there",
        ),
        (
            [step("a", statuses=(OPEN, DONE, Status(key="x", label="X", reasoned=True)))],
            "a",
            "X takes a reason, and none is listed",
        ),
        ([step("a")], "test", "Nothing closes it: no status of any step ends the journey"),
        (
            [step("a"), step("b", detour=Detour("z", ("open",), {}, ""))],
            "b",
            "It is a detour of 'z', which is no step of the path",
        ),
        (
            [step("a"), step("b", detour=Detour("a", ("gone",), {"done": "open"}, ""))],
            "b",
            "A has no status 'gone'",
        ),
        (
            [step("a"), step("b", detour=Detour("a", ("open",), {}, ""))],
            "b",
            "After 'done' nothing says where A goes on",
        ),
    ],
)
def test_a_fault_is_told_with_where_and_why(steps: list[Step], where: str, why: str) -> None:
    assert any(place == where and said.startswith(why) for place, said in faults(*steps))


def test_every_fault_is_told_at_once() -> None:
    found = faults(step("a", "b", owner="nobody"), step("b", "a", uses=("x",), action=""))
    assert len(found) >= 5


def test_a_graph_without_steps_is_a_fault() -> None:
    assert faults() == [("test", "The journey has no steps.")]


TUNING: Mapping[str, Any] = {
    "drop": ["copay_enrollment"],
    "steps": {
        "benefit_verification": {
            "due": {"amount": 2, "unit": "business_days"},
            "owner": "vendor",
            "title": "Benefits check",
            "action": "Check the benefits",
            "typical": [2, 8],
        },
        "first_dose": {
            "chased_by": "pharmacy",
            "follow_up": {"amount": 1, "unit": "days"},
            "skip_when": [
                {
                    "when": {"field": "benefit", "op": "equals", "value": "medical"},
                    "why": "Given at the practice",
                }
            ],
        },
    },
}


def test_a_program_tunes_a_template() -> None:
    graph = tuned(SELF_INJECTED, TUNING)
    verification, dose = graph.by_key["benefit_verification"], graph.by_key["first_dose"]
    assert "copay_enrollment" not in graph.by_key
    assert verification.due == Due(Clock(2, "business_days"))
    assert (verification.owner, verification.lane) == ("vendor", "vendor")
    assert (dose.owner, dose.chased_by, len(dose.skips)) == ("patient", "pharmacy", 1)
    assert not stand(happy_path(), graph=graph).is_open


def test_what_needed_a_dropped_step_needs_what_that_one_needed() -> None:
    graph = tuned(SELF_INJECTED, {"drop": ["pharmacy_triage"]})
    assert graph.by_key["pharmacy_intake"].needs == (
        "benefit_verification",
        "prior_authorization_determination",
        "patient_assistance",
        "copay_enrollment",
    )


def test_what_only_a_dropped_step_could_tell_is_left_out() -> None:
    dropped = ["prior_authorization", "prior_authorization_determination", "reauthorization"]
    graph = tuned(SELF_INJECTED, {"drop": dropped})
    assert "appeal" not in graph.by_key
    assert graph.by_key["bridge"].aside is not None
    story = [event for event in happy_path() if event.step not in dropped]
    assert not stand(story, graph=graph).is_open


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_any_one_step_may_be_dropped(graph: Graph) -> None:
    for key in graph.by_key:
        if key not in ("enrollment_submitted", "intake_review"):
            assert key not in tuned(graph, {"drop": [key]}).by_key  # a faulty one is refused


def test_an_empty_tuning_changes_nothing() -> None:
    assert tuned(SELF_INJECTED, {}) == replace(SELF_INJECTED)


@pytest.mark.parametrize(
    ("tuning", "where", "why"),
    [
        ({"add": []}, SELF_INJECTED.key, "A tuning has no 'add'"),
        (
            {"thresholds": {"nonsense": 3}},
            SELF_INJECTED.key,
            "nonsense: there is no such threshold",
        ),
        ({"thresholds": {"contacts": 0}}, SELF_INJECTED.key, "contacts: 0 is no limit"),
        ({"thresholds": {"silence": 3}}, SELF_INJECTED.key, "silence: a clock has"),
        ({"drop": "copay_enrollment"}, SELF_INJECTED.key, "“drop” is a list"),
        ({"drop": ["nothing"]}, "nothing", "The template has no such step"),
        ({"steps": {"nothing": {}}}, "nothing", "The template has no such step"),
        (
            {"drop": ["delivery"], "steps": {"delivery": {}}},
            "delivery",
            "It is named more than once",
        ),
        ({"steps": {"delivery": 1}}, "delivery", "Its changes are an object"),
        ({"steps": {"delivery": {"lane": "hub"}}}, "delivery", "'lane' cannot be tuned"),
        ({"steps": {"delivery": {"owner": "x"}}}, "delivery", "owner: no party is called 'x'"),
        ({"steps": {"delivery": {"due": 3}}}, "delivery", "due: a clock has"),
        (
            {"steps": {"delivery": {"due": {"amount": 0, "unit": "days"}}}},
            "delivery",
            "due: 0 is no length",
        ),
        (
            {"steps": {"delivery": {"due": {"amount": 1, "unit": "moons"}}}},
            "delivery",
            "due: 'moons' is not",
        ),
        ({"steps": {"delivery": {"title": " "}}}, "delivery", "title: words are missing"),
        ({"steps": {"delivery": {"typical": [3, 1]}}}, "delivery", "typical: the low end"),
        ({"steps": {"delivery": {"most": 1}}}, "delivery", "most: this step is not counted"),
        ({"steps": {"bridge": {"most": 3}}}, "bridge", "most: from 1 to 2"),
        ({"steps": {"delivery": {"skip_when": [{}]}}}, "delivery", "skip_when: each has"),
        (
            {"steps": {"delivery": {"skip_when": [{"when": {"field": "x"}, "why": "y"}]}}},
            "delivery",
            "When it is not needed: It reads “x”, which is not there",
        ),
    ],
)
def test_a_tuning_that_does_not_fit_is_refused(
    tuning: Mapping[str, Any], where: str, why: str
) -> None:
    found = tuning_problems(SELF_INJECTED, tuning)
    assert any(one.where == where and one.why.startswith(why) for one in found)
    with pytest.raises(TuningError):
        tuned(SELF_INJECTED, tuning)
