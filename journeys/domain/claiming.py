"""Take due deliveries for this process alone. The table is the schedule; the lease is its clock."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from accounts.tenancy import every_tenant
from journeys.core.consent import Refusal
from journeys.core.delivery import MAX_ATTEMPTS, Outgoing
from journeys.domain.carrying import Claimed, Route
from journeys.domain.disclosing import needs_no_authorization, outgoing, refusal_by, role_of
from journeys.domain.due import Due, due_in
from journeys.domain.lanes import Lane, open_lanes
from journeys.domain.ledger import Attempt, begin_attempts
from journeys.domain.papers import Appended, appended_to
from journeys.enums import BATCHED, PAPER, DeliveryStatus, PacketKind
from journeys.models import ConsentGrant, Endpoint, Packet

UNSETTLED = (DeliveryStatus.PENDING, DeliveryStatus.CLAIMED)


@dataclass(frozen=True)
class Batch:
    """What was taken: to send, to hold back for want of consent, and to give up."""

    claimed: list[Claimed]
    withheld: list[tuple[UUID, UUID, Refusal]]
    worn_out: list[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Share:
    """What one batch takes of a lane, its recipient's role, and the connections it may open."""

    endpoint: Endpoint
    role: str
    connections: int
    due: Sequence[Due]


def claim(*, limit: int, lease: timedelta, now: datetime) -> Batch:
    """Lease due deliveries and write an attempt for each; committed before anything is sent.

    A delivery whose lease ran out is taken again. One waits while an earlier delivery of the
    same journey to the same recipient is not settled, and while its endpoint is off or rests.
    Urgent ones go first. The lease runs by the database's clock, which all workers share.
    """
    batch = Batch([], [], [])
    with every_tenant(reason="the exchange sends for every practice"):
        lanes = open_lanes(now=now)
        size = max(1, limit // max(1, len(lanes)))
        due = due_in(lanes, size, now=now)
        grants = _grants({each.journey_id for found in due for each in found})
        shares = []
        for lane, found in zip(lanes, due, strict=True):
            if lane.given_up:
                batch.worn_out.extend((each.id, each.journey_id) for each in found)
                _switch_off_when_empty(lane.endpoint, left=len(found) == size)
                continue
            permitted = _permitted(lane.endpoint, found, batch, grants, now=now)
            if permitted:
                shares.append(_share(lane, permitted, all_of_it=len(found) < size))
        batch.claimed.extend(_leased(shares, lease, now=now))
    return batch


def _switch_off_when_empty(endpoint: Endpoint, *, left: bool) -> None:
    """A partner that was down for days: once nothing waits any more, nothing new goes there."""
    if not left:
        Endpoint.objects.filter(pk=endpoint.pk).update(active=False)


def _permitted(
    endpoint: Endpoint,
    found: Iterable[Due],
    batch: Batch,
    grants: Mapping[UUID, list[ConsentGrant]],
    *,
    now: datetime,
) -> list[Due]:
    """Those that may still be tried and told; the others go to the batch's other lists."""
    recipient = endpoint.organization
    role = role_of(recipient)
    permitted = []
    for each in found:
        if each.attempts >= MAX_ATTEMPTS:
            batch.worn_out.append((each.id, each.journey_id))
            continue
        free = needs_no_authorization(each.handed, recipient=recipient, role=role)
        known = grants[each.journey_id]
        refusal = None if free else refusal_by(known, recipient=recipient, role=role, at=now)
        if refusal:
            batch.withheld.append((each.id, each.journey_id, refusal))
        else:
            permitted.append(each)
    return permitted


def _grants(journeys: Set[UUID]) -> Mapping[UUID, list[ConsentGrant]]:
    grants: dict[UUID, list[ConsentGrant]] = defaultdict(list)
    if journeys:
        for grant in ConsentGrant.objects.filter(journey__in=journeys):
            grants[grant.journey_id].append(grant)
    return grants


def _share(lane: Lane, due: Sequence[Due], *, all_of_it: bool) -> Share:
    # All that waits fits into one batch: no other will need the rest of the connections. Files
    # are numbered, so one worker at a time writes them.
    alone = all_of_it or lane.endpoint.transport in BATCHED
    connections = lane.free if alone else (lane.free + 1) // 2
    return Share(lane.endpoint, role_of(lane.endpoint.organization), connections, due)


def _leased(shares: Sequence[Share], lease: timedelta, *, now: datetime) -> Iterator[Claimed]:
    connections = {each.id: share.connections for share in shares for each in share.due}
    if not connections:
        return
    until, attempts = begin_attempts(connections, lease=lease, now=now)
    for share in shares:
        endpoint = share.endpoint
        route = route_of(endpoint, endpoint.organization.name, connections=share.connections)
        for each in share.due:
            attempt, counted = attempts[each.id], each.next_attempt_at <= now
            yield Claimed(
                delivery_id=each.id,
                journey_id=each.journey_id,
                attempt_id=attempt.id,
                attempt=each.attempts + counted,
                counted=counted,
                lease_until=until,
                route=route,
                outgoing=_outgoing(share, each, attempt),
            )


def _outgoing(share: Share, due: Due, attempt: Attempt) -> Outgoing:
    told = outgoing(due.handed, role=share.role, attempt=attempt.number)
    if share.endpoint.transport in PAPER and due.handed.kind == PacketKind.ENROLLMENT:
        return replace(told, papers=_papers(due, role=share.role))
    return told


def _papers(due: Due, *, role: str) -> Sequence[Appended]:
    """What is printed at the end, where the packet goes as paper."""
    return appended_to(Packet.objects.get(pk=due.packet_id), role=role)


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
