"""Who answers for one journey at its hub."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Prepared
from journeys.core.case_owner import CaseOwner, Colleague
from journeys.models import Journey

PERSON = ("user__name", "phone", "hours")
COLUMNS = (
    *(f"case_owner__{name}" for name in PERSON),
    "case_owner__away_from",
    "case_owner__away_until",
    *(f"case_owner__covered_by__{name}" for name in PERSON),
    "case_owner__covered_by__active",
    "hub__after_hours",
)


@Prepared
def owned(journey_id: UUID) -> QuerySet[Journey]:
    """The columns of `case_owner_of`, one row."""
    found: QuerySet[Journey] = Journey.objects.filter(pk=journey_id).values_list(*COLUMNS)
    return found


def case_owner_of(row: Sequence[Any]) -> CaseOwner:
    """The owner that a row of `owned` tells of."""
    person, away, cover, (there, after_hours) = row[:3], row[3:5], row[5:8], row[8:]
    return CaseOwner(
        person=_colleague(person),
        away_from=away[0],
        away_until=away[1],
        cover=_colleague(cover) if there else Colleague(),
        after_hours=after_hours,
    )


def _colleague(columns: Sequence[str | None]) -> Colleague:
    name, phone, hours = (each or "" for each in columns)
    return Colleague(name, phone, hours)
