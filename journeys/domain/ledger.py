"""The delivery ledger's writing: what came of many deliveries, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from django.db import connection

from journeys.core.delivery import Receipt
from journeys.domain.carrying import Claimed, Result
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, DeliveryAttempt


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How a delivery stands from now on: its columns, by their names. No worker has it."""

    id: UUID
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    partner_case_number: str = ""
    trouble: str = ""
    untold: bool = False

    @classmethod
    def waiting(cls, delivery: Delivery, *, at: datetime, trouble: str) -> Self:
        """It is tried again at `at`."""
        return cls(
            id=delivery.pk,
            status=DeliveryStatus.PENDING,
            attempts=delivery.attempts,
            next_attempt_at=at,
            trouble=trouble[:200],
        )

    @classmethod
    def stopped(
        cls, delivery: Delivery, status: DeliveryStatus, *, at: datetime, trouble: str
    ) -> Self:
        """It is not tried again, and a person is told."""
        return cls(
            id=delivery.pk,
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
    "sent_at": "timestamptz",
    "settled_at": "timestamptz",
    "partner_case_number": "text",
    "trouble": "text",
    "untold": "bool",
}
_COLUMNS = [field.name for field in fields(Settled)]
_NAMES = ", ".join(_COLUMNS)
_SET = ", ".join(f"{name} = told.{name}" for name in _COLUMNS[1:])
_PLACES = ", ".join(f"%s::{_TYPES[name]}[]" for name in _COLUMNS)
# The columns are the fields of `Settled`; every value is a parameter.
_WRITE = (
    f"update journeys_delivery as row set {_SET}, lease_until = null"  # noqa: S608  # no value in it
    f" from unnest({_PLACES}) as told ({_NAMES}) where row.id = told.id"
)
_BEGIN = (
    "insert into journeys_deliveryattempt"
    " (id, organization_id, party_ids, delivery_id, number, started_at, outcome)"
    " select told.id, row.organization_id, row.party_ids, row.id, told.number, %s, ''"
    " from unnest(%s::uuid[], %s::uuid[], %s::int[]) as told (id, delivery, number)"
    " join journeys_delivery as row on row.id = told.delivery"
)
_END = (
    "update journeys_deliveryattempt as row"
    " set finished_at = %s, outcome = told.outcome"
    " from unnest(%s::uuid[], %s::text[]) as told (id, outcome) where row.id = told.id"
)


def begin_attempts(tries: Mapping[UUID, int], *, now: datetime) -> Mapping[UUID, UUID]:
    """Write an attempt of this number for each delivery; its id, by delivery.

    The caller holds the deliveries' locks.
    """
    ids = {delivery_id: uuid4() for delivery_id in tries}
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [now, list(ids.values()), list(tries), list(tries.values())])
    return ids


def write(settled: Sequence[Settled]) -> None:
    """Write how deliveries stand. The caller holds their locks."""
    if settled:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [[getattr(each, name) for each in settled] for name in _COLUMNS])


def give_back(delivery: Delivery, *, counted: bool) -> Settled:
    """Nothing was sent: as if it had not been taken."""
    return Settled(
        id=delivery.pk,
        status=DeliveryStatus.PENDING,
        attempts=delivery.attempts - counted,
        next_attempt_at=delivery.next_attempt_at,
        trouble=delivery.trouble,
    )


def end_attempts(results: Sequence[tuple[Claimed, Result]], *, now: datetime) -> None:
    """What came of each attempt."""
    if results:
        ids = [claimed.attempt_id for claimed, _ in results]
        outcomes = [
            "Taken in" if isinstance(result, Receipt) else str(result)[:200]
            for _, result in results
        ]
        with connection.cursor() as cursor:
            cursor.execute(_END, [now, ids, outcomes])


def forget_attempts(handed_back: Sequence[Claimed]) -> None:
    """Attempts that never began."""
    if handed_back:
        DeliveryAttempt.objects.filter(pk__in=[one.attempt_id for one in handed_back]).delete()
