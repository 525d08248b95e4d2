"""When a journey ended: the first closing word that nobody disputed at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from journeys.core.conflicts import Run, extend
from journeys.core.decisions import Decision
from journeys.core.events import Event
from journeys.core.fold import SYSTEM, Ledger, why_not
from journeys.core.graph import Graph
from journeys.core.outcomes import Outcome, outcome_of

CONSENT_WITHDRAWN = "consent_withdrawn"
CLOSING_REASONS = {
    "adverse_event": "Adverse event",
    "lack_of_efficacy": "Did not work well enough",
    "disease_progression": "Disease progressed",
    "cost": "Cost",
    "coverage_lost": "Coverage lost",
    "prescriber_decision": "Prescriber's decision",
    "switched": "Switched to another therapy",
    "pregnancy": "Pregnancy",
    "patient_choice": "Patient's choice",
    "lost_to_follow_up": "Lost to follow-up",
    "therapy_complete": "Therapy complete",
    "transferred_out": "Transferred out",
    CONSENT_WITHDRAWN: "Consent withdrawn",
    "deceased": "Patient died",
    "withdrawn": "Enrollment withdrawn",
    "duplicate": "Duplicate of another journey",
}


# What may end a journey besides a status of a step that has one which does.
_ENDING = frozenset({"closed", "conflict_settled"})


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a journey: which event, why, and how many events it follows."""

    event: Event
    reason: str
    label: str
    at: datetime
    index: int
    decision: Decision


def closing_of(graph: Graph, story: Sequence[Event]) -> Closing | None:
    """The end of the journey told by `story` (in order), or None while it goes on.

    Later events stay in the story and move nothing. A merge that was undone ends nothing.
    """
    undone = {event.chosen for event in story if event.kind == "merge_undone"}
    ledger = Ledger(graph, None)
    runs: dict[str, dict[str, Run]] = {}
    ending = graph.closing_steps
    for index, event in enumerate(story):
        if not event.confirmed or (event.kind not in _ENDING and event.step not in ending):
            continue
        if event.kind == "closed" and event.reason and event.ref not in undone:
            return _on_word(event, event.reason, index)
        step_key = _note(graph, ledger, runs, event)
        if step_key and runs.get(step_key):
            outcome = outcome_of(graph.by_key[step_key], runs[step_key], ledger)
            if outcome.status and outcome.status.closes:
                return _on_status(graph, step_key, outcome, event, index)
    return None


def _note(
    graph: Graph, ledger: Ledger, runs: dict[str, dict[str, Run]], event: Event
) -> str | None:
    """Take in an event that may end the journey; the step whose outcome is to be looked at."""
    if event.kind == "conflict_settled" and event.conflict and event.party != SYSTEM:
        ledger.settlements[event.conflict] = event
        step_key = event.conflict.removeprefix("status:")
        return step_key if step_key in graph.closing_steps else None
    if event.kind != "status" or event.step not in graph.closing_steps:
        return None
    step = graph.by_key[event.step]
    status = step.status(event.status)
    if status is None or why_not(step, event):
        return None
    said = runs.setdefault(event.step, {})
    before = said.get(event.source)
    extend(said, event, status.key, unchanged=before is not None and before.value == status.key)
    return event.step


def _on_word(event: Event, reason: str, index: int) -> Closing:
    label = CLOSING_REASONS.get(reason, reason.replace("_", " ").capitalize())
    inputs = {"kind": event.kind, "reason": event.reason}
    decision = Decision("close_on_word", None, inputs, "closed", event.ref, event.occurred_at)
    return Closing(event, reason, label, event.occurred_at, index, decision)


def _on_status(graph: Graph, step_key: str, outcome: Outcome, event: Event, index: int) -> Closing:
    step, status = graph.by_key[step_key], outcome.status
    key = status.key if status else ""
    why = step.label_of(outcome.reason)
    label = f"{step.title}: {status.label.lower() if status else ''}" + (f", {why}" if why else "")
    inputs = {"status": key, "closing": sorted(s.key for s in step.statuses if s.closes)}
    decision = Decision("close_on_status", step_key, inputs, "closed", event.ref, event.occurred_at)
    return Closing(event, outcome.reason or key, label, event.occurred_at, index, decision)
