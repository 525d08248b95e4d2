"""Take due deliveries for this process alone. The table is the schedule; the lease is its clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from accounts.plans import BY_KEY, kept_plans
from accounts.tenancy import every_tenant
from accounts.writing import Statement
from journeys.core.consent import Refusal
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain.carrying import Claimed, Route
from journeys.domain.disclosing import needs_no_authorization, outgoing, refusal_by, role_of
from journeys.domain.due import Due, Share, due_at, shares_of
from journeys.domain.lanes import asking, open_lanes
from journeys.domain.ledger import begin_attempts
from journeys.domain.papers import Appended, appended_to
from journeys.enums import BATCHED, PAPER, DeliveryStatus, PacketKind
from journeys.models import Endpoint, Packet

UNSETTLED = (DeliveryStatus.PENDING, DeliveryStatus.CLAIMED)


@dataclass(frozen=True)
class Batch:
    """What was taken: to send, to hold back for want of consent, and to give up."""

    claimed: list[Claimed]
    withheld: list[tuple[UUID, UUID, Refusal]]
    worn_out: list[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Taken:
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

    def looking() -> list[Statement]:
        return [BY_KEY, *asking(now), due_at(now, limit=limit)]

    reason = "the exchange sends for every practice"
    with kept_plans(), every_tenant(reason=reason, first=looking) as (_, *told, found):
        taken = []
        for share in shares_of(open_lanes(told, now=now), found, limit=limit):
            if share.lane.given_up:
                batch.worn_out.extend((each.id, each.journey_id) for each in share.due)
                _switch_off_when_empty(share.lane.endpoint, left=share.more)
                continue
            permitted = _permitted(share.lane.endpoint, share.due, batch, now=now)
            if permitted:
                taken.append(_taken(share, permitted))
        batch.claimed.extend(_leased(taken, lease, now=now))
    return batch


def _switch_off_when_empty(endpoint: Endpoint, *, left: bool) -> None:
    """A partner that was down for days: once nothing waits any more, nothing new goes there."""
    if not left:
        Endpoint.objects.filter(pk=endpoint.pk).update(active=False)


def _permitted(
    endpoint: Endpoint,
    found: Iterable[Due],
    batch: Batch,
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
        refusal = None if free else refusal_by(each.grants, recipient=recipient, role=role, at=now)
        if refusal:
            batch.withheld.append((each.id, each.journey_id, refusal))
        else:
            permitted.append(each)
    return permitted


def _taken(share: Share, permitted: Sequence[Due]) -> Taken:
    # All that waits fits into one batch: no other will need the rest of the connections. Files
    # are numbered, so one worker at a time writes them.
    endpoint, free = share.lane.endpoint, share.lane.free
    alone = not share.more or endpoint.transport in BATCHED
    connections = free if alone else (free + 1) // 2
    return Taken(endpoint, role_of(endpoint.organization), connections, permitted)


def _leased(taken: Sequence[Taken], lease: timedelta, *, now: datetime) -> Iterator[Claimed]:
    connections = {each.id: share.connections for share in taken for each in share.due}
    if not connections:
        return
    papers = _papers_of(taken)
    until, attempts = begin_attempts(connections, lease=lease, now=now)
    for share in taken:
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
                outgoing=replace(
                    outgoing(each.handed, role=share.role, attempt=attempt.number),
                    papers=papers.get(each.id, ()),
                ),
            )


def _papers_of(taken: Sequence[Taken]) -> Mapping[UUID, Sequence[Appended]]:
    """What is printed at the end, by delivery, where a packet goes as paper."""
    return {
        due.id: appended_to(Packet.objects.get(pk=due.packet_id), role=share.role)
        for share in taken
        if share.endpoint.transport in PAPER
        for due in share.due
        if due.handed.kind == PacketKind.ENROLLMENT
    }


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
