"""Whatever way the same events reach us, the journey stands in the same place."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.events import Event, from_json, in_order, to_json
from tests.journeys.core.story import at, happy_path, late, quick, said, stand, streams


@quick
@given(streams(), st.randoms(use_true_random=True))
def test_any_order_repetition_or_lateness_gives_the_same_state(
    events: list[Event], random: Random
) -> None:
    expected = stand(events)
    shuffled = random.sample(events, len(events))
    assert stand(shuffled) == expected, "in another order"
    repeats = [late(event, 9) for event in random.sample(events, min(len(events), 4))]
    assert stand([*repeats, *events, *repeats]) == expected, "told again"
    lately = [late(event, random.randint(0, 60)) for event in events]
    assert stand(lately) == expected, "learnt late, each by another time"
    # As they come back from where they are kept.
    assert stand([from_json(to_json(event)) for event in events]) == expected, "read again"


def test_two_bodies_under_one_id_give_the_same_state_whichever_came_first() -> None:
    accepted = said("hub", "intake_review", "accepted", 2, id="x")
    rejected = said("hub", "intake_review", "rejected", 2, id="x")
    start = happy_path(1)
    assert stand([*start, accepted, rejected]) == stand([*start, rejected, accepted])


def test_two_sources_may_use_the_same_id() -> None:
    start = happy_path(1)
    accepted = said("hub", "intake_review", "accepted", 2, id=start[0].id)
    assert stand([*start, accepted]).current == ("benefit_verification",)


def test_the_later_of_one_source_stands_even_when_it_arrives_first() -> None:
    early = late(said("pharmacy", "delivery", "scheduled", 74), 48)
    shipped = said("pharmacy", "delivery", "shipped", 75)
    for events in ([early, shipped], [shipped, early]):
        assert stand([*happy_path(8), *events]).steps["delivery"].status == "shipped"


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = at(0).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        said("hub", "intake_review", "accepted", 0, occurred_at=naive)


def test_what_is_dated_before_the_enrollment_moves_nothing_back() -> None:
    early = said("hub", "intake_review", "accepted", -30)
    for events in ([*happy_path(1), early], [early, *happy_path(1)]):
        state = stand(events, now=3)
        assert state.current == ("benefit_verification",)
        # The enrollment's own moment, not one that was before there was a journey.
        assert state.steps["benefit_verification"].opened_at == at(0)
        assert state.last_event_at == at(0)


def test_ten_thousand_events_on_one_journey_are_read_in_any_order() -> None:
    talk = [
        said("pharmacy", None, None, 55 + n / 100, kind="message", note="Again.", to=("hub",))
        for n in range(6_000)
    ]
    retold = [
        said("pharmacy", "delivery", status, 75 + n / 100)
        for n in range(2_000)
        for status in ("attempting_contact_1", "scheduled")
    ]
    story = [*happy_path(8), *talk, *retold]
    state = stand(story)
    assert state.steps["delivery"].status == "scheduled"
    assert stand(Random(4).sample(story, len(story))) == state


def test_an_event_survives_json_whole() -> None:
    event = said(
        "hub",
        "intake_review",
        "returned",
        2,
        reason="missing_npi",
        note="the second page",
        to=("practice",),
        weighed=("hub/e1",),
        coverage_id="c1",
        received_at=at(2) + timedelta(minutes=3),
    )
    assert from_json(to_json(event)) == event


def test_the_hour_a_clock_shows_twice_is_told_apart() -> None:
    new_york = ZoneInfo("America/New_York")
    first = datetime(2026, 11, 1, 1, 50, tzinfo=new_york)
    second = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=new_york)
    story = [
        said("hub", "intake_review", "received", 1, occurred_at=first),
        said("hub", "intake_review", "in_review", 1, occurred_at=second),
    ]
    assert [event.status for event in in_order(reversed(story))] == ["received", "in_review"]
