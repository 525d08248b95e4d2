"""An insurance that is told before it counts: a change that waits for its day.

Until then everything rests on the one that counts; what is reported of the other is kept for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from journeys.core.calendar import calendar_of
from journeys.core.events import Event
from programs.core.conditions import date_of

KIND, CHANGED = "coverage_ahead", "coverage_changed"
FROM, ON, PAYER, VERIFIED = (
    "coverage_from_on",
    "next_coverage_on",
    "next_payer_name",
    "next_coverage_verified",
)
_OF_THE_WAIT = frozenset({ON, PAYER})


def as_of(story: Sequence[Event], *, now: datetime, zone: str) -> list[Event]:
    """The story as it stands: what was told ahead is a change from its day on.

    Of two that were told before the day of the first, the later is meant.
    """
    if not any(event.kind == KIND for event in story):
        return list(story)
    found: list[Event] = []
    for event in story:
        if event.kind != KIND:
            found.append(event)
            continue
        found = [each for each in found if not _waits_at(each, event.occurred_at, zone)]
        day = counts_from(event, zone)
        found.append(_changed(event, day) if day and day <= now else event)
    return sorted(found, key=lambda event: event.order)


def _waits_at(event: Event, at: datetime, zone: str) -> bool:
    """Whether a change was told ahead and had not come by then."""
    day = counts_from(event, zone) if event.kind in (KIND, CHANGED) and ON in event.facts else None
    return day is not None and day > at


def _changed(event: Event, day: datetime) -> Event:
    return replace(event, kind=CHANGED, occurred_at=max(day, event.occurred_at))


def counts_from(event: Event, zone: str) -> datetime | None:
    """The first moment of the day from which it counts, where the practice is."""
    day = date_of(event.facts.get(ON))
    return calendar_of(zone).midnight(day) if day else None


def waiting(story: Iterable[Event]) -> Event | None:
    """The change of a story (as_of) that still waits for its day."""
    return next((event for event in story if event.kind == KIND), None)


def facts_in_force(event: Event) -> Mapping[str, object]:
    """What a change says once it counts, without what it said of the wait."""
    if event.kind != CHANGED:
        return event.facts
    return {name: value for name, value in event.facts.items() if name not in _OF_THE_WAIT}
