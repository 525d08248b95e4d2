"""What a change sets off: things handed over, and what another app is asked for, as data."""

from hypothesis import given

from journeys.core.effects import CallHandler, Effect, Send, effects_between
from journeys.core.evaluate import steps_after
from journeys.core.events import Event
from tests.journeys.core.story import (
    MONDAY,
    PARTIES,
    SELF_INJECTED,
    at,
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
def test_nothing_follows_where_nothing_changed(events: list[Event]) -> None:
    assert between(events, list(reversed(events))) == []


@quick
@given(streams())
def test_what_follows_needs_no_clock_of_the_state_before(events: list[Event]) -> None:
    told, last = events[:-1], stand(events, now=60)
    before = steps_after(SELF_INJECTED, told, started_at=MONDAY, now=at(60), parties=PARTIES)
    assert effects_between(SELF_INJECTED, before, last) == between(told, events)


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
