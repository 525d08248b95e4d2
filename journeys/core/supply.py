"""What the patient was sent, when it runs out, and how much of the time it covered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from journeys.core.calendar import Calendar
from journeys.core.events import Event
from journeys.core.times import Time
from programs.core.conditions import date_of

_SENT = ("shipped", "delivered", "completed")


@dataclass(frozen=True, slots=True)
class Fill:
    """Medicine for so many days from a day on, and the step that sent it."""

    on: date
    days: int
    step: str


def fills_of(times: Mapping[str, Sequence[Time]], calendar: Calendar) -> tuple[Fill, ...]:
    """Every fill that was sent, whoever paid for it, in order.

    One whose days nobody told lasts as long as the fill before it.
    """
    found: list[tuple[date, int | None, str]] = []
    for step, its in times.items():
        for time in its:
            sent = [report for report in time.reports if report.status in _SENT]
            if sent and any("days_supply" in report.facts for report in time.reports):
                found.append((_day(sent, calendar), _days(time.reports), step))
    fills: list[Fill] = []
    for day, days, step in sorted(found, key=lambda fill: (fill[0], fill[2])):
        lasts = days or (fills[-1].days if fills else 0)
        if lasts:
            fills.append(Fill(day, lasts, step))
    return tuple(fills)


def _day(sent: Sequence[Event], calendar: Calendar) -> date:
    """The day from which a fill lasts: delivered, else shipped, else reported as sent."""
    for name in ("delivered_on", "ship_on"):
        told = [day for report in sent if (day := date_of(report.facts.get(name)))]
        if told:
            return told[-1]
    return calendar.day_of(sent[0].occurred_at)


def _days(reports: Iterable[Event]) -> int | None:
    told = [report.facts["days_supply"] for report in reports if "days_supply" in report.facts]
    number = str(told[-1]).strip() if told else ""
    return int(number) if number.isdigit() and 0 < int(number) < 1000 else None


def runs_out_on(fills: Iterable[Fill]) -> date | None:
    """The first day without medicine; what was left over when a fill came is used first."""
    until: date | None = None
    for fill in fills:
        begins = max(until, fill.on) if until else fill.on
        until = begins + timedelta(days=fill.days)
    return until


def gaps(fills: Sequence[Fill]) -> list[tuple[date, int]]:
    """Each gap between two fills: the first day without medicine, and how many days."""
    found = []
    for place, (_, following) in enumerate(pairwise(fills), start=1):
        ran_out = runs_out_on(fills[:place])
        if ran_out and following.on > ran_out:
            found.append((ran_out, (following.on - ran_out).days))
    return found


def proportion_covered(fills: Sequence[Fill], *, until: date) -> float | None:
    """Share of days from the first fill up to `until` on which the patient had medicine.

    Proportion of days covered (PDC): early fills are used one after the other, and no day
    counts twice. None before the first fill.
    """
    if not fills or until <= fills[0].on:
        return None
    covered, free = 0, fills[0].on
    for fill in fills:
        begins = max(free, fill.on)
        free = begins + timedelta(days=fill.days)
        covered += max((min(free, until) - begins).days, 0)
    return covered / (until - fills[0].on).days
