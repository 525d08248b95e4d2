"""The statements that keep what a partner sent: word for word, once for each of its ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Organization
from accounts.phi import sealed
from accounts.plans import Plan, execution
from accounts.writing import Statement
from journeys.models import InboundReport

KEY_USE_NOTED_EVERY = timedelta(minutes=1)
# Any number of messages is one plan, which PostgreSQL keeps.
KEPT = Plan(
    "insert into journeys_inboundreport (organization_id, received_at, id, message_id, body,"
    " digest, transport, programs, status, attempts, problem, cause, code)"
    " select $1::uuid, $2::timestamptz, id, message_id, body, digest, transport,"
    " string_to_array(programs, ','), 'waiting', 0, '', '', ''"
    " from unnest($3::uuid[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[])"
    " as told (id, message_id, body, digest, transport, programs)"
    " on conflict (organization_id, message_id) do nothing"
)
THERE = Plan(
    "select id, message_id, digest from journeys_inboundreport"
    " where organization_id = $1::uuid and message_id = any($2::text[])"
)
NOTED = (
    "with used as (update journeys_partnerkey set last_used_at = %s"
    " where organization_id = %s and revoked_at is null"
    " and (last_used_at is null or last_used_at <= %s) returning id)"
    " update accounts_organization set heard_at = %s"
    " where id = %s and exists (select from used)"
)
BACK = (
    "update journeys_journey set refresh_at = %s"
    " where party_ids @> %s::uuid[] and risk_rules @> %s::varchar[]"
)
BODY: Any = InboundReport._meta.get_field("body")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One report as a partner sent it, and the programs its sender is limited to, if it is."""

    id: str
    body: str
    transport: str
    programs: tuple[str, ...] = ()


def keeping(
    partner: Organization, messages: Sequence[Message], digests: Sequence[str], *, now: datetime
) -> list[Statement]:
    """What keeps messages, reads what is kept under their ids, and notes that the feed speaks.

    The second gives (id, message id, digest) of each. They are run where the partner acts.
    """
    rows = [uuid4() for _ in messages]
    bodies = [
        sealed(BODY, each.body, row_id=row, organization_id=partner.pk)
        for row, each in zip(rows, messages, strict=True)
    ]
    ids = [each.id for each in messages]
    programs = [",".join(each.programs) for each in messages]
    told = [rows, ids, bodies, list(digests), [each.transport for each in messages], programs]
    return [
        execution(KEPT, [partner.pk, now, *told]),
        execution(THERE, [partner.pk, ids]),
        *_noting_use(partner, now=now),
    ]


def _noting_use(partner: Organization, *, now: datetime) -> Iterator[Statement]:
    """Its keys are in use and its feed speaks, to the minute.

    What was at risk because it had been silent is looked at anew.
    """
    last, hours = partner.heard_at, partner.heartbeat_hours
    if last and now - last < KEY_USE_NOTED_EVERY:
        return
    yield Statement(NOTED, [now, partner.pk, now - KEY_USE_NOTED_EVERY, now, partner.pk])
    if last and hours and now - last > timedelta(hours=hours):
        yield Statement(BACK, [now, [partner.pk], ["R12"]])
