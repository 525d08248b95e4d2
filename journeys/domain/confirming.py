"""Sent is not accepted: a partner's word that it took a delivery on, now or later."""

from datetime import datetime
from uuid import UUID

from accounts.models import Organization
from journeys.core.events import Event
from journeys.domain.disclosing import role_of
from journeys.domain.recording import record
from journeys.domain.telling_people import close_work
from journeys.enums import DeliveryStatus, PartyRole
from journeys.models import Delivery, Journey

# The fact under which a partner's own number for the case is known.
NUMBER_FACTS = {PartyRole.HUB: "hub_case_number", PartyRole.PHARMACY: "pharmacy_order_number"}
CONFIRMABLE = (DeliveryStatus.SENT, DeliveryStatus.ABANDONED)


def confirmed(
    journey: Journey, delivery: Delivery, *, reference: str, at: datetime, now: datetime
) -> None:
    """The recipient confirmed this delivery at `at`, under its own number if it gave one.

    The caller holds the journey's and then the delivery's lock. What was given up, and turns
    out to have arrived, counts as confirmed; a second confirmation changes nothing.
    """
    if delivery.status not in CONFIRMABLE:
        return
    delivery.status = DeliveryStatus.ACCEPTED
    delivery.settled_at = now
    delivery.partner_case_number = reference[:60]
    delivery.trouble = ""
    delivery.save(update_fields=["status", "settled_at", "partner_case_number", "trouble"])
    close_work(delivery, why=f"{delivery.recipient.name} confirmed it.", now=now)
    record(journey.pk, _event(delivery, at=at, now=now), actor=None, now=now)


def confirm_receipt(
    journey: Journey, *, by: Organization, reference: str = "", at: datetime, now: datetime
) -> None:
    """The recipient speaks of the journey, so it has everything sent to it before `at`.

    For intake in the portal and for reports that quote no delivery. The caller holds the
    journey's lock.
    """
    sent = Delivery.objects.filter(
        journey=journey, recipient=by, status=DeliveryStatus.SENT, sent_at__lte=at
    )
    for delivery_id in sent.values_list("pk", flat=True):
        confirm_delivery(journey, delivery_id, reference=reference, at=at, now=now)


def confirm_delivery(
    journey: Journey, delivery_id: UUID, *, reference: str, at: datetime, now: datetime
) -> None:
    """The recipient confirmed the delivery it names. The caller holds the journey's lock."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "packet")
        .get(pk=delivery_id)
    )
    confirmed(journey, delivery, reference=reference, at=at, now=now)


def _event(delivery: Delivery, *, at: datetime, now: datetime) -> Event:
    role = role_of(delivery.recipient)
    number_fact = NUMBER_FACTS.get(PartyRole(role))
    number = delivery.partner_case_number
    return Event(
        id=f"delivery:{delivery.pk}:accepted",
        kind="hand_off",
        status="accepted",
        source=delivery.recipient.slug,
        source_name=delivery.recipient.name,
        role=role,
        transport=delivery.endpoint.transport,
        to=(role,),
        facts={number_fact: number} if number_fact and number else {},
        note=f"Case {number}" if number else "",
        occurred_at=at,
        received_at=now,
    )
