"""Business time: weekdays 8 to 6 local, no federal holidays, right when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.calendar import Calendar, is_business_day, us_federal_holidays
from journeys.core.graph import Clock
from tests.journeys.core.story import quick

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = Calendar("America/New_York")
moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def local(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 1, 1), "New Year"),
        (date(2026, 1, 19), "Martin Luther King Jr."),
        (date(2026, 2, 16), "Washington's birthday"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 6, 19), "Juneteenth"),
        (date(2026, 7, 3), "Independence Day, a Saturday, kept on Friday"),
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 10, 12), "Columbus Day"),
        (date(2026, 11, 11), "Veterans Day"),
        (date(2026, 11, 26), "Thanksgiving"),
        (date(2026, 12, 25), "Christmas"),
        (date(2027, 7, 5), "Independence Day, a Sunday, kept on Monday"),
        (date(2021, 12, 31), "New Year 2022, a Saturday, kept in the old year"),
    ],
)
def test_federal_holidays_are_no_business_days(day: date, why: str) -> None:
    assert not is_business_day(day), why


def test_a_year_has_eleven_federal_holidays() -> None:
    assert len(us_federal_holidays(2026)) == 11
    assert len(us_federal_holidays(2020)) == 10  # before Juneteenth


@pytest.mark.parametrize(
    ("start", "clock", "end"),
    [
        (local(3, 2, 9), Clock(4, "business_hours"), local(3, 2, 13)),
        (local(3, 2, 16), Clock(4, "business_hours"), local(3, 3, 10)),
        (local(3, 6, 16), Clock(4, "business_hours"), local(3, 9, 10)),
        (local(3, 7, 12), Clock(4, "business_hours"), local(3, 9, 12)),
        (local(3, 6, 15), Clock(1, "business_days"), local(3, 9, 15)),
        (local(7, 2, 15), Clock(1, "business_days"), local(7, 6, 15)),
        (local(3, 2, 17, 50), Clock(15, "business_minutes"), local(3, 3, 8, 5)),
        (local(3, 7, 9), Clock(1, "days"), local(3, 8, 9)),
        (local(3, 7, 9), Clock(24, "hours"), local(3, 8, 10)),
        (local(10, 31, 9), Clock(24, "hours"), local(11, 1, 8)),
        (local(2, 28, 9, year=2028), Clock(1, "days"), local(2, 29, 9, year=2028)),
    ],
)
def test_a_clock_runs_out_at(start: datetime, clock: Clock, end: datetime) -> None:
    assert OFFICE.after(start, clock) == end


def test_each_organization_has_its_own_hours() -> None:
    start = local(3, 2, 9)
    pacific = Calendar("America/Los_Angeles")
    assert OFFICE.after(start, Clock(1, "business_hours")) == local(3, 2, 10)
    assert pacific.after(start, Clock(1, "business_hours")) == local(3, 2, 12)


@quick
@given(moments, st.integers(0, 60))
def test_counting_hours_back_gives_what_was_added(start: datetime, hours: int) -> None:
    end = OFFICE.after_hours(start, hours)
    assert OFFICE.hours_between(start, end) == pytest.approx(hours)


@quick
@given(moments, st.integers(1, 30))
def test_a_due_moment_lies_in_working_hours_and_never_before_the_start(
    start: datetime, days: int
) -> None:
    for clock in (Clock(days, "business_days"), Clock(days, "business_hours")):
        due = OFFICE.after(start, clock)
        there = due.astimezone(NEW_YORK)
        assert due > start
        assert is_business_day(there.date())
        assert timedelta(hours=8) <= there - there.replace(hour=0, minute=0) <= timedelta(hours=18)


@quick
@given(moments, st.integers(1, 60))
def test_counting_back_from_a_moment_leaves_the_hours_between(end: datetime, hours: int) -> None:
    start = OFFICE.before_hours(end, hours)
    assert start <= end
    assert OFFICE.hours_between(start, end) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("end", "clock", "start"),
    [
        (local(3, 9, 10), Clock(4, "business_hours"), local(3, 6, 16)),
        (local(3, 9, 15), Clock(1, "business_days"), local(3, 6, 15)),
        (local(3, 1, 9, year=2028), Clock(1, "days"), local(2, 29, 9, year=2028)),
        (local(3, 8, 10), Clock(24, "hours"), local(3, 7, 9)),
        (local(12, 1, 9), Clock(30, "business_minutes"), local(12, 1, 8, 30)),
    ],
)
def test_a_clock_counts_back_to(end: datetime, clock: Clock, start: datetime) -> None:
    assert OFFICE.before(end, clock) == start


def test_a_day_has_its_hours_and_its_midnight() -> None:
    assert OFFICE.on(date(2026, 3, 9)) == local(3, 9, 8)
    assert OFFICE.on(date(2026, 3, 9), end=True) == local(3, 9, 18)
    assert OFFICE.midnight(date(2026, 3, 9)) == local(3, 9, 0)
    assert OFFICE.day_of(local(3, 9, 23)) == date(2026, 3, 9)
