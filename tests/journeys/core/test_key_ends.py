"""A key is good through its last day, Eastern time; its end is told 30 and 7 days ahead, once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from journeys.core.key_ends import days_left, ends_at, has_ended, to_tell

LAST = date(2026, 3, 6)
# Half past eleven in the evening of that day in New York.
LATE = datetime(2026, 3, 7, 4, 30, tzinfo=UTC)


def test_it_is_good_until_midnight_in_new_york() -> None:
    assert not has_ended(LAST, now=LATE)
    assert has_ended(LAST, now=LATE + timedelta(minutes=30))
    assert ends_at(LAST) == LATE + timedelta(minutes=30)
    assert (days_left(LAST, now=LATE), days_left(None, now=LATE)) == (0, None)
    assert not has_ended(None, now=LATE)
    assert ends_at(None) is None


@pytest.mark.parametrize(
    ("days", "told", "expected"),
    [
        *[(31, None, None), (30, None, 30), (29, 30, None), (8, 30, None)],
        *[(7, 30, 7), (5, None, 7), (0, 7, None), (0, 30, 7), (-1, 30, None)],
    ],
)
def test_what_is_to_be_told(days: int, told: int | None, expected: int | None) -> None:
    assert to_tell(LAST, told, now=LATE - timedelta(days=days)) == expected
