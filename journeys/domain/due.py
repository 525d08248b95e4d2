"""What may go down a lane now: plain rows, read and locked in one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.phi import Sealed, unsealed
from accounts.writing import Statement, answers_of
from journeys.core.delivery import Kept
from journeys.domain.disclosing import Handed
from journeys.domain.lanes import Lane
from journeys.models import Packet

BODY = Packet._meta.get_field("body")
# One waits while an earlier version of the same journey to the same recipient is not settled. Of
# the journey only its number goes over.
PENDING = (
    "select row.id, row.journey_id, row.attempts, row.next_attempt_at, row.created_at,"
    " journey.number, packet.id, packet.organization_id, packet.version, packet.kind,"
    " packet.digest, packet.agreement, packet.body"
    " from journeys_delivery as row"
    " join journeys_journey as journey on journey.id = row.journey_id"
    " join journeys_packet as packet on packet.id = row.packet_id"
    " where row.endpoint_id = %s and row.status = 'pending' and not exists ("
    "select from journeys_delivery as other"
    " join journeys_packet as earlier on earlier.id = other.packet_id"
    " where other.journey_id = row.journey_id and other.recipient_id = row.recipient_id"
    " and other.status in ('pending', 'claimed') and earlier.version < packet.version)"
)
DUE = (
    f"{PENDING} and row.next_attempt_at <= %s"
    " order by row.urgent desc, row.next_attempt_at, row.created_at"
    " limit %s for update of row skip locked"
)
# A probe is whatever was tried longest ago.
ANY = (
    f"{PENDING} order by row.next_attempt_at, row.created_at limit %s for update of row skip locked"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that this transaction holds, and what it hands over."""

    id: UUID
    journey_id: UUID
    packet_id: UUID
    attempts: int
    next_attempt_at: datetime
    handed: Handed


def due_in(lanes: Sequence[Lane], limit: int, *, now: datetime) -> list[list[Due]]:
    """What may go down each lane, the urgent first, up to `limit` in each; in one round trip.

    It is locked, and nothing that another has.
    """
    asked = [_asked(lane, limit, now=now) for lane in lanes]
    return [[_due(row) for row in rows] for rows in answers_of(asked)] if asked else []


def _asked(lane: Lane, limit: int, *, now: datetime) -> Statement:
    if lane.given_up or lane.probing:
        return Statement(ANY, [lane.endpoint.pk, limit if lane.given_up else 1])
    return Statement(DUE, [lane.endpoint.pk, now, limit])


def _due(row: Sequence[Any]) -> Due:
    delivery, journey, attempts, at, created_at, number, packet, owner, *told, sealed = row
    version, kind, digest, agreement = told
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
    )
