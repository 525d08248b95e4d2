"""A journey keeps the graph it began with: written down and read again, it is the same."""

import json
from dataclasses import replace
from typing import Any

import pytest

from journeys.core.graph import Clock, Graph, Step, Thresholds
from journeys.core.graph_json import UnknownFormat, from_json, to_json
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from tests.journeys.core.story import SELF_INJECTED, happy_path, stand


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_a_graph_survives_json_whole(graph: Graph) -> None:
    kept = json.loads(json.dumps(to_json(graph)))
    assert from_json(kept) == graph
    assert to_json(from_json(kept)) == kept


def test_what_a_program_tuned_survives_too() -> None:
    tuning = {
        "drop": ["copay_enrollment"],
        "steps": {
            "benefit_verification": {"due": {"amount": 1.5, "unit": "hours"}, "owner": "vendor"},
            "first_dose": {
                "skip_when": [
                    {"when": {"field": "benefit", "op": "equals", "value": "medical"}, "why": "So"}
                ]
            },
        },
        "thresholds": {"out_of_pocket": 100, "silence": {"amount": 5, "unit": "business_days"}},
    }
    graph = tuned(SELF_INJECTED, tuning)
    assert graph.thresholds == Thresholds(out_of_pocket=100, silence=Clock(5, "business_days"))
    assert from_json(json.loads(json.dumps(to_json(graph)))) == graph


def test_a_journey_stands_the_same_on_the_graph_it_kept() -> None:
    kept = from_json(json.loads(json.dumps(to_json(SELF_INJECTED))))
    for count in range(11):
        story = happy_path(count)
        assert stand(story, graph=kept) == stand(story)


def test_a_later_template_leaves_a_begun_journey_alone() -> None:
    kept = json.loads(json.dumps(to_json(SELF_INJECTED)))
    steps = tuple(step for step in SELF_INJECTED.steps if step.key != "copay_enrollment")
    assert from_json(kept) != replace(SELF_INJECTED, steps=steps)
    assert "copay_enrollment" in from_json(kept).by_key


def test_later_usual_values_leave_a_begun_journey_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads(json.dumps(to_json(SELF_INJECTED)))
    a_month = Clock(30, "days")
    usual = {**(Thresholds.__init__.__kwdefaults__ or {}), "silence": a_month}
    monkeypatch.setattr(Thresholds.__init__, "__kwdefaults__", usual)
    usual = {**(Step.__init__.__kwdefaults__ or {}), "seen_by": ("hub",)}
    monkeypatch.setattr(Step.__init__, "__kwdefaults__", usual)
    monkeypatch.setattr(Graph.__init__, "__defaults__", ("practice", a_month, Thresholds()))
    assert from_json(kept) == SELF_INJECTED


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"format": 99},
        {"format": 1, "key": "x", "title": "X"},
        {"format": 1, "key": "x", "title": "X", "steps": [{"key": "a"}]},
        {"format": 1, "key": "x", "title": "X", "steps": [], "more": 1},
        {
            "format": 1,
            "key": "x",
            "title": "X",
            "steps": [],
            "settle_within": {"amount": 1, "unit": "moons"},
        },
    ],
)
def test_what_is_no_graph_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(UnknownFormat):
        from_json(data)
