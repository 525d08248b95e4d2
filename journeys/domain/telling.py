"""Write into the journeys what became of deliveries: after the ledger, and never without it."""

from datetime import datetime
from uuid import UUID

import structlog

from accounts.tenancy import every_tenant
from journeys.domain.confirming import tell_acceptance
from journeys.domain.recording import lock_journey
from journeys.domain.telling_people import close_work, open_work, tell_journey
from journeys.enums import DeliveryStatus
from journeys.models import Delivery

log = structlog.get_logger(__name__)
# So many journeys that cannot be told stand before nobody else's.
MOST_BROKEN = 200


def tell(*, limit: int, now: datetime) -> int:
    """Tell up to `limit` journeys of deliveries that were settled; how many were told.

    A delivery whose telling breaks stays untold, and the others go on.
    """
    with every_tenant(reason="the exchange looks for what no journey knows yet"):
        untold = Delivery.objects.filter(untold=True).order_by("created_at")
        found = untold.values_list("pk", "journey_id")[: limit + MOST_BROKEN]
        waiting = list(found)
    told = 0
    for delivery_id, journey_id in waiting:
        if told == limit:
            break
        told += _told(delivery_id, journey_id, now=now)
    return told


def _told(delivery_id: UUID, journey_id: UUID, *, now: datetime) -> bool:
    try:
        with every_tenant(reason="a delivery's end concerns every party of its journey"):
            return _tell(delivery_id, journey_id, now=now)
    except Exception as error:  # the ledger holds it; the next look tries again
        log.error("telling_broke", delivery=str(delivery_id), exc_info=error)
        return False


def _tell(delivery_id: UUID, journey_id: UUID, *, now: datetime) -> bool:
    journey = lock_journey(journey_id)
    delivery: Delivery | None = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient", "endpoint", "packet")
        .filter(pk=delivery_id, untold=True)
        .first()
    )
    if delivery is None:
        return False  # another worker told it meanwhile
    Delivery.objects.filter(pk=delivery_id).update(untold=False)
    if delivery.status == DeliveryStatus.ACCEPTED:
        tell_acceptance(journey, delivery, at=delivery.settled_at or now, now=now)
    elif delivery.status == DeliveryStatus.SENT:
        close_work(delivery, why=f"{delivery.recipient.name} has it now.", now=now)
        tell_journey(journey, delivery, now=now)
    else:
        tell_journey(journey, delivery, now=now)
        open_work(journey, delivery, now=now)
    return True
