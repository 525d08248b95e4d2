"""A journey with its parties and its story, read in one round trip."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.phi import Sealed, opened
from accounts.prepared import Asked, Prepared, every_tenant_asking, together
from journeys.core import pace
from journeys.core.evaluate import NOTHING, Observations
from journeys.core.events import Event, from_json
from journeys.models import Journey, JourneyEvent, JourneyParty, ProgramPace
from programs.models import ProgramVersion

# An event's journey, its closed body, and its own and its organization's id as the body is bound to
# them: to make ids of the two and texts of those again took a third of opening a body.
Told = tuple[UUID, str, str, Sealed]
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
    return _standing().select_related("party").filter(journey=journey_id)


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
    return found.defer("search_tokens")


def _bodies() -> QuerySet[JourneyEvent, Any]:
    found: QuerySet[JourneyEvent] = JourneyEvent.objects.order_by("received_at", "id")
    # The other columns repeat the body for queries. An object of each row would cost as much
    # again as opening its body and making an event of it.
    ids = (Cast(name, TextField()) for name in ("id", "organization_id"))
    return found.values_list("journey_id", *ids, "body")


def observations_of(journey: Journey) -> Observations:
    """What was last counted of the journey's program. Needs what `one` loads."""
    kept: ProgramPace | None = getattr(journey.program_version.program, "pace", None)
    return pace.from_json(kept.observed) if kept else NOTHING


def events_of(rows: Sequence[Told]) -> list[Event]:
    """The events of rows that `told` gave."""
    return [from_json(body) for body in opened(BODY, (row[1:] for row in rows))]


@Prepared
def _locked_of(journey_ids: UUID) -> QuerySet[Journey]:
    found: QuerySet[Journey] = Journey.objects.select_for_update().filter(pk__in=[journey_ids])
    return found.order_by("pk")


@Prepared
def _due_of(journey_ids: UUID, now: datetime) -> QuerySet[Journey]:
    free: QuerySet[Journey] = Journey.objects.select_for_update(skip_locked=True)
    return free.filter(pk__in=[journey_ids], refresh_at__lte=now).order_by("pk")


@Prepared
def _parties_of(journey_ids: UUID) -> QuerySet[JourneyParty]:
    return _standing().filter(journey__in=[journey_ids])


@Prepared
def _told_of(journey_ids: UUID) -> QuerySet[JourneyEvent, Any]:
    return _bodies().filter(journey__in=[journey_ids])


@Prepared
def _organizations(ids: UUID) -> QuerySet[Organization]:
    found: QuerySet[Organization] = Organization.objects.filter(pk__in=[ids])
    return found


@Prepared
def _versions(ids: UUID) -> QuerySet[ProgramVersion]:
    found: QuerySet[ProgramVersion] = ProgramVersion.objects.select_related("program__pace")
    return found.defer("definition").filter(pk__in=[ids])


def read_due(ids: Sequence[UUID], besides: Prepared, *, now: datetime) -> list[Reading]:
    """Those of the journeys that are still to be looked at, each locked, with what is open.

    Two round trips for all of them. One that somebody else holds is left out.
    """
    return _readings(_due_of(journey_ids=ids, now=now), ids, besides)


def read_all(ids: Sequence[UUID], besides: Prepared) -> list[Reading]:
    """The journeys with what is open, each locked in the order of their ids: two round trips."""
    return _readings(_locked_of(journey_ids=ids), ids, besides)


def _readings(locked: Asked, ids: Sequence[UUID], besides: Prepared) -> list[Reading]:
    asked = (each(journey_ids=ids) for each in (_parties_of, _told_of, besides))
    journeys, parties, told, others = together(locked, *asked)
    _with_whom_they_name(journeys, parties)
    standing, work = _by_journey(parties), _by_journey(others)
    events: dict[UUID, list[Told]] = defaultdict(list)
    for row in told:
        events[row[0]].append(row)
    return [
        Reading(each, standing[each.pk], events_of(events[each.pk]), [work[each.pk]])
        for each in journeys
    ]


def _with_whom_they_name(journeys: Sequence[Journey], parties: Sequence[JourneyParty]) -> None:
    """They have few organizations and programs between them: each is read once."""
    named = {pk for each in journeys for pk in (each.hub_id, each.pharmacy_id) if pk}
    named |= {each.party_id for each in parties}
    organizations, versions = together(
        _organizations(ids=list(named)),
        _versions(ids=list({each.program_version_id for each in journeys})),
    )
    by_id = {each.pk: each for each in (*organizations, *versions)}
    for journey in journeys:
        journey.program_version = by_id[journey.program_version_id]
        journey.hub = by_id[journey.hub_id]
        journey.pharmacy = by_id.get(journey.pharmacy_id)
    for party in parties:
        party.party = by_id[party.party_id]


def _by_journey(rows: Sequence[Any]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
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
