"""The statements that keep what a partner sent: word for word, once for each of its ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from accounts.models import Organization
from accounts.phi import sealed
from accounts.plans import Plan, execution
from accounts.writing import Statement
from journeys.models import InboundReport, PartnerKey

KEY_USE_NOTED_EVERY = timedelta(minutes=1)
# Any number of messages is one plan, which PostgreSQL keeps.
_KEPT = (
    "insert into journeys_inboundreport (organization_id, received_at, id, message_id, body,"
    " digest, transport, programs, status, attempts, problem, cause, code)"
    " select $1::uuid, $2::timestamptz, id, message_id, body, digest, transport,"
    " string_to_array(programs, ','), 'waiting', 0, '', '', ''"
    " from unnest($3::uuid[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[])"
    " as told (id, message_id, body, digest, transport, programs)"
    "{where} on conflict (organization_id, message_id) do nothing"
)
_THERE = (
    "select id, message_id, digest from journeys_inboundreport"
    " where organization_id = $1::uuid and message_id = any($2::text[])"
)
# A key that is only remembered has to be as it was.
_HOLDS = (
    "exists (select from journeys_partnerkey as key"
    " join accounts_organization as owner on owner.id = key.organization_id"
    " where key.id = {}::uuid and key.organization_id = $1 and key.revoked_at is null"
    " and owner.active and key.scopes = {}::varchar[]"
    " and key.last_on is not distinct from {}::date)"
)
KEPT, THERE = Plan(_KEPT.format(where="")), Plan(_THERE)
KEPT_IF = Plan(_KEPT.format(where=f" where {_HOLDS.format('$9', '$10', '$11')}"))
THERE_IF = Plan(f"{_THERE} and {_HOLDS.format('$3', '$4', '$5')}")
USED = (
    "update journeys_partnerkey set last_used_at = %s"
    " where id = %s and revoked_at is null and (last_used_at is null or last_used_at <= %s)"
)
# What was brought in by hand came with no key: the feed speaks all the same, where there is one.
HEARD = (
    "update accounts_organization set heard_at = %s"
    " where id = %s and (heard_at is null or heard_at <= %s)"
    " and exists (select from journeys_partnerkey as key where key.id = coalesce(%s::uuid, key.id)"
    " and key.organization_id = %s and key.revoked_at is null)"
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
    partner: Organization,
    messages: Sequence[Message],
    digests: Sequence[str],
    *,
    now: datetime,
    key_id: UUID | None = None,
    doubted: PartnerKey | None = None,
) -> list[Statement]:
    """What keeps messages, reads what is kept under their ids, and notes that the feed speaks.

    The second gives (id, message id, digest) of each. `key_id` is of the key they came with. With
    a `doubted` key, one that is only remembered, nothing is kept or given unless it is as it was.
    They are run where the partner acts.
    """
    rows = [uuid4() for _ in messages]
    bodies = [
        sealed(BODY, each.body, row_id=row, organization_id=partner.pk)
        for row, each in zip(rows, messages, strict=True)
    ]
    ids = [each.id for each in messages]
    programs = [",".join(each.programs) for each in messages]
    told = [rows, ids, bodies, list(digests), [each.transport for each in messages], programs]
    was = [doubted.pk, list(doubted.scopes), doubted.last_on] if doubted else []
    return [
        execution(KEPT_IF if was else KEPT, [partner.pk, now, *told, *was]),
        execution(THERE_IF if was else THERE, [partner.pk, ids, *was]),
        *_noting(partner, key_id, doubted, now=now),
    ]


def use_is_noted(partner: Organization, *, now: datetime) -> bool:
    """Whether it was noted within the minute that the partner's feed speaks."""
    return _within_the_minute(partner.heard_at, now=now)


def _within_the_minute(last: datetime | None, *, now: datetime) -> bool:
    return last is not None and now - last < KEY_USE_NOTED_EVERY


def _noting(
    partner: Organization, key_id: UUID | None, doubted: PartnerKey | None, *, now: datetime
) -> Iterator[Statement]:
    """The key is in use and the feed speaks, each to the minute: another key has its own.

    What was at risk because it had been silent is looked at anew.
    """
    before = now - KEY_USE_NOTED_EVERY
    if key_id and not (doubted and _within_the_minute(doubted.last_used_at, now=now)):
        yield Statement(USED, [now, key_id, before])
    if use_is_noted(partner, now=now):
        return
    last, hours = partner.heard_at, partner.heartbeat_hours
    yield Statement(HEARD, [now, partner.pk, before, key_id, partner.pk])
    if last and hours and now - last > timedelta(hours=hours):
        yield Statement(BACK, [now, [partner.pk], ["R12"]])
