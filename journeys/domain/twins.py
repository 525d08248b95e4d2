"""Two open journeys of one patient with one medicine: which they are, and when one of them ends."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.prepared import together
from journeys.core.events import Event
from journeys.core.fold import SYSTEM
from journeys.domain.reading import events_of, told
from journeys.models import Journey
from programs.models import Program

DUPLICATE_OF = "duplicate_of"
RULE = "R14"


def open_twins(program: Program, *, practice_id: UUID, patient_id: UUID) -> QuerySet[Journey]:
    """The practice's open journeys of this patient with this program's medicine, newest first."""
    same = Q(program_version__program=program)
    if program.product:
        same |= Q(program_version__program__product=program.product)
    found: QuerySet[Journey] = Journey.objects.filter(
        same, organization_id=practice_id, patient_id=patient_id, closed_at=None
    )
    return found.order_by("-started_at")


def twins_without(ended: Journey, *, now: datetime) -> Iterator[tuple[UUID, Event]]:
    """What to tell each journey that may be the same as one that has ended: it, or another, is."""
    program = ended.program_version.program
    open_ = open_twins(
        program, practice_id=ended.organization_id, patient_id=ended.patient_id
    ).exclude(pk=ended.pk)
    for twin in open_.filter(risk_rules__contains=[RULE]):
        if _last_told(twin) == ended.number:
            older = open_.filter(started_at__lt=twin.started_at)
            other = older.values_list("number", flat=True).first()
            yield twin.pk, _ended(ended.number, other or "", now=now)


def _last_told(journey: Journey) -> object:
    """Which journey this one may be the same as, by the last word."""
    (rows,) = together(told(journey_id=journey.pk))
    said = [event for event in events_of(rows) if DUPLICATE_OF in event.facts]
    return said[-1].facts[DUPLICATE_OF] if said else None


def _ended(number: str, other: str, *, now: datetime) -> Event:
    return Event(
        id=f"twin_ended:{number}",
        kind="fact",
        source=SYSTEM,
        source_name="Throughline",
        transport="system",
        facts={DUPLICATE_OF: other},
        note=f"{number} ended, which this may have been the same as.",
        occurred_at=now,
        received_at=now,
    )
