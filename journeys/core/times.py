"""The times a step was gone through: one for most steps, one per fill for a refill."""

from dataclasses import dataclass, field
from datetime import timedelta

from journeys.core.events import Event
from journeys.core.graph import Step

# Another partner repeats what ended a time within these days; later it speaks of the next.
ECHO = timedelta(days=10)


@dataclass(slots=True)
class Time:
    """One time: its number if somebody told one, and its reports in order."""

    number: str
    reports: list[Event] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """A stable name: the number, or the first report's."""
        return (self.number, self.reports[0].ref)


def place(step: Step, times: list[Time], event: Event) -> Time:
    """Add a report, next in order, to the time it speaks of.

    A number decides. Without one it is the last time, or a new one when that was over and the
    report neither goes on from what its source said of it nor repeats its end.
    """
    number = _number(step, event)
    found = next((time for time in times if number and time.number == number), None)
    last = times[-1] if times else None
    if found is None and last and _goes_on(step, last, event, number):
        found = last
        found.number = found.number or number
    if found is None:
        found = Time(number)
        times.append(found)
    found.reports.append(event)
    return found


def _number(step: Step, event: Event) -> str:
    name = step.aside.numbered_by if step.aside else ""
    value = event.facts.get(name) if name else None
    return "" if value is None else str(value)


def _goes_on(step: Step, last: Time, event: Event, number: str) -> bool:
    """Whether a report that fits no number belongs to the last time."""
    if not (step.aside and step.aside.numbered_by):
        return True
    if number and last.number:
        return False
    ends = [report for report in last.reports if _place_of(step, report)[0]]
    if not ends:
        return True
    over, rank = _place_of(step, event)
    own = [report for report in last.reports if report.source == event.source]
    if not own:
        return over and event.occurred_at - ends[-1].occurred_at <= ECHO
    return rank > _place_of(step, own[-1])[1]


def _place_of(step: Step, report: Event) -> tuple[bool, int]:
    """Whether a report's status ends the step, and how far down the list it is."""
    for rank, status in enumerate(step.statuses):
        if status.key == report.status:
            return status.kind in ("done", "skipped"), rank
    return False, -1
