"""Send again what had stopped: a person's decision."""

from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.domain.nudges import nudge
from journeys.domain.recording import lock_journey
from journeys.domain.sending import endpoint_of
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Delivery, Endpoint

STOPPED = (DeliveryStatus.REJECTED, DeliveryStatus.WITHHELD, DeliveryStatus.ABANDONED)


class NotReplayable(ValueError):
    """It cannot be sent again; the text says why."""


def can_go_as_packet(delivery: Delivery) -> bool:
    """Whether it is stuck on its own way: it stopped, or a try of it failed."""
    failed = delivery.status == DeliveryStatus.PENDING and bool(delivery.trouble)
    return failed or delivery.status in (DeliveryStatus.ABANDONED, DeliveryStatus.REJECTED)


def replay_delivery(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    """Put a stopped delivery at the foot of the ladder again, under the same id.

    The caller has checked that the actor may. Raises NotReplayable.
    """
    with every_tenant(reason="the one who replays may be the operator", actor=by):
        lock_journey(delivery.journey_id)
        stopped = newest(delivery.pk)
        if stopped.status not in STOPPED:
            raise NotReplayable("This is on its way already, or has arrived.")
        endpoint = endpoint_of(stopped.recipient)
        if endpoint is None:
            raise NotReplayable(f"The address of {stopped.recipient.name} is switched off.")
        begin_again(stopped, endpoint, now=now)
        audit.wrote(stopped, action="replayed")


def send_as_packet(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    """Hand a delivery that does not go through over as a PDF packet instead, under the same id.

    The caller has checked that the actor may. Raises NotReplayable.
    """
    with every_tenant(reason="the one who decides may be the operator", actor=by):
        lock_journey(delivery.journey_id)
        stuck = newest(delivery.pk)
        if stuck.status == DeliveryStatus.CLAIMED:
            raise NotReplayable("It is being sent at this moment; look again in a minute.")
        if stuck.status not in (*STOPPED, DeliveryStatus.PENDING):
            raise NotReplayable("This has arrived already.")
        fallback, _ = Endpoint.objects.get_or_create(
            organization=stuck.recipient, fallback=True, transport=Transport.PACKET
        )
        if stuck.endpoint_id == fallback.pk:
            raise NotReplayable("It goes as a PDF packet already.")
        begin_again(stuck, fallback, now=now)
        audit.wrote(stuck, action="sent as a PDF packet")


def begin_again(delivery: Delivery, endpoint: Endpoint, *, now: datetime) -> None:
    """Put a delivery at the foot of the ladder, by this endpoint. The caller holds its journey."""
    delivery.endpoint = endpoint
    delivery.status = DeliveryStatus.PENDING
    delivery.attempts = 0
    delivery.trouble = ""
    delivery.settled_at = None
    delivery.next_attempt_at = now
    delivery.untold = False
    delivery.save(
        update_fields=[
            "endpoint",
            "status",
            "attempts",
            "trouble",
            "settled_at",
            "next_attempt_at",
            "untold",
        ]
    )
    nudge("journeys.tasks.send_due_deliveries", queue="routing")


def newest(delivery_id: UUID) -> Delivery:
    """The delivery, locked, if nothing newer of its kind went after it. Raises NotReplayable."""
    delivery: Delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "packet", "endpoint")
        .get(pk=delivery_id)
    )
    newer = Delivery.objects.filter(
        journey_id=delivery.journey_id,
        recipient=delivery.recipient,
        packet__kind=delivery.packet.kind,
        packet__version__gt=delivery.packet.version,
    )
    if newer.exists():
        raise NotReplayable("A newer version was sent after this one.")
    return delivery
