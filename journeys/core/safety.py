"""A side effect or a complaint as one report: what is told of it, what is missing, by when it goes.

It is folded from the journey's own events, so that whatever way a word came the report has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from journeys.core.calendar import Calendar
from journeys.core.events import Event, in_order
from journeys.core.graph import Clock, Step
from journeys.core.times import Time, place

STEP, CAPTURED, FORWARDED = "adverse_event", "captured", "forwarded"
NUMBER, DESK_NUMBER = "safety_report_number", "safety_desk_number"
# From when somebody first heard of it: what contracts with a manufacturer ask for.
FORWARD_BY = Clock(1, "business_days")
# Statuses in which the hub has yet to forward it; the desk to confirm it; and those it is over in.
TO_FORWARD = ("captured", "triaged")
TO_CONFIRM = ("forwarded", "follow_up")
OVER = ("reconciled", "withdrawn")
# What the desk has to look at: something came to it.
FOR_DESK = ("forwarded",)
# The facts of each of the four things that make a report count; the patient is the journey's.
CRITERIA: Mapping[str, tuple[str, ...]] = {
    "reporter": ("told_by", "told_by_name"),
    "product": ("suspect_product",),
    "event": ("what_happened",),
}


@dataclass(frozen=True)
class SafetyReport:
    """One report as its journey's events tell it; instants in UTC, None for what was not yet.

    `question` and `answer` are the safety desk's last one and what was said to it since. The
    forward-by clock runs from `clock_from`: awareness, or what was added once it was forwarded.
    """

    number: str
    status: str
    reasons: tuple[str, ...]
    facts: Mapping[str, object]
    note: str
    aware_at: datetime
    clock_from: datetime
    forwarded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None
    desk_number: str = ""
    question: str = ""
    answer: str = ""


def numbered(event: Event) -> Event:
    """The event; a report of a side effect that came without a number gets one of its own."""
    if (event.step, event.status) != (STEP, CAPTURED) or event.facts.get(NUMBER):
        return event
    number = f"S-{sha256(event.ref.encode()).hexdigest()[:8].upper()}"
    return replace(event, facts={**event.facts, NUMBER: number})


def safety_reports(step: Step, events: Iterable[Event]) -> list[SafetyReport]:
    """Every report that a journey's events tell of, the earliest first."""
    times: list[Time] = []
    for event in in_order(events):
        if event.step == STEP and event.kind == "status" and event.confirmed:
            place(step, times, event)
    return [_report(time) for time in times if time.number]


def _report(time: Time) -> SafetyReport:
    told = time.reports
    captured = [each for each in told if each.status == CAPTURED] or told[:1]
    facts = {name: value for each in told for name, value in each.facts.items()}
    asked = _last(told, "follow_up")
    since = [each for each in told if asked and each.order > asked.order]
    answer = next((each.note for each in since if each.status == FORWARDED), "")
    status, forwarded = told[-1].status or CAPTURED, _first(told, FORWARDED)
    aware_at = min(each.occurred_at for each in captured)
    return SafetyReport(
        number=time.number,
        status=status,
        reasons=tuple(sorted({each.reason for each in captured if each.reason})),
        facts={k: v for k, v in facts.items() if k not in (NUMBER, DESK_NUMBER)},
        note=captured[0].note,
        aware_at=aware_at,
        clock_from=told[-1].occurred_at if forwarded and status in TO_FORWARD else aware_at,
        forwarded_at=forwarded,
        acknowledged_at=_first(told, "acknowledged"),
        over_at=told[-1].occurred_at if told[-1].status in OVER else None,
        desk_number=str(facts.get(DESK_NUMBER, "")),
        question=asked.note if asked else "",
        answer=answer,
    )


def _first(told: Sequence[Event], status: str) -> datetime | None:
    return next((each.occurred_at for each in told if each.status == status), None)


def _last(told: Sequence[Event], status: str) -> Event | None:
    return next((each for each in reversed(told) if each.status == status), None)


def missing_criteria(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Which of the four criteria a report lacks, by key; a report that lacks none counts."""
    return tuple(
        key
        for key, names in CRITERIA.items()
        if any(facts.get(name) in (None, "") for name in names)
    )


def forward_by(aware_at: datetime, calendar: Calendar) -> datetime:
    """When a report has to be with the safety desk: one business day after awareness."""
    return calendar.after(aware_at, FORWARD_BY)


def initials(name: str) -> str:
    """How a report names its patient: “R. D.” for Rosa Delgado."""
    return " ".join(f"{part[0].upper()}." for part in name.split())
