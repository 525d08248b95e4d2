"""Which flags were followed by a real delay, told from a closed journey's events alone."""

from journeys.core.events import Event
from journeys.core.precision import Delay, Flag, Verdict, decided, log_of, precision, verdicts
from tests.journeys.core.story import (
    MONDAY,
    PARTIES,
    SELF_INJECTED,
    at,
    fact,
    happy_path,
    late,
    said,
)

# Copay help within its quarter of an hour.
PROMPT = said("vendor", "copay_enrollment", "enrolled", 5.2)


def log(events: list[Event], *, until: float = 300) -> tuple[list[Flag], list[Delay]]:
    return log_of(SELF_INJECTED, events, started_at=MONDAY, until=at(until), parties=PARTIES)


def test_a_smooth_journey_raises_no_flag() -> None:
    flags, delays = log([*happy_path(3), PROMPT, *happy_path(6)[4:]], until=50)
    assert (flags, delays) == ([], [])


def test_a_late_step_is_a_flag_that_came_true() -> None:
    story = [*happy_path(1), said("hub", "intake_review", "accepted", 7)]
    flags, delays = log(story, until=8)
    assert [(flag.rule, flag.step, flag.ended_at) for flag in flags] == [
        ("R1", "intake_review", at(7))
    ]
    assert [(one.step, one.due_at, one.over_at) for one in delays] == [
        ("intake_review", at(4), at(7))
    ]
    assert precision(verdicts(SELF_INJECTED, flags, delays)) == {"R1": (1, 1)}


def test_a_flag_that_nothing_followed_was_raised_in_vain() -> None:
    costly = fact("hub", 5, out_of_pocket_estimate="900")
    story = [*happy_path(3), costly, PROMPT]
    flags, delays = log(story, until=7)
    found = precision(verdicts(SELF_INJECTED, flags, delays))
    assert found["R6"] == (0, 1)


def test_a_flag_counts_when_what_waits_for_its_step_slips() -> None:
    flag = Flag("R6", "copay_enrollment", at(5), at(30))
    delay = Delay("pharmacy_intake", at(60), at(90))
    elsewhere = Delay("site_of_care", at(60), at(90))
    (true,) = verdicts(SELF_INJECTED, [flag], [delay])
    (vain,) = verdicts(SELF_INJECTED, [flag], [elsewhere])
    assert (true.delay, vain.delay) == (delay, None)


def test_a_delay_that_was_over_before_the_flag_does_not_count() -> None:
    flag = Flag("R2", None, at(50), None)
    (verdict,) = verdicts(SELF_INJECTED, [flag], [Delay("intake_review", at(4), at(7))])
    assert verdict.delay is None


def test_what_was_learnt_late_was_not_known_before() -> None:
    story = [*happy_path(1), late(said("hub", "intake_review", "accepted", 2), 5)]
    flags, delays = log(story, until=8)
    # Nobody knew that it was over, so the flag was right to stand; nothing was late.
    assert [(flag.rule, flag.raised_at > at(4), flag.ended_at) for flag in flags] == [
        ("R1", True, at(7))
    ]
    assert delays == []


def test_only_what_is_known_of_lately_raised_flags_is_counted() -> None:
    delay = Delay("pharmacy_intake", at(60), None)
    over, came_true, waiting, old = (
        Verdict(Flag("R2", None, at(50), at(55)), None),
        Verdict(Flag("R3", None, at(50), None), delay),
        Verdict(Flag("R6", None, at(50), None), None),
        Verdict(Flag("R2", None, at(10), at(20)), delay),
    )
    assert decided([over, came_true, waiting, old], since=at(40)) == [over, came_true]
