"""The routings of a hub's journeys in the last weeks, read from the events that told them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import current_organization_id
from journeys.core.calendar import calendar_of
from journeys.core.steering import Routing, Steering, steering
from journeys.domain.queries.pharmacies import Eligible, drawn_for, program_pharmacies
from journeys.models import JourneyEvent
from journeys.rules import ROUTING

DAYS = 90
SENT = ("sent", "transferred")
# The newest; each has to be opened to be counted.
MOST = 2_000


@dataclass(frozen=True)
class Report:
    """What is counted, whose each pharmacy is, and the events read for it."""

    counted: Steering
    affiliations: Mapping[str, str]
    read: Sequence[JourneyEvent]


def steering_of(actor: Actor, *, now: datetime) -> Report:
    """Every routing of the actor's hub in the last weeks.

    Opens the events, which name patients' choices: the caller audits the reading.
    """
    told = JourneyEvent.objects.filter(
        step=ROUTING,
        status__in=SENT,
        journey__hub=actor.organization_id,
        visible_at__gt=now - timedelta(days=DAYS),
    )
    newest = told.select_related("journey__pharmacy").order_by("-visible_at")[:MOST]
    zone = Organization.objects.values_list("time_zone", flat=True).get(
        pk=current_organization_id()
    )
    events, routings = list(newest), []
    named = {
        version_id: program_pharmacies(version_id)
        for version_id in {event.journey.program_version_id for event in events}
    }
    for event in events:
        journey, sent_on = event.journey, calendar_of(zone).day_of(event.occurred_at)
        eligible = drawn_for(journey.number, named[journey.program_version_id])
        routings.append(_routing(event, eligible, sent_on=sent_on))
    affiliations = {
        one.name: one.affiliated_with for known in named.values() for one in known.values()
    }
    return Report(steering(routings), affiliations, events)


def _routing(event: JourneyEvent, eligible: Sequence[Eligible], *, sent_on: date) -> Routing:
    facts: Mapping[str, Any] = event.body["facts"]
    # A partner's system that names none sent it where the journey is routed.
    routed = event.journey.pharmacy
    asked = facts.get("patient_choice_asked_on")
    return Routing(
        eligible=[each.name for each in eligible],
        chosen=str(facts.get("pharmacy_name") or (routed.name if routed else "")),
        reason=str(facts.get("routing_reason") or ""),
        choice=str(facts.get("patient_pharmacy_choice") or ""),
        asked_on=date.fromisoformat(asked) if asked else None,
        sent_on=sent_on,
    )
