"""One report of a partner, applied to the journey it speaks of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from journeys.core.events import Event
from journeys.domain.confirming import confirm_delivery, confirm_receipt
from journeys.domain.graphs import graph_of
from journeys.domain.recording import lock_journey, record
from journeys.models import Delivery, InboundReport, Journey, JourneyParty

# A partner's clock may be a little ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=5)
UNKNOWN_JOURNEY = "No journey they take part in has this number, delivery or case number."


class NotApplicable(ValueError):
    """The report cannot be applied as it is; the text tells a person why."""

    def __init__(self, why: str, *, journey_id: UUID | None = None) -> None:
        super().__init__(why)
        self.journey_id = journey_id


def apply(content: Mapping[str, Any], *, report: InboundReport, by: Actor, now: datetime) -> UUID:
    """Record what the report says; the journey's id. Raises NotApplicable.

    The report has the shape that the API checked. A partner reaches only journeys it takes
    part in: another's looks like one that never was.
    """
    data = content["data"]
    with acting_as(by):
        journey_id, delivery_id = _find(str(data.get("journey") or data.get("delivery")), by=by)
    occurred_at = datetime.fromisoformat(data.get("occurred_at") or content["timestamp"])
    if occurred_at > report.received_at + CLOCK_TOLERANCE:
        raise NotApplicable("They say it happens in the future.", journey_id=journey_id)
    journey = lock_journey(journey_id)
    reference = str(data.get("case_number") or "")
    if delivery_id is not None:
        confirm_delivery(journey, delivery_id, reference=reference, at=occurred_at, now=now)
    else:
        confirm_receipt(
            journey, by=report.organization, reference=reference, at=occurred_at, now=now
        )
    if content["type"] == "step.reported":
        event = _event(data, report, journey, occurred_at=occurred_at)
        record(journey.pk, event, actor=by, now=now)
    return journey_id


def _find(reference: str, *, by: Actor) -> tuple[UUID, UUID | None]:
    """The journey that a reference names, and the partner's own delivery if it names one."""
    try:
        as_id = UUID(reference)
    except ValueError:
        return _by_number(reference, by=by), None
    if Journey.objects.filter(pk=as_id).exists():
        return as_id, None
    named = Delivery.objects.filter(pk=as_id).values_list("journey_id", "recipient_id").first()
    if named is None:
        raise NotApplicable(UNKNOWN_JOURNEY)
    journey_id, recipient_id = named
    return journey_id, as_id if recipient_id == by.organization_id else None


def _by_number(number: str, *, by: Actor) -> UUID:
    """By our number, or by the number that the partner itself gave the case."""
    ours = Journey.objects.filter(number=number.upper()).values_list("pk", flat=True)
    theirs = Delivery.objects.filter(
        recipient_id=by.organization_id, partner_case_number=number
    ).values_list("journey_id", flat=True)
    found: set[UUID] = set(ours) or set(theirs)
    if len(found) > 1:
        raise NotApplicable("Several journeys have this case number of theirs.")
    if not found:
        raise NotApplicable(UNKNOWN_JOURNEY)
    return found.pop()


def _event(
    data: Mapping[str, Any], report: InboundReport, journey: Journey, *, occurred_at: datetime
) -> Event:
    partner = report.organization
    step = graph_of(journey.program_version_id).by_key.get(data["step"])
    if step is None:
        raise NotApplicable(
            "They report a step that this journey does not have.", journey_id=journey.pk
        )
    if step.status(data["status"]) is None:
        raise NotApplicable(
            f"They report a status that “{step.title}” does not have.", journey_id=journey.pk
        )
    party = JourneyParty.objects.filter(journey=journey, party=partner, until=None).first()
    return Event(
        # Partners number their messages as they like; among all events the report's id is unique.
        id=f"report:{report.pk}",
        kind="status",
        step=step.key,
        status=data["status"],
        reason=data.get("reason") or None,
        facts=_facts(data),
        source=partner.slug,
        source_name=partner.name,
        role=party.role if party else partner.kind,
        transport=report.transport,
        note=data.get("note") or "",
        occurred_at=occurred_at,
        received_at=report.received_at,
    )


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(data.get("facts") or {})
    if data.get("corrections"):
        facts["corrections"] = [
            {"field": one["field"], "sentence": one["sentence"]} for one in data["corrections"]
        ]
    return facts
