"""Put a journey's newest packet on its way to a partner: a row, which is the schedule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Organization
from journeys.core.circuit import Circuit
from journeys.domain.disclosing import says_agreement
from journeys.domain.drawing import ask_for_packets
from journeys.domain.nudges import nudge
from journeys.enums import ENDINGS, DeliveryStatus, PacketKind
from journeys.models import Delivery, Endpoint, Journey, Packet

# What goes over goes first; whoever downloads the packet comes later than that.
DRAWN_LATER_SECONDS = 1.0


def queue_delivery(
    journey: Journey, *, recipient: Organization, now: datetime, packet: Packet | None = None
) -> Delivery | None:
    """Queue a packet, else the newest enrollment and what changed since, for a recipient, once.

    None when it takes nothing from us.

    The caller holds the journey's lock.
    """
    endpoint = endpoint_of(recipient)
    if endpoint is None:
        return None
    if packet is not None:
        return _queued(journey, recipient, endpoint, packet, now=now)
    kept = Packet.objects.filter(journey=journey).order_by("-version")
    delivery = _queued(
        journey, recipient, endpoint, kept.filter(kind=PacketKind.ENROLLMENT)[0], now=now
    )
    # The enrollment names the insurance it was signed with.
    changed = kept.filter(kind=PacketKind.COVERAGE).first()
    if changed is not None:
        _queued(journey, recipient, endpoint, changed, now=now)
    return delivery


def _queued(
    journey: Journey, recipient: Organization, endpoint: Endpoint, packet: Packet, *, now: datetime
) -> Delivery:
    delivery: Delivery = Delivery.objects.get_or_create(
        packet=packet,
        recipient=recipient,
        defaults={
            "organization_id": journey.organization_id,
            "party_ids": journey.party_ids,
            "journey": journey,
            "endpoint": endpoint,
            "urgent": journey.urgent,
            "trouble": waits_for(recipient.name) if circuit_of(endpoint).open else "",
            "created_at": now,
            "next_attempt_at": now,
        },
    )[0]
    nudge("journeys.tasks.send_due_deliveries", queue="routing")
    ask_for_packets(later=DRAWN_LATER_SECONDS)
    return delivery


def circuit_of(endpoint: Endpoint) -> Circuit:
    """How sending to it goes, as the rule reads it."""
    return Circuit(endpoint.failures, endpoint.failing_since, endpoint.quiet_until)


def waits_for(recipient: str) -> str:
    """What stands in the way of what was not tried because its partner is down."""
    return f"{recipient} does not answer; it goes out when they do."


def endpoint_of(recipient: Organization) -> Endpoint | None:
    """Where this partner takes what is sent to it; None when it takes nothing from us now."""
    its = Endpoint.objects.filter(organization=recipient, active=True, fallback=False)
    found: Endpoint | None = its.first()
    return found


def keep_packet(
    journey: Journey,
    body: Mapping[str, Any],
    digest: str,
    *,
    now: datetime,
    kind: PacketKind = PacketKind.ENROLLMENT,
) -> Packet:
    """Keep what is handed over as the journey's next version. The caller holds its lock."""
    version = Packet.objects.filter(journey=journey).count() + 1
    kept: Packet = Packet.objects.create(
        organization_id=journey.organization_id,
        party_ids=journey.party_ids,
        journey=journey,
        version=version,
        kind=kind,
        body=dict(body),
        agreement=says_agreement(body),
        digest=digest,
        created_at=now,
    )
    return kept


def earlier_recipients(journey: Journey) -> list[Organization]:
    """Everyone an enrollment of this journey is or was on its way to."""
    deliveries = Delivery.objects.filter(journey=journey)
    return list(Organization.objects.filter(pk__in=deliveries.values("recipient")))


def send_to_earlier_recipients(journey: Journey, packet: Packet, *, now: datetime) -> None:
    """Put a packet on its way to everyone who may have had an earlier one.

    Word that something ended goes only to those who got something: nobody else learns of it.
    """
    for recipient in earlier_recipients(journey):
        if packet.kind not in ENDINGS or _may_have(journey, recipient):
            queue_delivery(journey, recipient=recipient, packet=packet, now=now)


def _may_have(journey: Journey, recipient: Organization) -> bool:
    """Whether anything went out to them, as far as we know or cannot exclude."""
    its = Delivery.objects.filter(journey=journey, recipient=recipient)
    # One that is sent anew begins its count again, and what was tried before may have arrived.
    tried = its.filter(Q(attempts__gt=0) | Q(tries__isnull=False))
    return bool(tried.exclude(status=DeliveryStatus.WITHHELD).exists())


def reason_of(delivery: Delivery) -> str | None:
    """What a hand-over tells, for the story; None for an enrollment."""
    kind = delivery.packet.kind
    return None if kind == PacketKind.ENROLLMENT else str(kind)
