"""Where journeys stand, as FHIR R4 Tasks in a searchset: for the system of the practice."""

from collections.abc import Sequence
from typing import Any

from journeys.documents.fhir.resources import SYSTEM, Resource
from journeys.models import Journey


def searchset(journeys: Sequence[Journey], *, address: str) -> Resource:
    """The Bundle that answers a search at `address`."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(journeys),
        "link": [{"relation": "self", "url": address}],
        "entry": [
            {
                "fullUrl": f"urn:uuid:{journey.pk}",
                "resource": task(journey),
                "search": {"mode": "match"},
            }
            for journey in journeys
        ],
    }


def task(journey: Journey) -> Resource:
    """One journey: what it waits for is its businessStatus, in a code and in words."""
    program = journey.program_version.program
    changed_at = journey.last_event_at or journey.started_at
    found: dict[str, Any] = {
        "resourceType": "Task",
        "id": str(journey.pk),
        "identifier": [{"system": f"{SYSTEM}/journey", "value": journey.number}],
        "status": "completed" if journey.closed_at else "in-progress",
        "businessStatus": {
            "coding": [
                {
                    "system": f"{SYSTEM}/step",
                    "code": journey.step or journey.stage,
                    "display": journey.step_title or journey.stage,
                }
            ],
            "text": journey.headline or journey.stage,
        },
        "intent": "order",
        "priority": "urgent" if journey.urgent else "routine",
        "description": f"{program.name} ({program.product})",
        "for": {"reference": f"Patient/{journey.patient_id}"},
        "authoredOn": journey.started_at.isoformat(),
        "lastModified": changed_at.isoformat(),
        "executionPeriod": {
            "start": journey.started_at.isoformat(),
            **({"end": journey.closed_at.isoformat()} if journey.closed_at else {}),
        },
    }
    if journey.next_owner:
        found["owner"] = {"display": journey.next_owner}
    if journey.due_at:
        found["restriction"] = {"period": {"end": journey.due_at.isoformat()}}
    return found
