"""What may be kept of a journey once nobody can be recognized in it: the row behind the counts.

Only words of our own tables get in (steps, statuses, reasons, fields, payers), weeks instead of
days, hours instead of instants. What partners write freely never does.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from journeys.core import summary
from journeys.core.closing import CLOSING_REASONS
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.payers import payer_class, payer_known
from journeys.core.state import JourneyState, StepState
from journeys.core.visibility import common_risks
from programs.core.catalogue import ANSWERABLE, CATALOGUE

OTHER = "other"
# Safety reports are for the safety desk; a manufacturer's program is not told how many there are.
_SAFETY = frozenset(["adverse_event", "pregnancy", "deceased"])
_DECISION = "prior_authorization_determination"

# The oldest a person is in each band; ages over 89 are one group (45 CFR 164.514(b)(2)(i)(C)).
_BANDS = ((17, "0_17"), (34, "18_34"), (49, "35_49"), (64, "50_64"), (79, "65_79"))
_OLDEST = "80_on"
AGE_BANDS = (*(band for _, band in _BANDS), _OLDEST)


def age_band(born_on: date, *, on: date) -> str:
    """The band of a person's age on a day."""
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next((band for oldest, band in _BANDS if age <= oldest), _OLDEST)


def week_of(instant: datetime | date) -> date:
    """The Monday of its week; an instant counts by UTC."""
    day = instant.date() if isinstance(instant, datetime) else instant
    return day - timedelta(days=day.weekday())


def deidentified(
    graph: Graph, state: JourneyState, events: Iterable[Event], *, started_at: datetime
) -> dict[str, Any]:
    """The row of a journey as JSON; equal for equal journeys, whoever they are about."""
    story = list(events)
    lead = _lead(graph, state)
    line, payer = state.facts.get("line_of_business"), state.facts.get("payer_name")
    return {
        "reached": summary.stage(graph, state.steps),
        "step": lead.key if lead else "",
        "status": lead.status or "" if lead else "",
        "reason": _reason(graph, lead.key, lead.reason) if lead else "",
        "payer_class": payer_class(line.value) if line else "",
        "payer": payer_known(payer.value) if payer else "",
        "closed": _closed(state),
        "risks": sorted({risk.rule for risk in common_risks(state)}),
        "dwell": _dwell(graph, state),
        "therapy_days": _therapy_days(graph, state, started_at),
        "denials": _denials(graph, story),
        "returned": _returned(story),
    }


def _lead(graph: Graph, state: JourneyState) -> StepState | None:
    """The first open step that everybody may know of."""
    return next((state.steps[key] for key in state.current if key not in graph.private), None)


def _reason(graph: Graph, step: str, reason: str | None) -> str:
    """The reason, if it is one of the step's own."""
    if not reason:
        return ""
    known = {each.key for status in graph.by_key[step].statuses for each in status.reasons}
    return reason if reason in known else OTHER


def _closed(state: JourneyState) -> str:
    reason = state.closed_reason
    if not reason:
        return ""
    return reason if reason in CLOSING_REASONS and reason not in _SAFETY else OTHER


def _dwell(graph: Graph, state: JourneyState) -> dict[str, int]:
    """Whole hours that each step of the path was open, once it is done."""
    done = [state.steps[step.key] for step in graph.path if step.key in state.steps]
    return {
        step.key: _hours(step.settled_at - step.opened_at)
        for step in done
        if step.phase == "done" and step.opened_at and step.settled_at
    }


def _hours(length: timedelta) -> int:
    return max(int(length.total_seconds() // 3600), 0)


def _therapy_days(graph: Graph, state: JourneyState, started_at: datetime) -> int | None:
    begun = state.steps.get(graph.beginning.key) if graph.beginning else None
    if begun is None or begun.phase != "done" or begun.settled_at is None:
        return None
    return max((begun.settled_at - started_at).days, 0)


def _denials(graph: Graph, story: Iterable[Event]) -> list[list[str]]:
    """Each denial as its reason and its week."""
    denied = (
        event
        for event in story
        if event.kind == "status" and event.step == _DECISION and event.status == "denied"
    )
    if _DECISION not in graph.by_key:
        return []
    found = {
        (_reason(graph, _DECISION, event.reason) or OTHER, week_of(event.occurred_at).isoformat())
        for event in denied
    }
    return [list(each) for each in sorted(found)]


def _returned(story: Iterable[Event]) -> list[list[str]]:
    """The canonical fields that hubs asked to correct, each with its week; `OTHER` for the rest."""
    found: set[tuple[str, str]] = set()
    for event in story:
        if event.kind != "status" or event.status != "returned":
            continue
        wanted: Any = event.facts.get("corrections") or ()
        fields = [each.get("field") for each in wanted if isinstance(each, Mapping)]
        week = week_of(event.occurred_at).isoformat()
        found.update((_field(each), week) for each in fields or [""])
    return [list(each) for each in sorted(found)]


def _field(field: object) -> str:
    return str(field) if field in CATALOGUE or field in ANSWERABLE else OTHER
