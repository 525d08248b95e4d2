"""Moments and lengths of time as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from journeys.core.sentences import PHASE_WORDS, full_moment, name_of, near_day, phase_words, span
from journeys.core.state import StepState

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # a Wednesday, 12:00 pm in New York
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2, "2:00 pm today"),
        (-11.5, "12:30 am today"),
        (24, "tomorrow"),
        (-24, "yesterday"),
        (48, "Friday"),
        (-48, "Monday"),
        (24 * 4, "Sunday"),
        (24 * 5, "Mon, Mar 9"),
        (-24 * 6, "Thursday"),
        (24 * 7, "Wed, Mar 11"),
        (24 * 365, "Thu, Mar 4, 2027"),
    ],
)
def test_a_day_near_now(hours: float, words: str) -> None:
    assert near_day(NOON + timedelta(hours=hours), now=NOON, zone=ZONE) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "Wed, Mar 4, 12:00 pm ET"),
        ("America/Los_Angeles", "Wed, Mar 4, 9:00 am PT"),
        ("Europe/Paris", "Wed, Mar 4, 6:00 pm CET"),
    ],
)
def test_a_full_moment_names_its_zone(zone: str, words: str) -> None:
    assert full_moment(NOON, zone) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=7), "7 min"),
        (timedelta(hours=13, minutes=58), "13 h 58 min"),
        (timedelta(hours=14), "14 h"),
        (timedelta(days=2, hours=4), "2 d 4 h"),
        (timedelta(days=2, minutes=4), "2 d"),
    ],
)
def test_a_length_of_time(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_a_party_nobody_named_is_called_by_what_it_is() -> None:
    assert name_of("payer", {}) == "the payer"


def test_each_of_the_eight_phases_has_its_words() -> None:
    assert len(PHASE_WORDS) == 8
    waiting = StepState(key="a", title="A", phase="waiting", owner="payer")
    skipped = StepState(key="a", title="A", phase="skipped", skipped_why="Nothing was missing")
    ahead = StepState(key="a", title="A", phase="ahead")
    assert [phase_words(state, {}) for state in (waiting, skipped, ahead)] == [
        "Waiting on the payer",
        "Skipped: nothing was missing",
        "Ahead",
    ]
