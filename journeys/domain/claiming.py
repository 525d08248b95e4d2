"""Take due deliveries for this process alone. The table is the schedule; the lease is its clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.tenancy import every_tenant
from journeys.core.consent import Refusal
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain.carrying import Claimed, Route
from journeys.domain.disclosing import outgoing_of, refusal_for, role_of
from journeys.enums import DeliveryStatus
from journeys.models import ConsentGrant, Delivery, DeliveryAttempt, Endpoint

UNSETTLED = (DeliveryStatus.PENDING, DeliveryStatus.CLAIMED)
INTERRUPTED = "Interrupted before an answer was kept; the same delivery is sent again."


@dataclass(frozen=True)
class Batch:
    """What was taken: to send, to hold back for want of consent, and to give up."""

    claimed: list[Claimed]
    withheld: list[tuple[UUID, UUID, Refusal]]
    worn_out: list[tuple[UUID, UUID]]


def claim(*, limit: int, lease: timedelta, now: datetime) -> Batch:
    """Lease due deliveries and write an attempt for each; committed before anything is sent.

    A delivery whose lease ran out is taken again. One waits while an earlier delivery of the
    same journey to the same recipient is not settled, and while its endpoint is off. The lease
    runs by the database's clock, which all workers share.
    """
    with every_tenant(reason="the exchange sends for every practice"):
        due = list(_due(limit, now))
        grants = _grants(due)
        batch = Batch([], [], [])
        taken: list[tuple[Delivery, str]] = []
        for delivery in due:
            role = role_of(delivery.recipient)
            if delivery.attempts >= MAX_ATTEMPTS:
                batch.worn_out.append((delivery.pk, delivery.journey_id))
                continue
            refusal = refusal_for(delivery, role=role, grants=grants[delivery.journey_id], at=now)
            if refusal:
                batch.withheld.append((delivery.pk, delivery.journey_id, refusal))
            else:
                taken.append((delivery, role))
        batch.claimed.extend(_lease(taken, lease, now=now))
        return batch


def _due(limit: int, now: datetime) -> "QuerySet[Delivery]":
    earlier = Delivery.objects.filter(
        journey=OuterRef("journey"),
        recipient=OuterRef("recipient"),
        packet__version__lt=OuterRef("packet__version"),
        status__in=UNSETTLED,
    )
    due: QuerySet[Delivery] = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("endpoint", "recipient", "packet", "journey")
        .filter(status__in=UNSETTLED, next_attempt_at__lte=now, endpoint__active=True)
        .filter(Q(status=DeliveryStatus.PENDING) | Q(lease_until__lt=Now()))
        .filter(~Exists(earlier))
        .order_by("next_attempt_at")[:limit]
    )
    return due


def _grants(due: Iterable[Delivery]) -> Mapping[UUID, list[ConsentGrant]]:
    grants: dict[UUID, list[ConsentGrant]] = defaultdict(list)
    for grant in ConsentGrant.objects.filter(journey__in={d.journey_id for d in due}):
        grants[grant.journey_id].append(grant)
    return grants


def _lease(
    taken: list[tuple[Delivery, str]], lease: timedelta, *, now: datetime
) -> Iterable[Claimed]:
    ids = [delivery.pk for delivery, _ in taken]
    last = _earlier_tries([delivery.pk for delivery, _ in taken if delivery.attempts], now=now)
    Delivery.objects.filter(pk__in=ids).update(
        status=DeliveryStatus.CLAIMED, attempts=F("attempts") + 1, lease_until=Now() + lease
    )
    attempts = DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            organization_id=delivery.organization_id,
            party_ids=delivery.party_ids,
            delivery=delivery,
            number=last.get(delivery.pk, 0) + 1,
            started_at=now,
        )
        for delivery, _ in taken
    )
    routes = {d.endpoint_id: route_of(d.endpoint, d.recipient.name) for d, _ in taken}
    return [
        Claimed(
            delivery_id=delivery.pk,
            journey_id=delivery.journey_id,
            attempt_id=attempt.pk,
            attempt=delivery.attempts + 1,
            route=routes[delivery.endpoint_id],
            outgoing=outgoing_of(delivery, role=role, attempt=attempt.number),
        )
        for (delivery, role), attempt in zip(taken, attempts, strict=True)
    ]


def _earlier_tries(ids: list[UUID], *, now: datetime) -> Mapping[UUID, int]:
    """Each delivery's last attempt by number, those that were interrupted ended."""
    if not ids:
        return {}
    tries = DeliveryAttempt.objects.filter(delivery__in=ids)
    tries.filter(finished_at=None).update(finished_at=now, outcome=INTERRUPTED)
    return dict(tries.values_list("delivery").annotate(Max("number")))


def route_of(endpoint: Endpoint, recipient: str) -> Route:
    """The endpoint as an adapter reads it; during a change of secret both of them sign."""
    secrets = (endpoint.secret, endpoint.previous_secret)
    return Route(
        endpoint_id=endpoint.pk,
        transport=endpoint.transport,
        recipient=recipient,
        address=endpoint.address,
        secrets=tuple(secret for secret in secrets if secret),
        concurrency=max(1, endpoint.concurrency),
    )
