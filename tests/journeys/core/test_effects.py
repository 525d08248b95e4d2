"""What a change sets off: things handed over, and what another app is asked for, as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.effects import (
    CallHandler,
    Effect,
    Send,
    effects_between,
    may_have_effects,
    may_set_off,
)
from journeys.core.evaluate import steps_after, steps_with_effects
from journeys.core.events import TALK, Event, may_move
from journeys.core.graph import Graph
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import (
    MONDAY,
    PARTIES,
    SELF_INJECTED,
    at,
    good_story,
    happy_path,
    quick,
    said,
    stand,
    streams,
)


def between(before: list[Event] | None, after: list[Event], *, now: float = 60) -> list[Effect]:
    was = None if before is None else stand(before, now=now).steps
    return effects_between(SELF_INJECTED, was, stand(after, now=now))


@quick
@given(streams())
def test_what_follows_needs_no_clock_of_the_state_before(events: list[Event]) -> None:
    told, last = events[:-1], stand(events, now=60)
    was = stand(told, now=60).steps
    effects = effects_between(SELF_INJECTED, was, last)
    for fewer in (steps_after, steps_with_effects):
        before = fewer(SELF_INJECTED, told, started_at=MONDAY, now=at(60), parties=PARTIES)
        assert effects_between(SELF_INJECTED, before, last) == effects
        after = fewer(SELF_INJECTED, events, started_at=MONDAY, now=at(60), parties=PARTIES)
        assert may_set_off(SELF_INJECTED, before, after) or not effects
    same = stand(reversed(events), now=60)
    assert effects_between(SELF_INJECTED, last.steps, same) == [], "nothing changed"


@quick
@given(streams(), st.sampled_from(list(GRAPHS.values())))
def test_what_can_set_nothing_off_moves_no_step_that_does(
    events: list[Event], graph: Graph
) -> None:
    every, some = (
        steps_with_effects(graph, told, started_at=MONDAY, now=at(60), parties=PARTIES)
        for told in (events, [e for e in events if may_have_effects(graph, e)])
    )
    assert every == some


@quick
@given(
    streams(),
    st.sampled_from(sorted(TALK)),
    st.sampled_from(sorted(SELF_INJECTED.by_key)),
    st.sampled_from(sorted(PARTIES)),
    st.floats(0, 59),
)
def test_talk_without_facts_moves_no_step(
    events: list[Event], kind: str, step: str, source: str, hours: float
) -> None:
    talk = said(source, step, None, hours, kind=kind, note="On its way.")
    assert not may_move(talk)
    assert stand([*events, talk], now=60).steps == stand(events, now=60).steps


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_what_sets_something_off_stands_the_same_without_the_rest(graph: Graph) -> None:
    story = good_story(graph)
    for length in range(len(story) + 1):
        told = story[:length]
        some, every = (
            fewer(graph, told, started_at=MONDAY, now=at(130), parties=PARTIES)
            for fewer in (steps_with_effects, steps_after)
        )
        assert {step.key for step in graph.steps if step.sends} <= set(some)
        assert some == {key: every[key] for key in some}


@pytest.mark.parametrize(
    "more", [{"facts": {"days_supply": 28}}, {"coverage_id": "new-plan"}, {"kind": "status"}]
)
def test_what_tells_a_fact_or_a_coverage_may_move(more: dict[str, object]) -> None:
    assert may_move(said("pharmacy", "delivery", None, 1, **{"kind": "message", **more}))


def test_a_return_asks_the_enrollment_for_a_correction_once() -> None:
    returned = said("hub", "intake_review", "returned", 1, reason="missing_npi")
    calls = [
        e for e in between(happy_path(1), [*happy_path(1), returned]) if isinstance(e, CallHandler)
    ]
    assert calls == [
        CallHandler(
            "return_for_correction",
            {
                "step": "intake_review",
                "status": "returned",
                "reason": "missing_npi",
                "ref": returned.ref,
            },
        )
    ]
    repeated = said("hub", "intake_review", "returned", 1.5, reason="missing_npi")
    again = between([*happy_path(1), returned], [*happy_path(1), returned, repeated])
    assert not [effect for effect in again if isinstance(effect, CallHandler)]


def test_the_copay_card_goes_to_the_pharmacy_when_it_is_there() -> None:
    sends = [effect for effect in between(happy_path(3), happy_path(4)) if isinstance(effect, Send)]
    assert [(send.kind, send.to) for send in sends] == [("copay_card", "pharmacy")]


def test_a_closed_journey_hands_nothing_over_any_more() -> None:
    closed = said("practice", None, None, 9, kind="closed", reason="cost")
    assert between(happy_path(3), [*happy_path(3), closed]) == []
