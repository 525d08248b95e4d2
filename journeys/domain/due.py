"""What may go down a lane now: plain rows, read and locked in one look."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.phi import Sealed, unsealed
from accounts.plans import Plan, execution, run_plans
from accounts.writing import Statement
from journeys.core.delivery import Kept
from journeys.domain.disclosing import Handed
from journeys.domain.lanes import Lane
from journeys.models import ConsentGrant, Packet

BODY = Packet._meta.get_field("body")
# One waits while an earlier version of the same journey to the same recipient is not settled. Of
# the journey only its number goes over.
PENDING = (
    "select row.endpoint_id, row.id, row.journey_id, row.attempts, row.next_attempt_at,"
    " row.created_at, journey.number, packet.id as packet_id, packet.organization_id,"
    " packet.version, packet.kind, packet.digest, packet.agreement, packet.body"
    " from journeys_delivery as row"
    " join journeys_journey as journey on journey.id = row.journey_id"
    " join journeys_packet as packet on packet.id = row.packet_id"
    " where row.endpoint_id = {endpoint} and row.status = 'pending' and not exists ("
    "select from journeys_delivery as other"
    " join journeys_packet as earlier on earlier.id = other.packet_id"
    " where other.journey_id = row.journey_id and other.recipient_id = row.recipient_id"
    " and other.status in ('pending', 'claimed') and earlier.version < packet.version)"
)
# What the patient permits is read with it, so that it is asked at each disclosure.
GRANTS = (
    "(select jsonb_agg(jsonb_build_array(own.id, own.terms, own.signed_at, own.expires_at,"
    " own.revoked_at)) from journeys_consentgrant as own where own.journey_id = due.journey_id)"
)
# Of each partner that may be sent to the most urgent, all of them sharing one limit.
DUE = Plan(
    "with waiting as materialized (select id from journeys_endpoint"  # noqa: S608  # constants of this module
    " where active and (quiet_until is null or quiet_until <= $1::timestamptz)"
    " and exists (select from journeys_delivery as row where row.endpoint_id = journeys_endpoint.id"
    " and row.status = 'pending' and row.next_attempt_at <= $1)),"
    " share as materialized ("
    "select greatest(1, $2::bigint / greatest(1, count(*))) as size from waiting)"
    f" select share.size, {GRANTS}, due.* from share, waiting cross join lateral ("
    f"{PENDING.format(endpoint='waiting.id')} and row.next_attempt_at <= $1"
    " order by row.urgent desc, row.next_attempt_at, row.created_at"
    " limit share.size for update of row skip locked) as due"
)
# A probe is whatever was tried longest ago.
ANY = Plan(
    f"select $2::bigint, {GRANTS}, due.* from ({PENDING.format(endpoint='$1::uuid')}"  # noqa: S608  # constants of this module
    " order by row.next_attempt_at, row.created_at limit $2 for update of row skip locked) as due"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that this transaction holds, what it hands over, and what the patient permits."""

    id: UUID
    journey_id: UUID
    packet_id: UUID
    attempts: int
    next_attempt_at: datetime
    handed: Handed
    grants: Sequence[ConsentGrant]


@dataclass(frozen=True)
class Share:
    """What was found for one lane; whether more of it is left."""

    lane: Lane
    due: Sequence[Due]
    more: bool


def due_at(now: datetime, *, limit: int) -> Statement:
    """What is due with every partner, up to `limit` of all, the urgent first.

    It is locked, and nothing that another has.
    """
    return execution(DUE, [now, limit])


def shares_of(lanes: Sequence[Lane], found: Iterable[Sequence[Any]], *, limit: int) -> list[Share]:
    """What of the answer to `due_at` may go down each lane.

    A partner that is down gets whatever was tried longest ago, due or not, which is asked now.
    """
    rows: dict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for row in found:
        rows[row[2]].append(row)
    unwell = [lane for lane in lanes if lane.given_up or lane.probing]
    each = max(1, limit // max(1, len(lanes)))
    asked = [execution(ANY, [lane.endpoint.pk, each if lane.given_up else 1]) for lane in unwell]
    for lane, answer in zip(unwell, run_plans(asked) if asked else [], strict=True):
        rows[lane.endpoint.pk] = answer
    return [_share(lane, rows[lane.endpoint.pk]) for lane in lanes]


def _share(lane: Lane, rows: Sequence[Sequence[Any]]) -> Share:
    return Share(lane, [_due(row) for row in rows], more=bool(rows) and len(rows) >= rows[0][0])


def _due(row: Sequence[Any]) -> Due:
    _, grants, _, delivery, journey, attempts, at, created_at, number, packet, owner, *told = row
    version, kind, digest, agreement, sealed = told
    text = unsealed(BODY, Sealed(sealed), row_id=packet, organization_id=owner)
    return Due(
        id=delivery,
        journey_id=journey,
        packet_id=packet,
        attempts=attempts,
        next_attempt_at=at,
        handed=Handed(
            delivery_id=delivery,
            journey=number,
            version=version,
            kind=kind,
            digest=digest,
            agreement=agreement,
            body=Kept(text.decode()),
            at=created_at,
        ),
        grants=[_grant(each) for each in json.loads(grants or "[]")],
    )


def _grant(told: Sequence[Any]) -> ConsentGrant:
    pk, terms, *times = told
    signed_at, expires_at, revoked_at = (each and datetime.fromisoformat(each) for each in times)
    return ConsentGrant(
        id=UUID(pk), terms=terms, signed_at=signed_at, expires_at=expires_at, revoked_at=revoked_at
    )
