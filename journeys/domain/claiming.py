"""Take due deliveries for this process alone. The table is the schedule; the lease is its clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When

from accounts.tenancy import every_tenant
from accounts.writing import Statement, answers_of, run
from journeys.core.consent import Refusal
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain.carrying import Claimed, Route
from journeys.domain.disclosing import outgoing_of, refusal_for, role_of
from journeys.domain.lanes import Lane, open_lanes
from journeys.domain.ledger import begin_attempts
from journeys.domain.papers import Appended, appended_to
from journeys.enums import BATCHED, PAPER, DeliveryStatus, PacketKind
from journeys.models import ConsentGrant, Delivery, Endpoint, Packet

UNSETTLED = (DeliveryStatus.PENDING, DeliveryStatus.CLAIMED)
# Every value is a parameter.
BACK = (
    "update journeys_delivery set status = %s, lease_until = null"
    " where status = %s and lease_until < statement_timestamp()"
)
LEASE_END = "select clock_timestamp() + make_interval(secs => %s)"
INTERRUPT = (
    "update journeys_deliveryattempt set finished_at = %s, outcome = %s"
    " where delivery_id = any(%s) and finished_at is null"
)
TRIED = (
    "select delivery_id, max(number) from journeys_deliveryattempt"
    " where delivery_id = any(%s) group by delivery_id"
)
INTERRUPTED = "Interrupted before an answer was kept; the same delivery is sent again."


@dataclass(frozen=True)
class Batch:
    """What was taken: to send, to hold back for want of consent, and to give up."""

    claimed: list[Claimed]
    withheld: list[tuple[UUID, UUID, Refusal]]
    worn_out: list[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Taken:
    """A delivery of this batch, its recipient's role, and the connections of its lane."""

    delivery: Delivery
    role: str
    connections: int


def claim(*, limit: int, lease: timedelta, now: datetime) -> Batch:
    """Lease due deliveries and write an attempt for each; committed before anything is sent.

    A delivery whose lease ran out is taken again. One waits while an earlier delivery of the
    same journey to the same recipient is not settled, and while its endpoint is off or rests.
    Urgent ones go first. The lease runs by the database's clock, which all workers share.
    """
    with every_tenant(reason="the exchange sends for every practice"):
        _take_back()
        batch = Batch([], [], [])
        taken: list[Taken] = []
        lanes = open_lanes(now=now)
        for lane in lanes:
            share = max(1, limit // len(lanes))
            found = list(_of_lane(lane, share, now))
            for each in found:
                each.endpoint, each.recipient = lane.endpoint, lane.endpoint.organization
            if lane.given_up:
                batch.worn_out.extend((each.pk, each.journey_id) for each in found)
                _switch_off_when_empty(lane.endpoint, left=len(found) == share)
                continue
            # All that waits fits into one batch: no other will need the rest of the connections.
            # Files are numbered, so one worker at a time writes them.
            alone = len(found) < share or lane.endpoint.transport in BATCHED
            connections = lane.free if alone else (lane.free + 1) // 2
            taken += [Taken(each, role_of(each.recipient), connections) for each in found]
        batch.claimed.extend(_lease(_permitted(taken, batch, now=now), lease, now=now))
        return batch


def _take_back() -> None:
    """What a worker that died had is due again."""
    run([Statement(BACK, [DeliveryStatus.PENDING, DeliveryStatus.CLAIMED])])


def _switch_off_when_empty(endpoint: Endpoint, *, left: bool) -> None:
    """A partner that was down for days: once nothing waits any more, nothing new goes there."""
    if not left:
        Endpoint.objects.filter(pk=endpoint.pk).update(active=False)


def _permitted(taken: Iterable[Taken], batch: Batch, *, now: datetime) -> list[Taken]:
    """Those that may still be tried and told; the others go to the batch's other lists."""
    taken = list(taken)
    grants = _grants(each.delivery for each in taken)
    permitted = []
    for each in taken:
        delivery = each.delivery
        if delivery.attempts >= MAX_ATTEMPTS:
            batch.worn_out.append((delivery.pk, delivery.journey_id))
            continue
        known = grants[delivery.journey_id]
        refusal = refusal_for(delivery, role=each.role, grants=known, at=now)
        if refusal:
            batch.withheld.append((delivery.pk, delivery.journey_id, refusal))
        else:
            permitted.append(each)
    return permitted


# Of the journey only its number goes over; its other columns, some of them sealed, stay where
# they are. The endpoint and its organization are the lane's.
_READ = (
    *(field.name for field in Delivery._meta.concrete_fields),
    *(f"packet__{field.name}" for field in Packet._meta.concrete_fields),
    "journey__number",
)


def _of_lane(lane: Lane, limit: int, now: datetime) -> "QuerySet[Delivery]":
    """What may go down this lane, the urgent first; a probe is whatever was tried longest ago."""
    earlier = Delivery.objects.filter(
        journey=OuterRef("journey"),
        recipient=OuterRef("recipient"),
        packet__version__lt=OuterRef("packet__version"),
        status__in=UNSETTLED,
    )
    its: QuerySet[Delivery] = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("packet", "journey")
        .only(*_READ)
        .filter(endpoint=lane.endpoint)
    )
    pending = its.filter(~Exists(earlier), status=DeliveryStatus.PENDING)
    if lane.probing or lane.given_up:
        return pending.order_by("next_attempt_at", "created_at")[: limit if lane.given_up else 1]
    return pending.filter(next_attempt_at__lte=now).order_by(
        "-urgent", "next_attempt_at", "created_at"
    )[:limit]


def _grants(due: Iterable[Delivery]) -> Mapping[UUID, list[ConsentGrant]]:
    grants: dict[UUID, list[ConsentGrant]] = defaultdict(list)
    for grant in ConsentGrant.objects.filter(journey__in={d.journey_id for d in due}):
        grants[grant.journey_id].append(grant)
    return grants


def _lease(taken: list[Taken], lease: timedelta, *, now: datetime) -> Iterable[Claimed]:
    if not taken:
        return []
    ids = [each.delivery.pk for each in taken]
    until, last = _beginning(ids, lease, now=now)
    due = {each.delivery.pk for each in taken if each.delivery.next_attempt_at <= now}
    for connections in {each.connections for each in taken}:
        its = [each.delivery.pk for each in taken if each.connections == connections]
        Delivery.objects.filter(pk__in=its).update(
            attempts=F("attempts") + Case(When(next_attempt_at__lte=now, then=1), default=0),
            status=DeliveryStatus.CLAIMED,
            lease_until=until,
            connections=connections,
        )
    numbers = {delivery_id: last.get(delivery_id, 0) + 1 for delivery_id in ids}
    attempts = begin_attempts(numbers, now=now)
    routes = {
        each.delivery.endpoint_id: route_of(
            each.delivery.endpoint, each.delivery.recipient.name, connections=each.connections
        )
        for each in taken
    }
    return [
        Claimed(
            delivery_id=each.delivery.pk,
            journey_id=each.delivery.journey_id,
            attempt_id=attempts[each.delivery.pk],
            attempt=each.delivery.attempts + (each.delivery.pk in due),
            counted=each.delivery.pk in due,
            lease_until=until,
            route=routes[each.delivery.endpoint_id],
            outgoing=replace(
                outgoing_of(each.delivery, role=each.role, attempt=numbers[each.delivery.pk]),
                papers=_papers(each),
            ),
        )
        for each in taken
    ]


def _papers(taken: Taken) -> Sequence[Appended]:
    """What is printed at the end, where the packet goes as paper."""
    delivery = taken.delivery
    goes_as_paper = delivery.endpoint.transport in PAPER
    if not goes_as_paper or delivery.packet.kind != PacketKind.ENROLLMENT:
        return ()
    return appended_to(delivery.packet, role=taken.role)


def _beginning(
    ids: list[UUID], lease: timedelta, *, now: datetime
) -> tuple[datetime, Mapping[UUID, int]]:
    """When the lease of a batch that begins now ends, by the database's clock, no two alike; and
    each delivery's last attempt by number, those that were interrupted ended."""
    (((until,),), _, tried) = answers_of(
        [
            Statement(LEASE_END, [lease.total_seconds()]),
            Statement(INTERRUPT, [now, INTERRUPTED, ids]),
            Statement(TRIED, [ids]),
        ]
    )
    return until, {row[0]: row[1] for row in tried}


def route_of(endpoint: Endpoint, recipient: str, *, connections: int) -> Route:
    """The endpoint as an adapter reads it; during a change of secret both of them sign."""
    secrets = (endpoint.secret, endpoint.previous_secret)
    return Route(
        endpoint_id=endpoint.pk,
        transport=endpoint.transport,
        recipient=recipient,
        address=endpoint.address,
        secrets=tuple(secret for secret in secrets if secret),
        options=MappingProxyType(endpoint.options),
        concurrency=connections,
        sequence=endpoint.sequence + 1,
    )
