"""When a partner's key ends, and when to say so beforehand. Its last day is one of Eastern time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from journeys.core.clocks import DEFAULT_ZONE

# Days ahead at which the administrators are told, the earliest first.
TOLD_AHEAD = (30, 7)


def days_left(last_on: date | None, *, now: datetime) -> int | None:
    """Days until its last day: 0 on that day, negative afterwards; None for a key without one."""
    if last_on is None:
        return None
    return (last_on - now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()).days


def ends_at(last_on: date | None) -> datetime | None:
    """When its last day is over."""
    if last_on is None:
        return None
    return datetime.combine(last_on + timedelta(days=1), time(), ZoneInfo(DEFAULT_ZONE))


def has_ended(last_on: date | None, *, now: datetime) -> bool:
    left = days_left(last_on, now=now)
    return left is not None and left < 0


def to_tell(last_on: date | None, told: int | None, *, now: datetime) -> int | None:
    """Which of TOLD_AHEAD is to be told now; None when it was, or it is early, or too late.

    Whoever sets a day nearer than both is told once, of the nearer one.
    """
    left = days_left(last_on, now=now)
    if left is None or left < 0:
        return None
    reached = [ahead for ahead in TOLD_AHEAD if left <= ahead]
    return reached[-1] if reached and (told is None or reached[-1] < told) else None
