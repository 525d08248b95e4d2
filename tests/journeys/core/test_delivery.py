"""When to try again: the ladder, spread out, capped, and over at last."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.delivery import (
    LADDER,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    TransportError,
    next_attempt_at,
)
from tests.journeys.core.story import quick

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
attempts = st.integers(1, MAX_ATTEMPTS - 1)


@quick
@given(attempts, st.floats(0, 1, exclude_max=True))
def test_a_wait_is_the_ladders_shortened_by_at_most_a_fifth(tried: int, random: float) -> None:
    at = next_attempt_at(tried, now=NOW, random=random)
    assert at is not None
    assert LADDER[tried] * 0.8 <= at - NOW <= LADDER[tried]


@quick
@given(attempts, st.text(max_size=12))
def test_the_same_delivery_gets_the_same_wait_every_time(tried: int, key: str) -> None:
    assert next_attempt_at(tried, now=NOW, key=key) == next_attempt_at(tried, now=NOW, key=key)


def test_different_deliveries_are_spread_out() -> None:
    moments = {next_attempt_at(4, now=NOW, key=f"delivery {n}") for n in range(50)}
    assert len(moments) == 50


def test_waits_grow() -> None:
    moments = [next_attempt_at(n, now=NOW, random=0) for n in range(MAX_ATTEMPTS)]
    assert all(moment is not None for moment in moments)
    assert moments == sorted(moments, key=lambda moment: moment or NOW)


def test_after_the_last_attempt_there_is_none() -> None:
    assert next_attempt_at(MAX_ATTEMPTS, now=NOW) is None


def test_a_partner_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    asked = timedelta(hours=1)
    assert next_attempt_at(1, now=NOW, retry_after=asked) == NOW + asked
    assert next_attempt_at(1, now=NOW, retry_after=timedelta(days=30)) == NOW + LONGEST_WAIT
    sooner = next_attempt_at(4, now=NOW, random=0, retry_after=timedelta(seconds=1))
    assert sooner == NOW + LADDER[4]


def test_a_failure_says_whether_to_try_again() -> None:
    gone = TransportError("The endpoint is gone.", permanent=True)
    assert (gone.permanent, gone.retry_after) == (True, None)
