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
    that_may_have_effects,
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


_STEPS = [SELF_INJECTED.by_key[key] for key in SELF_INJECTED.passing]
_WORDS = st.tuples(
    st.sampled_from([(step.key, status.key) for step in _STEPS for status in step.statuses]),
    st.sampled_from(["hub", "hub", "northstar"]),
    st.integers(3, 59),
    st.sampled_from([None, None, "plan_exclusion"]),
)


@quick
@given(st.integers(1, 6), st.lists(_WORDS, max_size=8), streams(), st.integers(0, 8))
def test_what_is_passed_over_among_news_sets_nothing_off(
    good: int,
    words: list[tuple[tuple[str, str], str, int, str | None]],
    noise: list[Event],
    learnt: int,
) -> None:
    told = [
        said(source, *word, hours, id=f"w{place}", reason=reason)
        for place, (word, source, hours, reason) in enumerate(words)
    ]
    noise = [event for event in noise if event.id.startswith("n")][: learnt % 3]
    story = [*happy_path(good), *noise, *told]
    news = story[len(story) - min(learnt, len(told)) :]
    known = story[: len(story) - len(news)]
    weighty = that_may_have_effects(SELF_INJECTED, news, stand(story, now=60))
    for place, event in enumerate(news):
        if event not in weighty:
            before = stand([*known, *news[:place]], now=60).steps
            after = stand([*known, *news[: place + 1]], now=60)
            assert effects_between(SELF_INJECTED, before, after) == []


def test_a_payer_that_goes_on_asking_sets_nothing_off() -> None:
    asked = [
        said("hub", "prior_authorization_determination", status, hours)
        for status, hours in (("in_review", 30), ("more_info_requested", 31), ("in_review", 29))
    ]
    known, news = [*happy_path(5), asked[0]], asked[1:]
    assert that_may_have_effects(SELF_INJECTED, news, stand([*known, *news])) == []
    approved = said("hub", "prior_authorization_determination", "approved", 32)
    decided = [*news, approved]
    assert approved in that_may_have_effects(SELF_INJECTED, decided, stand([*known, *decided]))


def test_an_appeal_that_is_won_hands_the_patient_to_the_pharmacy() -> None:
    denied = said("hub", "prior_authorization_determination", "denied", 50)
    won = said("hub", "appeal", "overturned", 55)
    story = [*happy_path(5), denied]
    assert may_have_effects(SELF_INJECTED, won)
    (sent,) = between(story, [*story, won])
    assert isinstance(sent, Send)
    assert (sent.kind, sent.to) == ("referral", "pharmacy")


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
