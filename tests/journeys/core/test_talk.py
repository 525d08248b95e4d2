"""Recording talk without evaluating the journey anew finds what evaluating would have found."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.effects import may_have_effects
from journeys.core.events import TALK, Event
from journeys.core.state import JourneyState
from journeys.core.talk import Evaluated, is_talk, stands_as_it_did
from journeys.core.visibility import common_risks
from tests.journeys.core.story import (
    PARTIES,
    SELF_INJECTED,
    at,
    happy_path,
    quick,
    said,
    stand,
    streams,
)

ZONE = PARTIES["practice"].time_zone


def words(hours: float, kind: str = "message", **more: Any) -> Event:
    return said("hub", "delivery", None, hours, kind=kind, note="We called twice.", **more)


def stands(talk: Event, state: JourneyState, *, now: float) -> bool:
    rules = {risk.rule for risk in common_risks(state)}
    last = Evaluated(state.last_event_at, state.wakes_at, rules)
    return stands_as_it_did(SELF_INJECTED, talk, last, zone=ZONE, now=at(now))


def alike(state: JourneyState) -> JourneyState:
    """All but when it was heard of, what that says of silence, and days worked out by the hour."""
    # Of the longest chain only the hours that are left differ; no list is made from it.
    risks = tuple(replace(risk, by=at(0), since=at(0)) for risk in state.risks)
    decisions = tuple(each for each in state.decisions if "now" not in each.inputs)
    return replace(
        state,
        risks=risks,
        decisions=decisions,
        last_event_at=None,
        wakes_at=None,
        eta=None,
        critical_path=(),
        unplaced=(),
    )


def heard(events: Sequence[Event], *, seen: float, spoken: float, now: float, kind: str) -> bool:
    """Say something after the journey was last evaluated; whether that was enough."""
    talk = words(spoken, kind=kind, id="talk")
    before = stand(events, now=seen)
    if not stands(talk, before, now=now):
        return False
    after = stand([*events, talk], now=now)
    assert alike(after) == alike(before)
    if before.wakes_at is None or after.wakes_at is None:
        assert after.wakes_at == before.wakes_at
    else:
        assert after.wakes_at >= before.wakes_at, "it wakes too late"
    assert after.last_event_at == max(before.last_event_at or at(0), talk.occurred_at)
    return True


@quick
@given(streams(), st.integers(0, 10**9), st.sampled_from(sorted(TALK)))
def test_where_a_journey_stands_is_what_evaluating_it_would_find(
    events: list[Event], seed: int, kind: str
) -> None:
    random = Random(seed)
    latest = max([0.0, *((event.occurred_at - at(0)).total_seconds() / 3600 for event in events)])
    for _ in range(6):
        seen = latest + random.uniform(0, 8)
        now = seen + random.uniform(0, 12)
        heard(events, seen=seen, spoken=random.uniform(-10, now), now=now, kind=kind)


def test_mostly_it_is_enough() -> None:
    for told in range(1, 11):
        story = happy_path(told)
        last = (story[-1].occurred_at - at(0)).total_seconds() / 3600
        assert heard(story, seen=last, spoken=last + 0.1, now=last + 0.2, kind="message"), told


def test_what_may_be_otherwise_is_evaluated() -> None:
    state = stand(happy_path(4), now=6)
    assert stands(words(7), state, now=7)
    assert not stands(words(7), state, now=31), "on another day words say another"
    assert not stands(words(8), state, now=7), "said ahead of the clock"
    assert state.wakes_at is not None
    assert not stands(words(7), replace(state, wakes_at=at(6.5)), now=7), "its moment has come"
    silent = stand(happy_path(4), now=300)
    assert "R2" in {risk.rule for risk in silent.risks}
    assert not stands(words(300), silent, now=300), "the silence is over"


@pytest.mark.parametrize(
    "event",
    [
        said("hub", "delivery", "shipped", 7),
        words(7, facts={"days_supply": 28}),
        words(7, coverage_id="c1"),
        words(7, kind="follow_up"),
        said("practice", "adverse_event", None, 7, kind="message"),
    ],
)
def test_what_may_move_a_step_or_be_a_safety_report_is_no_talk(event: Event) -> None:
    assert not is_talk(event)


def test_talk_sets_nothing_off() -> None:
    assert not any(may_have_effects(SELF_INJECTED, words(7, kind=kind)) for kind in TALK)
