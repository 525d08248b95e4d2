"""A journey with its parties and its story, read in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Asked, Prepared, together
from journeys.core.events import Event, from_json
from journeys.models import Journey, JourneyEvent, JourneyParty


@dataclass(frozen=True)
class Reading:
    """What is stored of one journey, and what was asked besides."""

    journey: Journey
    parties: Sequence[JourneyParty]
    events: Sequence[Event]
    besides: Sequence[Sequence[Any]]


def one() -> QuerySet[Journey]:
    """Journeys with their program, hub and pharmacy, in one query."""
    # A definition is a long text, and what is needed of it is kept by journeys.domain.graphs.
    found: QuerySet[Journey] = Journey.objects.select_related(
        "program_version__program", "hub", "pharmacy"
    ).defer("program_version__definition")
    return found


@Prepared
def journey(journey_id: UUID) -> QuerySet[Journey]:
    return one().filter(pk=journey_id)


@Prepared
def locked_journey(journey_id: UUID) -> QuerySet[Journey]:
    return one().select_for_update(of=("self",)).filter(pk=journey_id)


@Prepared
def standing_parties(journey_id: UUID) -> QuerySet[JourneyParty]:
    found: QuerySet[JourneyParty] = JourneyParty.objects.filter(journey=journey_id, until=None)
    return found.select_related("party").defer("search_tokens")


@Prepared
def told(journey_id: UUID) -> QuerySet[JourneyEvent]:
    """Everything that was recorded, in the order we learnt it."""
    found: QuerySet[JourneyEvent] = JourneyEvent.objects.filter(journey=journey_id)
    # The other columns repeat the body for queries, and would cost as much again to read.
    return found.order_by("received_at", "id").only("organization_id", "body")


def events_of(rows: Sequence[JourneyEvent]) -> list[Event]:
    return [from_json(row.body) for row in rows]


def read(journey_id: UUID, *besides: Asked, lock: bool = False) -> Reading | None:
    """One journey that the actor may see, with what else is asked in the same round trip.

    With `lock` its row is locked until the transaction ends, before anything else is read.
    """
    first = locked_journey if lock else journey
    asked = (first, standing_parties, told)
    found, parties, events, *others = together(
        *(each(journey_id=journey_id) for each in asked), *besides
    )
    return Reading(found[0], parties, events_of(events), others) if found else None
