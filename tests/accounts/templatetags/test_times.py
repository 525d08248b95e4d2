"""How instants and days are written for whoever reads them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.templatetags import times

NOW = datetime(2026, 3, 6, 19, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_new_york_on_march_6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(timezone, "get_current_timezone", lambda: ZoneInfo("America/New_York"))


def test_an_instant_is_written_as_an_office_says_it() -> None:
    assert times.when(NOW) == "Fri, Mar 6, 2:10 pm ET"


def test_summer_time_is_the_same_zone_in_words() -> None:
    assert times.when(datetime(2026, 7, 1, 4, 5, tzinfo=UTC)) == "Wed, Jul 1, 12:05 am ET"


def test_another_year_is_said() -> None:
    assert times.when(datetime(2025, 3, 6, 19, 10, tzinfo=UTC)) == "Thu, Mar 6, 2025, 2:10 pm ET"


def test_a_day_is_the_readers_day_not_the_servers() -> None:
    assert times.day(datetime(2026, 3, 7, 3, 0, tzinfo=UTC)) == "Fri, Mar 6"
    assert times.day_word(datetime(2026, 3, 7, 3, 0, tzinfo=UTC)) == "Today"
    assert times.day_word(date(2026, 3, 5)) == "Yesterday"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=14), "14 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_relative_time_is_in_the_largest_fitting_unit(passed: timedelta, words: str) -> None:
    assert times.ago(NOW - passed, NOW) == words


def test_days_ahead_are_counted_as_the_day_beside_them_is() -> None:
    just_after_midnight = datetime(2026, 3, 9, 4, 46, tzinfo=UTC)
    tomorrow, friday = timedelta(hours=40), timedelta(days=4, hours=15)
    assert times.ago(just_after_midnight + tomorrow, just_after_midnight) == "in 1 day"
    assert times.ago(just_after_midnight + friday, just_after_midnight) == "in 4 days"
    assert "4 days late" in times.due(just_after_midnight, now=just_after_midnight + friday)


def test_what_is_late_says_so_in_words() -> None:
    assert "2 h late" in times.due(NOW - timedelta(hours=2), now=NOW)
    assert "in 2 h" in times.due(NOW + timedelta(hours=2), now=NOW)


def test_a_report_within_five_minutes_is_not_late() -> None:
    assert times.late_by(NOW, NOW - timedelta(minutes=4)) == ""
    assert times.late_by(NOW, NOW - timedelta(hours=14)) == "14 h"


def test_a_range_of_days_names_a_month_once() -> None:
    dash = "\N{EN DASH}"
    assert times.days_between(date(2026, 3, 18), date(2026, 3, 24)) == f"Mar 18 {dash} 24"
    assert times.days_between(date(2026, 3, 28), date(2026, 4, 2)) == f"Mar 28 {dash} Apr 2"
    assert times.days_between(date(2026, 3, 18), date(2026, 3, 18)) == "Mar 18"


def test_nothing_is_written_as_nothing() -> None:
    assert times.when(None) == times.day(None) == times.ago(None) == times.clock(None) == ""
