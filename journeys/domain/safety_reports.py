"""Keep each report of a side effect equal to what its journey's events tell of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from journeys.core import safety
from journeys.core.calendar import calendar_of
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.models import Journey, SafetyReport
from programs.models import Program


def keep_safety_reports(journey: Journey, graph: Graph, events: Iterable[Event]) -> None:
    """Write the reports that the events tell of. The caller holds the journey's lock.

    A report is the manufacturer's to read from when it is forwarded, not before.
    """
    step = graph.by_key.get(safety.STEP)
    if step is None:
        return
    kept = {each.number: each for each in SafetyReport.objects.filter(journey=journey)}
    for told in safety.safety_reports(step, events):
        row = kept.get(told.number) or _new(journey, told)
        _follow(row, journey, told)
        row.save()


def _new(journey: Journey, told: safety.SafetyReport) -> SafetyReport:
    program = journey.program_version.program
    return SafetyReport(
        organization_id=journey.organization_id,
        journey=journey,
        program=program,
        hub_id=journey.hub_id,
        manufacturer_id=program.manufacturer_id,
        number=told.number,
    )


def _follow(row: SafetyReport, journey: Journey, told: safety.SafetyReport) -> None:
    body = _body(journey, told)
    waits = told.status in safety.FOR_DESK
    news = (row.status, row.body) != (told.status, body) if row.status else True
    row.untold = waits and (row.untold or news)
    row.status, row.body = told.status, body
    row.aware_at = told.aware_at
    row.due_at = safety.forward_by(told.clock_from, calendar_of(journey.hub.time_zone))
    row.forwarded_at, row.acknowledged_at = told.forwarded_at, told.acknowledged_at
    row.over_at, row.desk_number = told.over_at, told.desk_number[:60]
    reads = [journey.organization_id, journey.hub_id]
    row.party_ids = [*reads, row.manufacturer_id] if told.forwarded_at else reads


def _body(journey: Journey, told: safety.SafetyReport) -> dict[str, Any]:
    """What the report says; of the patient no more than a report has to name."""
    program: Program = journey.program_version.program
    facts: Mapping[str, object] = {"suspect_product": program.product, **told.facts}
    return {
        "patient": {
            "initials": safety.initials(journey.patient_name),
            "born": journey.patient_born_on.year,
        },
        "facts": dict(facts),
        "reasons": list(told.reasons),
        "note": told.note,
        "question": told.question,
        "answer": told.answer,
    }
