"""The columns that lists are read from, and the de-identified row behind the counts."""

from accounts.writing import Statement, updating
from journeys.core.payers import payer_class
from journeys.core.state import JourneyState
from journeys.core.visibility import common_risks
from journeys.models import FunnelRow, Journey

FUNNEL = f"update {FunnelRow._meta.db_table} set stage = %s where id = %s and stage <> %s"  # noqa: S608  # our own table

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
    journey.headline = state.headline[:300]
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


def projecting(journey: Journey, state: JourneyState) -> list[Statement]:
    """What saves the projection, and the stage alone where the manufacturer's counts come from."""
    before = journey.stage
    project(journey, state)
    saving = updating(journey, COLUMNS)
    if journey.stage == before:
        return [saving]
    return [saving, Statement(FUNNEL, [state.stage, journey.funnel_row_id, state.stage])]
