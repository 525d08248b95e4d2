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
@given(streams(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_state(events: list[Event], random: Random) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    assert stand(shuffled) == stand(events)


@quick
@given(streams(), st.data())
def test_repeated_events_change_nothing(events: list[Event], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    repeats = [late(event, 9) for event in again]
    assert stand([*repeats, *events, *repeats]) == stand(events)


@quick
@given(streams())
def test_late_arrival_changes_only_what_is_told_about_arrival(events: list[Event]) -> None:
    assert stand([late(event, 30) for event in events]) == stand(events)


@quick
@given(streams())
def test_learning_events_one_by_one_ends_where_learning_them_at_once_does(
    events: list[Event],
) -> None:
    kept: list[Event] = []
    for event in events:
        kept = [from_json(to_json(one)) for one in [*kept, event]]
    assert stand(kept) == stand(events)


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
