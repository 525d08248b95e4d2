"""Everything a journey's page needs, and the list of journeys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.prepared import Prepared, digest_of, together
from accounts.tenancy import current_actor, current_organization_id
from journeys.core.case_owner import CaseOwner
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.risk_words import few_words
from journeys.core.state import JourneyState
from journeys.core.timeline import Entry, timeline
from journeys.domain.attaching import AttachedPaper, attached, by_message
from journeys.domain.graphs import graph_of
from journeys.domain.parties import Cast, cast_with
from journeys.domain.queries.case_owner import case_owner_of, owned
from journeys.domain.queries.notices import News
from journeys.domain.queries.work import phase_now
from journeys.domain.reading import events_of, read, standing_parties, told
from journeys.domain.recording import state_of
from journeys.models import Delivery, Journey, JourneyEvent, JourneyParty, LikelyTwin, WorkItem

FILTERS = ("open", "at_risk", "closed")
# A list says "1,000+" of what nobody looks through; its pages go on.
MOST_COUNTED = 1_000
ROLE_ORDER = ("practice", "hub", "pharmacy", "vendor")


@dataclass(frozen=True)
class JourneyRow:
    """One line of the list of journeys, ready to be written out."""

    id: UUID
    number: str
    patient: str
    program: str
    step: str
    phase: str
    who: str
    due_at: datetime | None
    urgent: bool
    closed_at: datetime | None
    completed: bool
    risks: str
    news: News


@dataclass(frozen=True)
class Handed:
    """One packet on its way to one recipient; `at` is when it came to its status."""

    id: UUID
    to: str
    recipient_id: UUID
    version: int
    status: str
    at: datetime
    trouble: str


@dataclass(frozen=True)
class Story:
    """One journey as its events tell it, for one reader.

    `viewer` is the party role that the reader's organization has; empty when it has none.
    `handed` is what was handed to whom, newest first; `takers` who has taken which open
    action, by the action's key; `papers` what goes with each message, by its `ref`;
    `owner` who at the hub answers for it.
    """

    journey: Journey
    graph: Graph
    cast: Cast
    events: Sequence[Event]
    state: JourneyState
    viewer: str
    roles: frozenset[str]
    handed: Sequence[Handed] = ()
    takers: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, Sequence[AttachedPaper]] = field(default_factory=dict)
    owner: CaseOwner = field(default_factory=CaseOwner)

    def entries(self) -> list[Entry]:
        """What the reader may know of what happened, newest first."""
        people = self.cast.people()
        return timeline(self.graph, self.events, self.state, self.viewer, parties=people)

    def parties(self) -> Mapping[str, Organization]:
        """Who takes part today, by role, in the order people are named."""
        found = self.cast.parties
        return {role: found[role].party for role in ROLE_ORDER if role in found}


def read_story(journey_id: UUID, actor: Actor, *, now: datetime) -> Story | None:
    """One journey's story for its page, if the actor may see it: everything in one round trip."""
    asked = (ask(journey_id=journey_id) for ask in (handed_over, taken, attached, owned))
    found = read(journey_id, *asked)
    if found is None:
        return None
    handed, takers, papers, owners = found.besides
    cast = cast_with(found.journey, found.parties, vendors=found.vendors)
    story = _story(found.journey, cast, found.events, actor, now)
    return replace(
        story,
        handed=[Handed(*row) for row in handed],
        takers=dict(takers),
        papers=by_message(found.events, papers),
        owner=case_owner_of(owners[0]),
    )


def story_of(journey: Journey, actor: Actor, *, now: datetime) -> Story:
    """Load a journey's events and evaluate them. Needs what `one` loads."""
    parties, events = together(*(ask(journey_id=journey.id) for ask in (standing_parties, told)))
    return _story(journey, cast_with(journey, parties), events_of(events), actor, now)


def _story(
    journey: Journey, cast: Cast, events: Sequence[Event], actor: Actor, now: datetime
) -> Story:
    graph = graph_of(journey.program_version_id)
    roles = [
        role
        for role in ROLE_ORDER
        if role in cast.parties and cast.parties[role].party_id == actor.organization_id
    ]
    return Story(
        journey=journey,
        graph=graph,
        cast=cast,
        events=events,
        state=state_of(cast, graph, events, now=now),
        viewer=roles[0] if roles else "",
        roles=frozenset(roles),
    )


@Prepared
def handed_over(journey_id: UUID) -> QuerySet[Delivery]:
    """The columns of `Handed`, newest first."""
    moment = Coalesce("settled_at", "sent_at", "created_at")
    rows = Delivery.objects.filter(journey=journey_id).order_by("-created_at")
    found: QuerySet[Delivery] = rows.values_list(
        "id",
        "recipient__name",
        "recipient_id",
        "packet__version",
        "status",
        moment,
        "trouble",
    )
    return found


@Prepared
def taken(journey_id: UUID) -> QuerySet[WorkItem]:
    """Who has taken which open action: its key and their name."""
    standing = WorkItem.objects.filter(journey=journey_id, closed_at=None)
    found: QuerySet[WorkItem] = standing.exclude(claimed_by=None).values_list(
        "key", "claimed_by__name"
    )
    return found


@Prepared
def _own_row(journey_id: UUID) -> QuerySet[Journey]:
    found: QuerySet[Journey] = Journey.objects.filter(pk=journey_id)
    return found


@Prepared
def _roles(journey_id: UUID) -> QuerySet[JourneyParty]:
    standing = JourneyParty.objects.filter(journey=journey_id, until=None)
    found: QuerySet[JourneyParty] = standing.values_list("party_id", "role")
    return found


@Prepared
def _event_count(journey_id: UUID) -> QuerySet[JourneyEvent]:
    told = JourneyEvent.objects.filter(journey=journey_id).order_by()
    found: QuerySet[JourneyEvent] = told.values_list("journey_id").annotate(told=Count("id"))
    return found


@Prepared
def flagged(journey_id: UUID) -> QuerySet[LikelyTwin]:
    """Who looks like its patient to the acting hub."""
    pairs = LikelyTwin.objects.filter(Q(one=journey_id) | Q(other=journey_id))
    found: QuerySet[LikelyTwin] = pairs.values_list("id", "told_apart_at")
    return found


def mark_of_story(journey_id: UUID) -> str | None:
    """A mark that changes with every row a journey's story is made of.

    None when the actor may not see the journey. Who the organizations are is not in it.
    """
    asked = (_own_row, _roles, _event_count, handed_over, taken, attached, owned, flagged)
    return digest_of(*(each(journey_id=journey_id) for each in asked))


def takers_of(journey: Journey) -> Mapping[str, str]:
    """Who has taken which open action, by the action's key."""
    (rows,) = together(taken(journey_id=journey.id))
    return dict(rows)


def _taken_part_in() -> QuerySet[JourneyParty]:
    """The journeys of the acting organization, found by an index.

    Row-level security keeps PostgreSQL from looking journeys up by `party_ids`, so that it would
    read those of everybody.
    """
    parts = JourneyParty.objects.filter(party_id=current_organization_id(), until=None)
    found: QuerySet[JourneyParty] = parts.values("journey")
    return found


def listed(which: str) -> QuerySet[Journey]:
    """The journeys of a list: what is due soonest first, ended ones by their end."""
    found = Journey.objects.select_related("program_version__program", "hub").defer(
        "program_version__definition"
    )
    # A practice has few of all journeys: down the whole list its page would hardly fill. A hub's
    # page fills from the top.
    if current_actor().organization_kind == OrganizationKind.PRACTICE:
        found = found.filter(pk__in=_taken_part_in())
    if which == "closed":
        closed: QuerySet[Journey] = found.exclude(closed_at=None).order_by("-closed_at", "id")
        return closed
    if which == "at_risk":
        found = found.filter(at_risk=True)
    open_: QuerySet[Journey] = found.filter(closed_at=None).order_by(
        "-urgent", F("due_at").asc(nulls_last=True), "id"
    )
    return open_


def rows_of(
    journeys: Sequence[Journey], *, news: Mapping[UUID, News], now: datetime
) -> list[JourneyRow]:
    """Lines of the list; opens patients' names, so the caller audits the reading.

    The kept headline is not among them: it speaks of "today" as of the day it was written.
    """
    parties = JourneyParty.objects.filter(journey__in=journeys, until=None)
    named = {
        (journey_id, role): name
        for journey_id, role, name in parties.values_list("journey_id", "role", "party__name")
    }
    return [
        JourneyRow(
            id=journey.id,
            number=journey.number,
            patient=journey.patient_name,
            program=journey.program_version.program.name,
            step=journey.step_title,
            phase=phase_now(journey.phase, journey.due_at, now=now),
            who=named.get((journey.id, journey.next_owner), ""),
            due_at=journey.due_at,
            urgent=journey.urgent,
            closed_at=journey.closed_at,
            completed=journey.stage != "closed",
            risks=why_at_risk(journey, now=now),
            news=news.get(journey.id, News()),
        )
        for journey in journeys
    ]


def why_at_risk(journey: Journey, *, now: datetime) -> str:
    """Why a list says that a journey is at risk, in words that every party may read."""
    rules = list(journey.risk_rules)
    late = phase_now(journey.phase, journey.due_at, now=now) == "at_risk"
    # The clock ran out since the journey was last looked at.
    if late and not rules:
        rules.append("R1")
    return few_words(rules)


def list_counts() -> dict[str, int]:
    """How many journeys each of the lists has; a count above MOST_COUNTED stands for any."""
    own, most = _own().order_by(), MOST_COUNTED + 1
    going, closed = own.filter(closed_at=None), own.exclude(closed_at=None)
    found: dict[str, int] = going[:most].aggregate(
        open=Count("id"), at_risk=Count("id", filter=Q(at_risk=True))
    )
    if found["open"] == most:
        found["at_risk"] = going.filter(at_risk=True)[:most].count()
    return {**found, "closed": closed[:most].count()}


def _own() -> QuerySet[Journey]:
    """The journeys of the acting organization, by the quickest way to them."""
    found: QuerySet[Journey] = Journey.objects.all()
    actor = current_actor()
    if actor.organization_kind == OrganizationKind.HUB:
        # Its own open ones have an index; by its parts every ended one would be looked at.
        return found.filter(hub_id=actor.organization_id)
    return found.filter(pk__in=_taken_part_in())
