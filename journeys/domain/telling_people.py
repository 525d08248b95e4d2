"""A delivery's turns on its journey's timeline, and the work that its failure gives somebody."""

from datetime import datetime

from accounts.models import Organization
from journeys.core.calendar import calendar_of
from journeys.core.events import Event
from journeys.core.fold import SYSTEM
from journeys.core.graph import Clock
from journeys.domain.disclosing import role_of
from journeys.domain.notifying import tell_of_delivery
from journeys.domain.recording import record
from journeys.domain.sending import reason_of
from journeys.domain.worklist import DELIVERY_KEY, close_calls
from journeys.enums import DeliveryStatus, PartyRole
from journeys.models import Delivery, DeliveryAttempt, Journey, WorkItem

CALL_WITHIN = Clock(4, "business_hours")


def tell_journey(journey: Journey, delivery: Delivery, *, now: datetime) -> None:
    """Record that this delivery came to its present status. The caller holds both locks."""
    # A replay may come to the same status again, which is news again.
    tries = DeliveryAttempt.objects.filter(delivery=delivery).count()
    event = Event(
        id=f"delivery:{delivery.pk}:{delivery.status}:{tries}",
        kind="hand_off",
        reason=reason_of(delivery),
        status=delivery.status,
        source=SYSTEM,
        source_name="Throughline",
        transport="system",
        to=(role_of(delivery.recipient),),
        to_name=delivery.recipient.name,
        note=delivery.trouble,
        occurred_at=now,
        received_at=now,
    )
    record(journey.pk, event, actor=None, now=now)


def open_work(journey: Journey, delivery: Delivery, *, now: datetime) -> None:
    """Give a person the failed delivery, and tell them: the practice for its hub, else the hub."""
    to_hub = role_of(delivery.recipient) == PartyRole.HUB
    owner = Organization.objects.get(pk=journey.organization_id if to_hub else journey.hub_id)
    key = f"{DELIVERY_KEY}{delivery.pk}"
    WorkItem.objects.update_or_create(
        journey=journey,
        key=key,
        closed_at=None,
        defaults={
            "organization_id": journey.organization_id,
            "party_ids": journey.party_ids,
            "owner": owner,
            "action": _action(delivery)[:200],
            "due_at": calendar_of(owner.time_zone).after(now, CALL_WITHIN),
            "urgent": journey.urgent,
            "opened_at": now,
        },
    )
    tell_of_delivery(journey, delivery, key=key, organization_id=owner.pk, now=now)


def close_work(delivery: Delivery, *, why: str, now: datetime) -> None:
    """Take the work back: the delivery went through after all, and holds what came before it."""
    packet = delivery.packet
    over = Delivery.objects.filter(
        journey=delivery.journey_id,
        recipient=delivery.recipient_id,
        packet__kind=packet.kind,
        packet__version__lte=packet.version,
    )
    close_calls(delivery.journey_id, over, why=why, now=now)


def _action(delivery: Delivery) -> str:
    name = delivery.recipient.name
    if delivery.status == DeliveryStatus.WITHHELD:
        return f"Ask the patient to authorize {name}; nothing was sent"
    if delivery.status == DeliveryStatus.REJECTED:
        return f"Call {name}: it refused the packet"
    return f"Call {name}: the packet could not be delivered"
