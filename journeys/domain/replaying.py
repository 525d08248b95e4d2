"""Send again what had stopped: a person's decision."""

from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.domain.nudges import nudge
from journeys.domain.recording import lock_journey
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint

STOPPED = (DeliveryStatus.REJECTED, DeliveryStatus.WITHHELD, DeliveryStatus.ABANDONED)


class NotReplayable(ValueError):
    """It cannot be sent again; the text says why."""


def replay_delivery(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    """Put a stopped delivery at the foot of the ladder again, under the same id.

    The caller has checked that the actor may. Raises NotReplayable.
    """
    with every_tenant(reason="the one who replays may be the operator", actor=by):
        lock_journey(delivery.journey_id)
        stopped = _stopped(delivery.pk)
        endpoint = Endpoint.objects.filter(organization=stopped.recipient, active=True).first()
        if endpoint is None:
            raise NotReplayable(f"The address of {stopped.recipient.name} is switched off.")
        stopped.endpoint = endpoint
        stopped.status = DeliveryStatus.PENDING
        stopped.attempts = 0
        stopped.trouble = ""
        stopped.settled_at = None
        stopped.next_attempt_at = now
        stopped.save(
            update_fields=[
                "endpoint",
                "status",
                "attempts",
                "trouble",
                "settled_at",
                "next_attempt_at",
            ]
        )
        audit.wrote(stopped, action="replayed")
        nudge("journeys.tasks.send_due_deliveries", queue="routing")


def _stopped(delivery_id: UUID) -> Delivery:
    """The delivery, locked, if it stands still and nothing newer went after it."""
    delivery: Delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "packet")
        .get(pk=delivery_id)
    )
    if delivery.status not in STOPPED:
        raise NotReplayable("This is on its way already, or has arrived.")
    newer = Delivery.objects.filter(
        journey_id=delivery.journey_id,
        recipient=delivery.recipient,
        packet__kind=delivery.packet.kind,
        packet__version__gt=delivery.packet.version,
    )
    if newer.exists():
        raise NotReplayable("A newer version was sent after this one.")
    return delivery
