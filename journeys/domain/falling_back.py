"""Send another way what does not reach a program's hub, as the program's route says.

What the hub refused stays with a person: it was reached, and said no.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts import audit
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.recording import lock_journey
from journeys.domain.replaying import NotReplayable, begin_again, newest
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Delivery, Endpoint

# What was given up longer ago is a person's by now.
LOOKS_BACK = timedelta(days=7)
AT_ONCE = 100
# The shortest that a route may wait.
SOONEST = timedelta(hours=1)
# Each hub can take these, whatever its system does.
NEEDS_NO_ADDRESS = (Transport.PACKET, Transport.PORTAL)


def fall_back(*, now: datetime) -> int:
    """Put on its fall-back what was given up, or has not gone through for as long as its program
    waits; how many were.
    """
    with every_tenant(reason="what does not reach a hub goes another way, for every practice"):
        due = list(_due(now))
    went = 0
    for delivery_id, way in due[:AT_ONCE]:
        try:
            _go(delivery_id, way, now=now)
        except NotReplayable:
            # A newer version went, or it was sent meanwhile.
            continue
        went += 1
    return went


def _due(now: datetime) -> Iterator[tuple[UUID, str]]:
    failing = Endpoint.objects.filter(fallback=False, failing_since__lte=now - SOONEST)
    given_up = Q(status=DeliveryStatus.ABANDONED, settled_at__gte=now - LOOKS_BACK)
    waits = Q(status=DeliveryStatus.PENDING, endpoint__in=failing, created_at__lte=now - SOONEST)
    route = KeyTransform("route", "journey__program_version__definition")
    stuck = (
        Delivery.objects.filter(given_up | waits, endpoint__fallback=False)
        .annotate(
            hub=KeyTextTransform("hub", route),
            way=KeyTextTransform("fallback", route),
            hours=KeyTextTransform("fallback_hours", route),
        )
        .filter(recipient__slug=F("hub"), way__gt="")
        .order_by("created_at")
    )
    for pk, status, created_at, way, hours in stuck.values_list(
        "pk", "status", "created_at", "way", "hours"
    ):
        patience = timedelta(hours=int(hours)) if hours else PATIENCE
        if status == DeliveryStatus.ABANDONED or created_at <= now - patience:
            yield pk, way


# What Route.fallback_hours is when a definition does not say it.
PATIENCE = timedelta(hours=24)


def _go(delivery_id: UUID, way: str, *, now: datetime) -> None:
    with every_tenant(reason="what does not reach a hub goes another way, for every practice"):
        lock_journey(Delivery.objects.values_list("journey", flat=True).get(pk=delivery_id))
        stuck = newest(delivery_id)
        if stuck.status not in (DeliveryStatus.ABANDONED, DeliveryStatus.PENDING):
            raise NotReplayable("It was sent meanwhile.")
        endpoint = fallback_of(stuck.recipient, way)
        begin_again(stuck, endpoint, now=now)
        audit.wrote(stuck, action="sent by the fall-back", purpose=endpoint.transport)


def fallback_of(partner: Organization, way: str) -> Endpoint:
    """Where a partner takes what does not go its own way.

    Letters and faxes go to the address that it once gave for them; without one, and for any
    other way, a PDF packet is made.
    """
    known = None
    if way not in NEEDS_NO_ADDRESS:
        its = Endpoint.objects.filter(organization=partner, transport=way, fallback=False)
        known = its.exclude(address="").first()
        way = way if known else Transport.PACKET
    endpoint: Endpoint = Endpoint.objects.get_or_create(
        organization=partner, transport=way, fallback=True
    )[0]
    if known:
        endpoint.address, endpoint.options = known.address, known.options
        endpoint.secret, endpoint.active = known.secret, True
        endpoint.save(update_fields=["address", "options", "secret", "active"])
    return endpoint
