"""A journey with its parties and its story, read in one round trip."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.phi import Sealed, opened
from accounts.prepared import Asked, Prepared, every_tenant_asking, together
from journeys.core import pace
from journeys.core.evaluate import NOTHING, Observations
from journeys.core.events import Event, from_json
from journeys.models import Journey, JourneyEvent, JourneyParty, ProgramPace, WorkItem
from programs.models import ProgramVersion

# An event's journey, id, organization and closed body.
Told = tuple[UUID, UUID, UUID, Sealed]
BODY = JourneyEvent._meta.get_field("body")


@dataclass(frozen=True)
class Reading:
    """What is stored of one journey, and what was asked besides.

    `vendors` are the active organizations that its route names as its vendor, by slug.
    """

    journey: Journey
    parties: Sequence[JourneyParty]
    events: Sequence[Event]
    besides: Sequence[Sequence[Any]]
    vendors: Mapping[str, Organization] = field(default_factory=dict)


def one() -> QuerySet[Journey]:
    """Journeys with their program, hub and pharmacy, in one query."""
    # A definition is a long text, and what is needed of it is kept by journeys.domain.graphs.
    found: QuerySet[Journey] = Journey.objects.select_related(
        "program_version__program__pace", "hub", "pharmacy"
    ).defer("program_version__definition")
    return found


@Prepared
def journey(journey_id: UUID) -> QuerySet[Journey]:
    return one().filter(pk=journey_id)


@Prepared
def locked_journey(journey_id: UUID) -> QuerySet[Journey]:
    return one().select_for_update(of=("self",)).filter(pk=journey_id)


@Prepared
def held(journey_id: UUID) -> QuerySet[Journey]:
    """The journey alone, locked."""
    found: QuerySet[Journey] = Journey.objects.select_for_update().filter(pk=journey_id)
    return found


@Prepared
def standing_parties(journey_id: UUID) -> QuerySet[JourneyParty]:
    return _standing().filter(journey=journey_id)


@Prepared
def told(journey_id: UUID) -> QuerySet[JourneyEvent, Any]:
    """Everything that was recorded, in the order we learnt it."""
    return _bodies().filter(journey=journey_id)


@Prepared
def told_once(journey_id: UUID, source: str, event_id: str) -> QuerySet[JourneyEvent, Any]:
    """The event that a source told under this id, if it did."""
    its = JourneyEvent.objects.filter(journey=journey_id, source=source, source_event_id=event_id)
    found: QuerySet[JourneyEvent, Any] = its.values_list("pk")
    return found


@Prepared
def routed_vendor(journey_id: UUID) -> QuerySet[Organization]:
    """The vendor that the journey's route names, while it is active."""
    route = KeyTransform("route", "program_version__definition")
    named = Journey.objects.filter(pk=journey_id).values_list(KeyTextTransform("vendor", route))
    found: QuerySet[Organization] = Organization.objects.filter(slug=Subquery(named), active=True)
    return found


def _standing() -> QuerySet[JourneyParty]:
    found: QuerySet[JourneyParty] = JourneyParty.objects.filter(until=None)
    return found.select_related("party").defer("search_tokens")


def _bodies() -> QuerySet[JourneyEvent, Any]:
    found: QuerySet[JourneyEvent] = JourneyEvent.objects.order_by("received_at", "id")
    # The other columns repeat the body for queries. An object of each row would cost as much
    # again as opening its body and making an event of it.
    return found.values_list("journey_id", "id", "organization_id", "body")


def observations_of(journey: Journey) -> Observations:
    """What was last counted of the journey's program. Needs what `one` loads."""
    kept: ProgramPace | None = getattr(journey.program_version.program, "pace", None)
    return pace.from_json(kept.observed) if kept else NOTHING


def events_of(rows: Sequence[Told]) -> list[Event]:
    """The events of rows that `told` gave."""
    return [from_json(body) for body in opened(BODY, (row[1:] for row in rows))]


def read_due(ids: Collection[UUID], besides: QuerySet[WorkItem], *, now: datetime) -> list[Reading]:
    """Those of the journeys that are still to be looked at, each locked, with what is open.

    A few queries for all of them. One that somebody else holds is left out.
    """
    due = Journey.objects.select_for_update(skip_locked=True)
    return _readings(due.filter(pk__in=ids, refresh_at__lte=now), besides)


def read_all(ids: Collection[UUID], besides: QuerySet[WorkItem]) -> list[Reading]:
    """The journeys with what is open, each locked in the order of their ids: a few queries."""
    return _readings(Journey.objects.select_for_update().filter(pk__in=ids), besides)


def _readings(locked: QuerySet[Journey], besides: QuerySet[WorkItem]) -> list[Reading]:
    # They have few organizations and programs between them: each is read once.
    versions = ProgramVersion.objects.select_related("program__pace").defer("definition")
    named = locked.prefetch_related("hub", "pharmacy", Prefetch("program_version", versions))
    journeys = list(named.order_by("pk"))
    held = [each.pk for each in journeys]
    standing = _standing().select_related(None).prefetch_related("party")
    parties = _by_journey(standing, held)
    events: dict[UUID, list[Told]] = defaultdict(list)
    for row in _bodies().filter(journey__in=held):
        events[row[0]].append(row)
    work = _by_journey(besides, held)
    return [
        Reading(each, parties[each.pk], events_of(events[each.pk]), [work[each.pk]])
        for each in journeys
    ]


def _by_journey(rows: QuerySet[Any], ids: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows.filter(journey__in=ids):
        found[row.journey_id].append(row)
    return found


BESIDES = (standing_parties, told, routed_vendor)


def read(journey_id: UUID, *besides: Asked) -> Reading | None:
    """One journey that the actor may see, with what else is asked in the same round trip."""
    asked = (each(journey_id=journey_id) for each in (journey, *BESIDES))
    return _reading(together(*asked, *besides))


@dataclass(frozen=True)
class Glance:
    """A journey that is held, with who takes part, and whether an event is known of it already."""

    journey: Journey
    parties: Sequence[JourneyParty]
    known: bool


@contextmanager
def glancing(
    journey_id: UUID, *, source: str, event_id: str, reason: str, actor: Actor | None = None
) -> Iterator[Glance | None]:
    """As `holding`, without the journey's story: `story_of` reads what more it would have."""

    def ask() -> list[Asked]:
        return [
            held(journey_id=journey_id),
            standing_parties(journey_id=journey_id),
            told_once(journey_id=journey_id, source=source, event_id=event_id),
        ]

    with every_tenant_asking(ask, reason=reason, actor=actor) as (found, parties, known):
        yield Glance(found[0], parties, bool(known)) if found else None


def story_of(glance: Glance, *besides: Prepared) -> Reading:
    """All of a journey that is held."""
    its = glance.journey.pk
    asked = (journey, told, routed_vendor, *besides)
    (whole, *_), events, vendors, *others = together(*(each(journey_id=its) for each in asked))
    by_slug = {each.slug: each for each in vendors}
    return Reading(whole, glance.parties, events_of(events), others, by_slug)


@contextmanager
def holding(
    journey_id: UUID, *besides: Prepared, reason: str, actor: Actor | None = None
) -> Iterator[Reading | None]:
    """A block that sees every organization's rows and has one journey to itself.

    The round trip that begins it locks the journey and then reads it, with what is asked besides.
    """
    asked = (locked_journey, *BESIDES, *besides)

    def ask() -> list[Asked]:
        return [each(journey_id=journey_id) for each in asked]

    with every_tenant_asking(ask, reason=reason, actor=actor) as answers:
        yield _reading(answers)


def _reading(answers: Sequence[Sequence[Any]]) -> Reading | None:
    found, parties, events, vendors, *others = answers
    if not found:
        return None
    by_slug = {each.slug: each for each in vendors}
    return Reading(found[0], parties, events_of(events), others, by_slug)
