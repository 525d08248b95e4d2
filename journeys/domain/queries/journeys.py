"""Everything a journey's page needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.prepared import Prepared, digest_of, together
from journeys.core.case_owner import CaseOwner
from journeys.core.events import Event
from journeys.core.graph import ORGANIZATIONS, Graph
from journeys.core.state import JourneyState
from journeys.core.timeline import Entry, timeline
from journeys.domain.attaching import AttachedPaper, attached, by_message
from journeys.domain.graphs import graph_of
from journeys.domain.parties import Cast, cast_with
from journeys.domain.queries.case_owner import case_owner_of, owned
from journeys.domain.reading import events_of, read, standing_parties, told
from journeys.domain.recording import state_of
from journeys.domain.worklist import DELIVERY_KEY
from journeys.models import Delivery, Journey, JourneyEvent, JourneyParty, LikelyTwin, WorkItem


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
class Call:
    """What somebody has to do because a delivery did not go through, and who has taken it."""

    action: str
    owner_id: UUID
    due_at: datetime
    taken_by: str


@dataclass(frozen=True)
class Story:
    """One journey as its events tell it, for one reader.

    `viewer` is the party role that the reader's organization has; empty when it has none.
    `handed` is what was handed to whom, newest first; `calls` whom to call where that failed;
    `takers` who has taken which open action, by the action's key; `papers` what goes with each
    message, by its `ref`; `owner` who at the hub answers for it.
    """

    journey: Journey
    graph: Graph
    cast: Cast
    events: Sequence[Event]
    state: JourneyState
    viewer: str
    roles: frozenset[str]
    handed: Sequence[Handed] = ()
    calls: Sequence[Call] = ()
    takers: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, Sequence[AttachedPaper]] = field(default_factory=dict)
    owner: CaseOwner = field(default_factory=CaseOwner)

    def entries(self) -> list[Entry]:
        """What the reader may know of what happened, newest first."""
        people = self.cast.people()
        looked = {role: each.looked_at for role, each in self.cast.parties.items()}
        return timeline(
            self.graph, self.events, self.state, self.viewer, parties=people, looked=looked
        )

    def parties(self) -> Mapping[str, Organization]:
        """Who takes part today, by role, in the order people are named."""
        found = self.cast.parties
        return {role: found[role].party for role in ORGANIZATIONS if role in found}


def read_story(journey_id: UUID, actor: Actor, *, now: datetime) -> Story | None:
    """One journey's story for its page, if the actor may see it: everything in one round trip."""
    asked = (ask(journey_id=journey_id) for ask in (handed_over, standing_work, attached, owned))
    found = read(journey_id, *asked)
    if found is None:
        return None
    handed, standing, papers, owners = found.besides
    cast = cast_with(found.journey, found.parties, vendors=found.vendors)
    story = _story(found.journey, cast, found.events, actor, now)
    return replace(
        story,
        handed=[Handed(*row) for row in handed],
        calls=[
            Call(action, owner_id, due_at, taker or "")
            for key, taker, action, owner_id, due_at in standing
            if key.startswith(DELIVERY_KEY)
        ],
        takers={key: taker for key, taker, *_ in standing if taker},
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
        for role in ORGANIZATIONS
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
def standing_work(journey_id: UUID) -> QuerySet[WorkItem]:
    """Who has taken which open action, by its key, and all that a failed delivery asks for."""
    standing = WorkItem.objects.filter(journey=journey_id, closed_at=None)
    told = standing.filter(Q(claimed_by__isnull=False) | Q(key__startswith=DELIVERY_KEY))
    found: QuerySet[WorkItem] = told.order_by("due_at", "key").values_list(
        "key", "claimed_by__name", "action", "owner_id", "due_at"
    )
    return found


@Prepared
def _own_row(journey_id: UUID) -> QuerySet[Journey]:
    found: QuerySet[Journey] = Journey.objects.filter(pk=journey_id)
    return found


@Prepared
def _roles(journey_id: UUID) -> QuerySet[JourneyParty]:
    standing = JourneyParty.objects.filter(journey=journey_id, until=None)
    found: QuerySet[JourneyParty] = standing.values_list("party_id", "role", "looked_at")
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
    asked = (_own_row, _roles, _event_count, handed_over, standing_work, attached, owned, flagged)
    return digest_of(*(each(journey_id=journey_id) for each in asked))
