"""The columns that lists are read from, and the de-identified row behind the counts."""

import json
from collections.abc import Iterable

from accounts.plans import Plan, execution
from accounts.rows import updating
from accounts.writing import Statement
from journeys.core.deidentified import deidentified
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.payers import payer_class
from journeys.core.state import JourneyState
from journeys.core.visibility import common_risks
from journeys.models import Journey

# What the counts still hold stays in `before` until they have followed (domain.counting).
FUNNEL = Plan(
    "update journeys_funnelrow set before = coalesce(before, told), told = $1::jsonb"
    " where id = $2 and told <> $1::jsonb"
)

COLUMNS = (
    "stage",
    "step",
    "step_title",
    "phase",
    "headline",
    "next_owner",
    "due_at",
    "at_risk",
    "risk_rules",
    "payer_class",
    "closed_at",
    "refresh_at",
    "last_event_at",
)


def project(journey: Journey, state: JourneyState) -> None:
    """Set the projection of a journey from its state; `refold_journeys --check` compares them."""
    lead = state.lead
    journey.stage = state.stage
    journey.step = lead.key if lead else ""
    journey.step_title = lead.title if lead else ""
    journey.phase = lead.phase if lead else "done"
    journey.headline = state.kept_headline[:300]
    journey.next_owner = state.next_owner or ""
    journey.due_at = state.due_at
    # Every party's list is read from here: what only some may know of stays out, so that
    # whoever reads that a journey is at risk may also read why.
    journey.risk_rules = sorted({risk.rule for risk in common_risks(state)})
    journey.at_risk = bool(journey.risk_rules)
    line = state.facts.get("line_of_business")
    journey.payer_class = payer_class(line.value) if line else ""
    journey.closed_at = state.closed_at or state.completed_at
    journey.refresh_at = state.wakes_at
    journey.last_event_at = state.last_event_at


def projecting(
    journey: Journey, state: JourneyState, graph: Graph, events: Iterable[Event]
) -> list[Statement]:
    """What saves the projection, and the row without identity where the counts come from."""
    project(journey, state)
    row = json.dumps(deidentified(graph, state, events, started_at=journey.started_at))
    return [
        updating(journey, COLUMNS),
        execution(FUNNEL, [row, journey.funnel_row_id]),
    ]
