"""What a change sets off: work opened and closed, things handed over, people told, as data."""

from hypothesis import given

from journeys.core.effects import (
    CallHandler,
    CloseWork,
    Effect,
    Notice,
    OpenWork,
    Send,
    effects_between,
)
from journeys.core.events import Event
from tests.journeys.core.story import (
    SELF_INJECTED,
    happy_path,
    quick,
    said,
    stand,
    streams,
)


def between(before: list[Event] | None, after: list[Event], *, now: float = 60) -> list[Effect]:
    was = None if before is None else stand(before, now=now)
    return effects_between(SELF_INJECTED, was, stand(after, now=now))


def work(effects: list[Effect]) -> list[tuple[str, str, str]]:
    return [
        (type(effect).__name__, effect.key, effect.owner)
        for effect in effects
        if isinstance(effect, OpenWork | CloseWork)
    ]


def test_a_new_journey_opens_its_first_work() -> None:
    assert work(between(None, happy_path(1))) == [("OpenWork", "intake_review", "hub")]


def test_a_finished_step_closes_its_work_and_opens_what_follows() -> None:
    assert work(between(happy_path(2), happy_path(3))) == [
        ("CloseWork", "benefit_verification", "hub"),
        ("OpenWork", "prior_authorization", "practice"),
        ("OpenWork", "copay_enrollment", "vendor"),
    ]


@quick
@given(streams())
def test_nothing_follows_where_nothing_changed(events: list[Event]) -> None:
    assert between(events, list(reversed(events))) == []


@quick
@given(streams(), streams())
def test_work_that_is_opened_and_closed_adds_up_to_the_actions(
    earlier: list[Event], later: list[Event]
) -> None:
    before, after = stand(earlier), stand([*earlier, *later])
    held = {action.key: action for action in before.actions}
    for effect in effects_between(SELF_INJECTED, before, after):
        if isinstance(effect, CloseWork):
            assert held.pop(effect.key).owner == effect.owner
        if isinstance(effect, OpenWork):
            held[effect.key] = next(one for one in after.actions if one.key == effect.key)
    assert held == {action.key: action for action in after.actions}


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


def test_who_gets_work_is_told() -> None:
    notices = [e for e in between(happy_path(2), happy_path(3), now=5) if isinstance(e, Notice)]
    assert {(one.to, one.text_key) for one in notices} >= {
        ("practice", "work_opened"),
        ("vendor", "work_opened"),
    }


def test_a_closed_journey_takes_everybodys_work_away() -> None:
    closed = said("practice", None, None, 9, kind="closed", reason="cost")
    effects = between(happy_path(3), [*happy_path(3), closed])
    assert {effect.why for effect in effects if isinstance(effect, CloseWork)} == {"closed"}
    assert not [effect for effect in effects if isinstance(effect, OpenWork | Send)]
    assert {effect.to for effect in effects if isinstance(effect, Notice)} == {
        "practice",
        "hub",
        "pharmacy",
        "vendor",
    }
