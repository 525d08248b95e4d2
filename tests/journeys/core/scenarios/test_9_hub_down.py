"""9. Hub system down for six hours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

from journeys.core.delivery import next_attempt_at
from journeys.core.graph import Clock
from journeys.core.state import Party
from tests.journeys.core.scenarios.told import Journey, accepted, at, risk_of, tells, verified
from tests.journeys.core.story import PARTIES

DOWN, UP = "2026-03-03 08:00", "2026-03-03 14:00"
WITH_HEARTBEAT = {
    **PARTIES,
    "hub": replace(PARTIES["hub"], heard_at=at(DOWN), heartbeat=Clock(1, "hours")),
}


SUBMITTED = accepted("2026-03-03")[0]


def enrolled(parties: Mapping[str, Party] = PARTIES) -> Journey:
    """Submitted at 9:00, while the hub is down."""
    return Journey("2026-03-03 09:00", SUBMITTED, parties=parties)


def test_the_silent_feed_is_told_an_hour_later_with_whom_to_call() -> None:
    journey = enrolled(WITH_HEARTBEAT)
    state = journey.stands("2026-03-03 09:05")
    risk = risk_of(state, "R12")
    assert risk is not None
    assert risk.why == ("Northstar Access has not reported anything since Tue, Mar 3, 8:00 am ET")


def test_attempts_go_on_all_the_time_and_come_soon_after_it_is_up() -> None:
    now, attempts = at("2026-03-03 09:00"), 0
    while now < at(UP):
        attempts += 1
        later = next_attempt_at(attempts, now=now)
        assert later is not None
        assert later > now
        now = later
    assert attempts >= 5


OUTAGE = [
    tells("hub", "2026-03-03 09:30", "intake_review", "received", learnt="2026-03-03 14:03"),
    tells("hub", "2026-03-03 10:30", "intake_review", "in_review", learnt="2026-03-03 14:02"),
    tells("hub", "2026-03-03 11:30", "intake_review", "accepted", learnt="2026-03-03 14:01"),
]


def test_late_events_stand_in_the_order_in_which_they_happened() -> None:
    expected = enrolled().learns(*OUTAGE).stands("2026-03-03 14:10")
    assert expected.steps["intake_review"].phase == "done"
    assert expected.steps["intake_review"].settled_at == at("2026-03-03 11:30")
    for seed in range(20):
        shuffled = [*OUTAGE, *OUTAGE]
        Random(seed).shuffle(shuffled)
        journey = enrolled().learns(*shuffled)
        assert journey.stands("2026-03-03 14:10") == expected


def test_the_hubs_own_time_and_the_time_we_took_to_learn_it_are_told_apart() -> None:
    story = enrolled().learns(*OUTAGE).story("practice", "2026-03-03 14:10")
    told = next(entry for entry in story if entry.what == "Intake review: accepted")
    # Two and a half hours were the hub's; two and a half more were the outage's.
    assert told.occurred_at - at("2026-03-03 09:00") == timedelta(hours=2.5)
    assert told.learnt_late_by == timedelta(hours=2, minutes=31)


def test_what_was_overdue_only_because_of_the_outage_is_no_longer_a_risk() -> None:
    assert risk_of(enrolled().stands("2026-03-03 13:30"), "R1") is not None
    assert risk_of(enrolled().learns(*OUTAGE).stands("2026-03-03 14:10"), "R1") is None


def test_after_the_drain_the_journey_goes_on_as_if_nothing_had_been() -> None:
    on_time = [replace(event, received_at=event.occurred_at) for event in OUTAGE]
    drained = enrolled().learns(*OUTAGE, verified("2026-03-03"))
    assert drained.stands("2026-03-03 15:00") == enrolled().learns(
        *on_time, *drained.events[-1:]
    ).stands("2026-03-03 15:00")
