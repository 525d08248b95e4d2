"""Nothing is unowned: an open journey always has somebody's dated next action."""

import pytest
from hypothesis import given

from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.graph import ORGANIZATIONS, Graph
from journeys.core.state import Party
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import (
    MONDAY,
    SELF_INJECTED,
    at,
    good_story,
    happy_path,
    quick,
    said,
    stand,
    streams,
)


@quick
@given(streams())
def test_an_open_journey_has_an_owned_and_dated_next_action(events: list[Event]) -> None:
    state = stand(events)
    if state.is_open:
        assert state.actions
    else:
        assert {action.step for action in state.actions} <= SELF_INJECTED.outliving
    for action in state.actions:
        assert action.owner in ORGANIZATIONS
        assert action.action
        assert action.due_at.tzinfo is not None
    if state.is_open:
        assert state.next_owner == state.actions[0].owner
        assert state.headline
        on_the_way = not all(state.steps[step.key].over for step in SELF_INJECTED.path)
        assert (state.eta is not None) == on_the_way


@quick
@given(streams(closing=False))
def test_no_step_is_over_before_what_it_needs(events: list[Event]) -> None:
    if any(event.kind == "coverage_changed" for event in events):
        return  # What was delivered under the old coverage stays delivered.
    state = stand(events)
    for step in GRAPHS["self_injected_pharmacy_benefit"].path:
        if state.steps[step.key].phase == "done":
            assert all(state.steps[need].over for need in step.needs)


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_every_status_of_every_step_leaves_somebody_with_it(graph: Graph) -> None:
    story = good_story(graph)
    for place, event in enumerate(story):
        step = graph.by_key[event.step or ""]
        for status in step.statuses:
            told = said(event.source, step.key, status.key, 130)
            state = stand([*story[:place], told], graph=graph, now=131)
            assert state.actions or not state.is_open


def test_while_the_payer_has_it_the_hub_has_a_dated_follow_up() -> None:
    state = stand(happy_path(5), now=30)
    step = state.steps["prior_authorization_determination"]
    assert (step.owner, step.acts, state.next_owner) == ("payer", "hub", "hub")
    assert step.act_by is not None
    assert step.due_at is not None
    assert step.since is not None
    assert step.since < step.act_by < step.due_at
    assert step.action == "Follow up with Meridian Health on the prior authorization"


def test_a_follow_up_moves_the_next_one_and_not_the_payers_date() -> None:
    before = stand(happy_path(5), now=30).steps["prior_authorization_determination"]
    called = said("hub", "prior_authorization_determination", None, 60, kind="follow_up")
    after = stand([*happy_path(5), called], now=61).steps["prior_authorization_determination"]
    assert before.act_by is not None
    assert after.act_by is not None
    assert after.act_by > before.act_by
    assert after.due_at == before.due_at


def test_a_party_that_nobody_fills_is_stood_in_for_by_the_hub() -> None:
    people = {"practice": Party("practice", "Lakeside"), "hub": Party("hub", "Northstar")}
    state = evaluate(
        GRAPHS["self_injected_pharmacy_benefit"],
        happy_path(7),
        started_at=MONDAY,
        now=at(60),
        parties=people,
    )
    step = state.steps["pharmacy_intake"]
    assert (step.owner, step.acts, state.next_owner) == ("pharmacy", "hub", "hub")


def test_a_denial_leaves_the_practice_with_a_decision() -> None:
    denied = said("hub", "prior_authorization_determination", "denied", 50, reason="step_therapy")
    state = stand([*happy_path(5), denied], now=51)
    assert state.steps["prior_authorization_determination"].phase == "waiting"
    assert state.steps["appeal"].phase == "now"
    assert state.next_owner == "practice"
    assert state.actions[0].action == "Decide whether to appeal"
    assert state.headline.startswith(
        "The denied prior authorization is with Lakeside Rheumatology since"
    )
