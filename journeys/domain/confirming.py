"""Sent is not accepted: a partner's word that it took a delivery on, now or later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.prepared import Prepared, together
from accounts.tenancy import current_organization_id, every_tenant
from journeys.core.events import Event
from journeys.domain.disclosing import role_of
from journeys.domain.recording import lock_journey, record
from journeys.domain.sending import reason_of
from journeys.domain.telling_people import close_work
from journeys.enums import DeliveryStatus, PartyRole
from journeys.models import Delivery, Journey

# A delivery's journey and id, its status, when it was sent, and its attempts.
Sent = tuple[UUID, UUID, str, datetime | None, int]
# The fact under which a partner's own number for the case is known.
NUMBER_FACTS = {PartyRole.HUB: "hub_case_number", PartyRole.PHARMACY: "pharmacy_order_number"}
# Not only what we know to be sent: an answer may overtake our own note of it, or tell us that
# what seemed to fail arrived after all.
CONFIRMABLE = (
    DeliveryStatus.PENDING,
    DeliveryStatus.CLAIMED,
    DeliveryStatus.SENT,
    DeliveryStatus.ABANDONED,
)


def confirmed(
    journey: Journey, delivery: Delivery, *, reference: str, at: datetime, now: datetime
) -> None:
    """The recipient confirmed this delivery at `at`, under its own number if it gave one.

    The caller holds the journey's and then the delivery's lock. A second confirmation changes
    nothing.
    """
    if delivery.status not in CONFIRMABLE:
        return
    delivery.status = DeliveryStatus.ACCEPTED
    delivery.sent_at = delivery.sent_at or now
    delivery.settled_at = now
    delivery.lease_until = None
    delivery.partner_case_number = reference[:60]
    delivery.trouble = ""
    delivery.untold = False
    delivery.save(
        update_fields=[
            "status",
            "sent_at",
            "settled_at",
            "lease_until",
            "partner_case_number",
            "trouble",
            "untold",
        ]
    )
    tell_acceptance(journey, delivery, at=at, now=now)


def tell_acceptance(journey: Journey, delivery: Delivery, *, at: datetime, now: datetime) -> None:
    """Write the confirmation into the journey. The caller holds the journey's lock."""
    close_work(delivery, why=f"{delivery.recipient.name} confirmed it.", now=now)
    record(journey.pk, _event(delivery, at=at, now=now), actor=None, now=now)


def confirm_receipt(
    journey: Journey, *, by: Organization, reference: str = "", at: datetime, now: datetime
) -> None:
    """The recipient speaks of the journey, so it has what was sent to it by then.

    For intake in the portal and for reports that quote no delivery. Where nothing is noted as
    sent yet, what was tried must have arrived. The caller holds the journey's lock.
    """
    (its,) = together(sent_to(journey_ids=[journey.pk], recipient_id=by.pk))
    confirm_sent(journey, its, reference=reference, at=at, now=now)


@Prepared
def sent_to(journey_ids: UUID, recipient_id: UUID) -> QuerySet[Delivery, Any]:
    """What is or was on its way to a recipient, as `confirm_sent` takes it."""
    its: QuerySet[Delivery] = Delivery.objects.filter(
        journey__in=[journey_ids], recipient=recipient_id
    )
    return its.values_list("journey_id", "pk", "status", "sent_at", "attempts")


def confirm_sent(
    journey: Journey, its: Sequence[Sent], *, reference: str, at: datetime, now: datetime
) -> None:
    """The same, where what was sent to it is known already. The caller holds the journey's lock."""
    known = [each for each in its if each[2] in (DeliveryStatus.SENT, DeliveryStatus.ACCEPTED)]
    had = (
        [each for each in known if each[3] is not None and each[3] <= now]
        if known
        else [each for each in its if each[4]]
    )
    for _journey_id, delivery_id, status, _sent_at, _attempts in had:
        if status in CONFIRMABLE:
            confirm_delivery(journey, delivery_id, reference=reference, at=at, now=now)


def confirm_by_review(journey_id: UUID, *, by: Actor, now: datetime) -> None:
    """A hub that decides about an enrollment in the portal has it. Raises UnknownJourney."""
    with every_tenant(reason="a confirmation concerns every party", actor=by):
        hub = Organization.objects.get(pk=current_organization_id())
        confirm_receipt(lock_journey(journey_id), by=hub, at=now, now=now)


def confirm_by_hand(delivery: Delivery, *, reference: str, by: Actor, now: datetime) -> None:
    """Somebody at the recipient says that its packet is there. Raises UnknownJourney."""
    with every_tenant(reason="a confirmation concerns every party", actor=by):
        journey = lock_journey(delivery.journey_id)
        confirm_delivery(journey, delivery.pk, reference=reference, at=now, now=now)
        audit.wrote(delivery, action="confirmed by hand")


def confirm_delivery(
    journey: Journey, delivery_id: UUID, *, reference: str, at: datetime, now: datetime
) -> None:
    """The recipient confirmed the delivery it names. The caller holds the journey's lock."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "endpoint", "packet")
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
        reason=reason_of(delivery),
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
