"""The delivery ledger's writing: what came of many deliveries, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from accounts.plans import Plan, execution
from accounts.writing import Statement, answers_of, answers_of_last, run
from journeys.core.delivery import Receipt
from journeys.domain.carrying import Claimed, Result
from journeys.enums import DeliveryStatus
from journeys.models import Delivery


class Held(NamedTuple):
    """How a delivery stands that this transaction holds."""

    id: UUID
    status: str
    lease_until: datetime | None
    attempts: int
    next_attempt_at: datetime
    endpoint_id: UUID
    trouble: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Its row's."""
        return cls(*(getattr(delivery, name) for name in cls._fields))


class Attempt(NamedTuple):
    """One try of a delivery that began: its row, and its number among the tries."""

    id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How a delivery that did not arrive stands from now on: its columns. No worker has it."""

    id: UUID
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime
    settled_at: datetime | None = None
    trouble: str = ""
    untold: bool = False

    @classmethod
    def waiting(cls, delivery: Held, *, at: datetime, trouble: str) -> Self:
        """It is tried again at `at`."""
        return cls(
            id=delivery.id,
            status=DeliveryStatus.PENDING,
            attempts=delivery.attempts,
            next_attempt_at=at,
            trouble=trouble[:200],
        )

    @classmethod
    def stopped(cls, delivery: Held, status: DeliveryStatus, *, at: datetime, trouble: str) -> Self:
        """It is not tried again, and a person is told."""
        return cls(
            id=delivery.id,
            status=status,
            attempts=delivery.attempts,
            next_attempt_at=delivery.next_attempt_at,
            settled_at=at,
            trouble=trouble[:200],
            untold=True,
        )


_TYPES = {
    "id": "uuid",
    "status": "text",
    "attempts": "int",
    "next_attempt_at": "timestamptz",
    "settled_at": "timestamptz",
    "trouble": "text",
    "untold": "bool",
}
_COLUMNS = [field.name for field in fields(Settled)]
_NAMES = ", ".join(_COLUMNS)
_SET = ", ".join(f"{name} = told.{name}" for name in _COLUMNS[1:])
_PLACES = ", ".join(f"%s::{_TYPES[name]}[]" for name in _COLUMNS)
# The columns are the fields of `Settled`; every value is a parameter.
_WRITE = (
    f"update journeys_delivery as row set {_SET}, lease_until = null, sent_at = null,"  # noqa: S608  # _SET is a constant of this module
    " partner_case_number = ''"
    f" from unnest({_PLACES}) as told ({_NAMES}) where row.id = told.id"
)
# A case number in the same breath is the confirmation.
_ARRIVE = (
    "update journeys_delivery as row set sent_at = %s, partner_case_number = told.number,"
    " status = case when told.number = '' then 'sent' else 'accepted' end,"
    " settled_at = case when told.number = '' then null else %s end,"
    " trouble = '', untold = true, lease_until = null"
    " from unnest(%s::uuid[], %s::text[]) as told (id, number) where row.id = told.id"
)
_HOLD = (
    "select id, status, lease_until, attempts, next_attempt_at, endpoint_id, trouble"
    " from journeys_delivery where id = any(%s) order by id for update"
)
# By the database's clock, which all workers share; no two batches' leases end alike.
_LEASE = Plan(
    "with lease as materialized (select clock_timestamp() + make_interval(secs => $1) as until)"
    " update journeys_delivery as row set status = 'claimed', lease_until = lease.until,"
    " connections = told.connections,"
    " attempts = row.attempts + (row.next_attempt_at <= $2::timestamptz)::int"
    " from lease, unnest($3::uuid[], $4::int[]) as told (id, connections)"
    " where row.id = told.id returning row.lease_until"
)
_INTERRUPT = Plan(
    "update journeys_deliveryattempt set finished_at = $1, outcome = $2"
    " where delivery_id = any($3::uuid[]) and finished_at is null"
)
_BEGIN = Plan(
    "insert into journeys_deliveryattempt"
    " (id, organization_id, party_ids, delivery_id, number, started_at, outcome)"
    " select gen_random_uuid(), row.organization_id, row.party_ids, row.id, 1 + coalesce("
    "(select max(number) from journeys_deliveryattempt where delivery_id = row.id), 0), $1, ''"
    " from journeys_delivery as row where row.id = any($2::uuid[])"
    " returning delivery_id, id, number"
)
_TAKEN_IN = (
    "update journeys_deliveryattempt set finished_at = %s, outcome = 'Taken in' where id = any(%s)"
)
_END = (
    "update journeys_deliveryattempt as row"
    " set finished_at = %s, outcome = told.outcome"
    " from unnest(%s::uuid[], %s::text[]) as told (id, outcome) where row.id = told.id"
)
_FORGET = "delete from journeys_deliveryattempt where id = any(%s)"
INTERRUPTED = "Interrupted before an answer was kept; the same delivery is sent again."


def begin_attempts(
    connections: Mapping[UUID, int], *, lease: timedelta, now: datetime
) -> tuple[datetime, Mapping[UUID, Attempt]]:
    """Lease deliveries with the connections of their batch, and write an attempt for each.

    When the lease ends, and the attempts by delivery; those that were interrupted are ended. The
    caller holds the deliveries' locks. It ends the transaction: accounts.writing.run_last.
    """
    ids = list(connections)
    leased, _, begun = answers_of_last(
        [
            execution(_LEASE, [lease.total_seconds(), now, ids, list(connections.values())]),
            execution(_INTERRUPT, [now, INTERRUPTED, ids]),
            execution(_BEGIN, [now, ids]),
        ]
    )
    return leased[0][0], {row[0]: Attempt(row[1], row[2]) for row in begun}


def hold(ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Lock deliveries: how they stand, by id."""
    (rows,) = answers_of([Statement(_HOLD, [ids])])
    return {row[0]: Held(*row) for row in rows}


def write(settled: Sequence[Settled]) -> None:
    """Write how deliveries stand that did not arrive. The caller holds their locks."""
    run(writing(settled))


def writing(settled: Sequence[Settled]) -> list[Statement]:
    """The same as a statement, among others."""
    if not settled:
        return []
    return [Statement(_WRITE, [[getattr(each, name) for each in settled] for name in _COLUMNS])]


def arriving(numbers: Mapping[UUID, str], *, now: datetime) -> list[Statement]:
    """Which deliveries were taken in, each with the partner's case number or nothing."""
    if not numbers:
        return []
    return [Statement(_ARRIVE, [now, now, list(numbers), list(numbers.values())])]


def ending(results: Sequence[tuple[Claimed, Result]], *, now: datetime) -> list[Statement]:
    """What came of each attempt. One without a result never began, and is forgotten."""
    taken_in, failed, unbegun = [], [], []
    for claimed, result in results:
        if isinstance(result, Receipt):
            taken_in.append(claimed.attempt_id)
        elif result is None:
            unbegun.append(claimed.attempt_id)
        else:
            failed.append((claimed.attempt_id, str(result)[:200]))
    statements = [Statement(_TAKEN_IN, [now, taken_in])] if taken_in else []
    if failed:
        statements.append(Statement(_END, [now, *map(list, zip(*failed, strict=True))]))
    if unbegun:
        statements.append(Statement(_FORGET, [unbegun]))
    return statements


def give_back(delivery: Held, *, counted: bool) -> Settled:
    """Nothing was sent: as if it had not been taken."""
    return Settled(
        id=delivery.id,
        status=DeliveryStatus.PENDING,
        attempts=delivery.attempts - counted,
        next_attempt_at=delivery.next_attempt_at,
        trouble=delivery.trouble,
    )
