"""Business time: Monday to Friday, 8:00 to 18:00 local, without US federal holidays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from journeys.core.graph import Clock

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_HOURS = tuple(time(hour) for hour in range(24))
_WEEKDAYS_FROM_THE_FIRST = ((1, _MONDAY, 3), (2, _MONDAY, 3), (9, _MONDAY, 1), (10, _MONDAY, 2))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _observed(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == _SUNDAY else day


@lru_cache(maxsize=64)
def us_federal_holidays(year: int) -> frozenset[date]:
    """The days of `year` on which federal offices are closed, as observed."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= 2021:  # Juneteenth became a federal holiday in 2021.
        fixed.append(date(year, 6, 19))
    days = [_nth(year, *rule) for rule in _WEEKDAYS_FROM_THE_FIRST]
    days.append(_nth(year, 11, _THURSDAY, 4))
    days.append(_nth(year, 6, _MONDAY, 1) - timedelta(days=7))
    days.extend(_observed(day) for day in fixed)
    days.append(_observed(date(year + 1, 1, 1)))  # A Saturday New Year is kept on December 31.
    return frozenset(day for day in days if day.year == year)


@lru_cache(maxsize=4096)
def is_business_day(day: date) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < _SATURDAY and day not in us_federal_holidays(day.year)


@lru_cache(maxsize=4096)
def _next_business_day(day: date) -> date:
    day += _DAY
    while not is_business_day(day):
        day += _DAY
    return day


# One evaluation asks for its own moment again and again, and all of them for offices' hours.
@lru_cache(maxsize=4096)
def _local(zone: ZoneInfo, instant: datetime) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def _instant(zone: ZoneInfo, local: datetime, fold: int) -> datetime:
    """Times of day that come twice are equal but for their fold, which is therefore said."""
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


@dataclass(frozen=True)
class Calendar:
    """One organization's working hours. Opening hours stay clear of the hours a zone shifts."""

    time_zone: str = "America/New_York"
    opens_at: int = 8
    closes_at: int = 18

    @cached_property
    def zone(self) -> ZoneInfo:
        """The organization's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def hours_a_day(self) -> int:
        """Working hours in one business day."""
        return self.closes_at - self.opens_at

    def after(self, instant: datetime, clock: Clock) -> datetime:
        """The moment `clock` runs out when it starts at `instant`, in UTC."""
        if clock.unit == "hours":
            return instant.astimezone(UTC) + timedelta(hours=clock.amount)
        if clock.unit == "days":
            return self._instant(self._local(instant) + timedelta(days=clock.amount))
        if clock.unit == "business_days":
            return self._after_days(instant, int(clock.amount))
        hours = clock.amount / 60 if clock.unit == "business_minutes" else clock.amount
        return self.after_hours(instant, hours)

    def before(self, instant: datetime, clock: Clock) -> datetime:
        """The moment from which `clock` runs until `instant`, in UTC; for days and hours."""
        if clock.unit == "days":
            return self._instant(self._local(instant) - timedelta(days=clock.amount))
        if clock.unit == "business_days":
            return self.before_hours(instant, clock.amount * self.hours_a_day)
        if clock.unit == "hours":
            return instant.astimezone(UTC) - timedelta(hours=clock.amount)
        hours = clock.amount / 60 if clock.unit == "business_minutes" else clock.amount
        return self.before_hours(instant, hours)

    def before_hours(self, instant: datetime, hours: float) -> datetime:
        """The latest moment from which `hours` of working time are over by `instant`, in UTC."""
        at, left = self._worked(self._local(instant)), timedelta(hours=hours)
        opening = self._at(at.date(), self.opens_at)
        while left > at - opening:
            left -= at - opening
            at = self._worked(opening)
            opening = self._at(at.date(), self.opens_at)
        return self._instant(at - left)

    def on(self, day: date, *, end: bool = False) -> datetime:
        """The hour at which offices open on a day, or close, in UTC."""
        return self._instant(self._at(day, self.closes_at if end else self.opens_at))

    def midnight(self, day: date) -> datetime:
        """The first instant of a local day, in UTC."""
        return self._instant(datetime.combine(day, time(0)))

    def day_of(self, instant: datetime) -> date:
        """The local day of an instant."""
        return self._local(instant).date()

    def after_hours(self, instant: datetime, hours: float) -> datetime:
        """The moment `hours` of working time after `instant`, in UTC."""
        at = self._working(self._local(instant))
        left = timedelta(hours=hours)
        closing = self._at(at.date(), self.closes_at)
        while left > closing - at:
            left -= closing - at
            at = self._working(closing)
            closing = self._at(at.date(), self.closes_at)
        return self._instant(at + left)

    def hours_between(self, start: datetime, end: datetime, *, at_most: float = 10_000) -> float:
        """Working hours from `start` to `end`; counting stops at `at_most`."""
        at, until, total = self._working(self._local(start)), self._local(end), 0.0
        while at < until and total < at_most:
            closing = self._at(at.date(), self.closes_at)
            total += (min(until, closing) - at) / _HOUR
            at = self._working(closing)
        return min(total, at_most)

    def _after_days(self, instant: datetime, days: int) -> datetime:
        at = self._working(self._local(instant))
        day = at.date()
        for _ in range(days):
            day = _next_business_day(day)
        return self._instant(datetime.combine(day, at.time()))

    def _working(self, local: datetime) -> datetime:
        """`local` itself in working hours, otherwise the next opening."""
        day = local.date()
        if is_business_day(day) and local.hour < self.closes_at:
            return local if local.hour >= self.opens_at else self._at(day, self.opens_at)
        return self._at(_next_business_day(day), self.opens_at)

    def _worked(self, local: datetime) -> datetime:
        """`local` itself in working hours, otherwise the last closing."""
        day = local.date()
        if is_business_day(day) and local > self._at(day, self.opens_at):
            return min(local, self._at(day, self.closes_at))
        day -= _DAY
        while not is_business_day(day):
            day -= _DAY
        return self._at(day, self.closes_at)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, _HOURS[hour])

    def _local(self, instant: datetime) -> datetime:
        return _local(self.zone, instant.astimezone(UTC))

    def _instant(self, local: datetime) -> datetime:
        return _instant(self.zone, local, local.fold)


@lru_cache(maxsize=256)
def calendar_of(time_zone: str) -> Calendar:
    """The calendar of organizations in this time zone; ZoneInfoNotFoundError when unknown."""
    return Calendar(time_zone)
