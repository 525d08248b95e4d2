"""When something known makes a moment: a date, the opening of a step, since when it stands."""

from collections.abc import Mapping
from datetime import datetime

from journeys.core.calendar import Calendar
from journeys.core.graph import Moment
from journeys.core.state import StepState
from programs.core.conditions import date_of

OF_STEP, SINCE_STEP = "step.", "since."


def instant_of(
    moment: Moment,
    values: Mapping[str, object],
    steps: Mapping[str, StepState],
    calendar: Calendar,
    *,
    end_of_day: bool = False,
) -> datetime | None:
    """The instant, in UTC, or None while what it hangs on is not known.

    A date counts from the opening of its business day, or from the end of it.
    """
    base = _base(moment.of, values, steps, calendar, end_of_day=end_of_day)
    if base is None:
        return None
    if moment.before:
        return calendar.before(base, moment.length)
    return calendar.after(base, moment.length) if moment.length.amount else base


def _base(
    of: str,
    values: Mapping[str, object],
    steps: Mapping[str, StepState],
    calendar: Calendar,
    *,
    end_of_day: bool,
) -> datetime | None:
    if of.startswith(OF_STEP):
        state = steps.get(of.removeprefix(OF_STEP))
        return state.opened_at if state else None
    if of.startswith(SINCE_STEP):
        state = steps.get(of.removeprefix(SINCE_STEP))
        return state.since if state else None
    day = date_of(values.get(of))
    return calendar.on(day, end=end_of_day) if day else None
