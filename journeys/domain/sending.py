"""Put a journey's newest packet on its way to a partner: a row, which is the schedule."""

from datetime import datetime

from accounts.models import Organization
from journeys.domain.nudges import nudge
from journeys.models import Delivery, Endpoint, Journey, Packet


def queue_delivery(journey: Journey, *, recipient: Organization, now: datetime) -> Delivery | None:
    """Queue the newest packet for a recipient, once. None when it takes nothing from us.

    The caller holds the journey's lock.
    """
    endpoint = Endpoint.objects.filter(organization=recipient, active=True).first()
    if endpoint is None:
        return None
    packet = Packet.objects.filter(journey=journey).order_by("-version").first()
    delivery: Delivery = Delivery.objects.get_or_create(
        packet=packet,
        recipient=recipient,
        defaults={
            "organization_id": journey.organization_id,
            "party_ids": journey.party_ids,
            "journey": journey,
            "endpoint": endpoint,
            "created_at": now,
            "next_attempt_at": now,
        },
    )[0]
    nudge("journeys.tasks.send_due_deliveries", queue="routing")
    return delivery
