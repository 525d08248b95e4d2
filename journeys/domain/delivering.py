"""Send what is due: claim and commit, send with no transaction open, settle and commit."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from accounts.tenancy import every_tenant
from journeys.core.consent import Refusal
from journeys.core.delivery import Receipt, TransportError, next_attempt_at
from journeys.domain.carrying import Carrier, Claimed, EndpointGone, Refused, Result, carry
from journeys.domain.claiming import UNSETTLED, claim
from journeys.domain.confirming import confirmed
from journeys.domain.recording import lock_journey
from journeys.domain.telling_people import close_work, open_work, tell_journey
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, DeliveryAttempt, Endpoint, Journey

log = structlog.get_logger(__name__)
BATCH = 200


def deliver_due(
    *, carriers: Mapping[str, Carrier], clock: Callable[[], datetime], limit: int = BATCH
) -> int:
    """Send up to `limit` due deliveries; how many were taken.

    A process that dies on the way loses nothing: the lease runs out and another takes the
    same deliveries, under the same ids.
    """
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    batch = claim(limit=limit, lease=lease, now=clock())
    for delivery_id, journey_id, refusal in batch.withheld:
        _withhold(delivery_id, journey_id, refusal, now=clock())
    for delivery_id, journey_id in batch.worn_out:
        _give_up(delivery_id, journey_id, now=clock())
    for claimed, result in carry(batch.claimed, carriers):
        try:
            settle(claimed, result, now=clock())
        except Exception as error:  # it is sent again when its lease runs out; others go on
            log.error("settling_broke", delivery=str(claimed.delivery_id), exc_info=error)
    return len(batch.claimed) + len(batch.withheld) + len(batch.worn_out)


def settle(claimed: Claimed, result: Result, *, now: datetime) -> None:
    """Keep what came of one attempt, and tell the journey and the people it concerns.

    A process that lost its lease meanwhile only completes its attempt, unless it brings the
    partner's answer: that counts whoever brings it.
    """
    with every_tenant(reason="the exchange settles what it sent for every practice"):
        journey = lock_journey(claimed.journey_id)
        delivery = _locked(claimed.delivery_id)
        if result is None:
            _hand_back(delivery, claimed)
            return
        outcome = "Taken in" if isinstance(result, Receipt) else str(result)
        DeliveryAttempt.objects.filter(pk=claimed.attempt_id).update(
            finished_at=now, outcome=outcome[:200]
        )
        if delivery.status not in UNSETTLED:
            return
        if isinstance(result, Receipt):
            _sent(journey, delivery, result, now=now)
        elif delivery.attempts == claimed.attempt and delivery.status == DeliveryStatus.CLAIMED:
            _failed(journey, delivery, result, now=now)


def _locked(delivery_id: UUID) -> Delivery:
    locked: Delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "endpoint", "packet")
        .get(pk=delivery_id)
    )
    return locked


def _hand_back(delivery: Delivery, claimed: Claimed) -> None:
    """Nothing was sent: as if it had not been taken."""
    DeliveryAttempt.objects.filter(pk=claimed.attempt_id).delete()
    if delivery.attempts == claimed.attempt and delivery.status == DeliveryStatus.CLAIMED:
        delivery.attempts -= 1
        delivery.status = DeliveryStatus.PENDING
        delivery.lease_until = None
        delivery.save(update_fields=["attempts", "status", "lease_until"])


def _sent(journey: Journey, delivery: Delivery, receipt: Receipt, *, now: datetime) -> None:
    """Taken in; a case number in the same breath is the confirmation, and all there is to tell."""
    if receipt.reference:
        confirmed(journey, delivery, reference=receipt.reference, at=now, now=now)
        return
    delivery.status = DeliveryStatus.SENT
    delivery.sent_at = now
    delivery.trouble = ""
    delivery.lease_until = None
    delivery.save(update_fields=["status", "sent_at", "trouble", "lease_until"])
    close_work(delivery, why=f"{delivery.recipient.name} has it now.", now=now)
    tell_journey(journey, delivery, now=now)


def _failed(journey: Journey, delivery: Delivery, error: TransportError, *, now: datetime) -> None:
    """Back on the ladder, or off it for good: then a person is told."""
    delivery.trouble = str(error)[:200]
    again_at = (
        None
        if error.permanent
        else next_attempt_at(
            delivery.attempts, now=now, key=str(delivery.pk), retry_after=error.retry_after
        )
    )
    if isinstance(error, EndpointGone):
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(active=False)
    if again_at is not None:
        delivery.status = DeliveryStatus.PENDING
        delivery.next_attempt_at = again_at
        delivery.lease_until = None
        delivery.save(update_fields=["status", "next_attempt_at", "lease_until", "trouble"])
        return
    refused = isinstance(error, Refused)
    status = DeliveryStatus.REJECTED if refused else DeliveryStatus.ABANDONED
    _stop(journey, delivery, status, now=now)


def _withhold(delivery_id: UUID, journey_id: UUID, refusal: Refusal, *, now: datetime) -> None:
    with every_tenant(reason="the exchange holds back what a patient has not permitted"):
        journey, delivery = lock_journey(journey_id), _locked(delivery_id)
        if delivery.status in UNSETTLED:
            delivery.trouble = refusal.sentence[:200]
            _stop(journey, delivery, DeliveryStatus.WITHHELD, now=now)


def _give_up(delivery_id: UUID, journey_id: UUID, *, now: datetime) -> None:
    """Every attempt was interrupted: something about this delivery stops our workers."""
    with every_tenant(reason="the exchange gives up what it cannot send"):
        journey, delivery = lock_journey(journey_id), _locked(delivery_id)
        if delivery.status in UNSETTLED:
            delivery.trouble = delivery.trouble or "Sending it was interrupted every time."
            _stop(journey, delivery, DeliveryStatus.ABANDONED, now=now)


def _stop(journey: Journey, delivery: Delivery, status: str, *, now: datetime) -> None:
    delivery.status = DeliveryStatus(status)
    delivery.settled_at = now
    delivery.lease_until = None
    delivery.save(update_fields=["status", "settled_at", "lease_until", "trouble"])
    tell_journey(journey, delivery, now=now)
    open_work(journey, delivery, now=now)
