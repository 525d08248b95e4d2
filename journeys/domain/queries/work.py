"""What an organization has to do next, the most pressing first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, Func, Max, Q, QuerySet, Sum

from accounts.core.actor import Actor
from journeys.core.risk_words import RISK_WORDS, few_words
from journeys.core.templates import GRAPHS
from journeys.domain.worklist import DELIVERY_KEY
from journeys.models import WorkItem

SCOPES = ("all", "mine", "unclaimed")
# Due times fall together, at the opening of a day for one: first come, first served.
IN_ORDER = ("-urgent", "due_at", "opened_at", "id")
# Of more than this only the most pressing are counted, so that a page costs the same.
MOST_COUNTED = 1_000
# What a mark is made from.
MARKED = ("all", "unclaimed", "opened", "claimed", "which")
# A late row says so where it is due, and a disagreement by its state.
SHOWN_RISKS = frozenset(RISK_WORDS) - {"R1", "R8"}


@cache
def step_titles() -> Mapping[str, str]:
    """What each step is called in a list of several programs' work."""
    titles: dict[str, str] = {}
    for graph in GRAPHS.values():
        for step in graph.steps:
            titles.setdefault(step.key, step.title)
    return titles


@dataclass(frozen=True)
class WorkCounts:
    """How much there is to do; `mark` changes whenever something opens, closes or is claimed.

    Where there is `more` than MOST_COUNTED, a scope's count above that number stands for any, only
    those that were asked for are counted besides "all", and `late` and the mark are of the most
    pressing MOST_COUNTED and one. `of_step` is how much is about the step that was asked for; None
    where that has to be counted.
    """

    scopes: Mapping[str, int]
    of_step: int | None
    late: int
    mark: str

    @property
    def more(self) -> bool:
        return self.scopes["all"] > MOST_COUNTED


@dataclass(frozen=True)
class WorkRow:
    """One line of the list, ready to be written out."""

    id: UUID
    journey_id: UUID
    number: str
    patient: str
    program: str
    action: str
    step: str
    phase: str
    due_at: datetime
    urgent: bool
    claimed_by: str
    mine: bool
    risks: str
    unread: int


def open_work(actor: Actor) -> QuerySet[WorkItem]:
    """Open work that the actor's organization has."""
    found: QuerySet[WorkItem] = WorkItem.objects.filter(
        owner_id=actor.organization_id, closed_at=None
    )
    return found


def counts(
    actor: Actor, *, now: datetime, step: str = "", scopes: Sequence[str] = SCOPES[1:]
) -> WorkCounts:
    """Every number above a list: from one query, or one more for each of `scopes` of a long list.

    A page that says nothing of whose the work is asks for no scopes.
    """
    found: Mapping[str, Any] = filtered(actor)[: MOST_COUNTED + 1].aggregate(
        all=Count("id"),
        mine=Count("id", filter=Q(claimed_by=actor.user_id)),
        unclaimed=Count("id", filter=Q(claimed_by=None)),
        step=Count("id", filter=Q(step=step)),
        late=Count("id", filter=Q(due_at__lt=now)),
        opened=Max("opened_at"),
        claimed=Max("claimed_at"),
        # Where another moves up for one that is done, the numbers may stay as they were.
        which=Sum(Func("id", function="uuid_hash", output_field=BigIntegerField())),
    )
    more = found["all"] > MOST_COUNTED
    told = {each: found[each] for each in (SCOPES[:1] if more else SCOPES)}
    if more:
        for each in scopes:
            told[each] = filtered(actor, scope=each)[: MOST_COUNTED + 1].count()
    return WorkCounts(
        scopes=told,
        of_step=None if more else found["step"],
        late=found["late"],
        mark=mark_of(found),
    )


def mark_of(found: Mapping[str, Any]) -> str:
    """What changes with the numbers and moments that tell one state of the list from another."""
    marked = repr([found[each] for each in MARKED])
    return sha256(marked.encode()).hexdigest()[:12]


def filtered(actor: Actor, *, scope: str = "all", step: str = "") -> QuerySet[WorkItem]:
    """The list in its order, what will slip first: urgent, due soonest, then first come."""
    found = open_work(actor)
    if scope == "mine":
        found = found.filter(claimed_by=actor.user_id)
    elif scope == "unclaimed":
        found = found.filter(claimed_by=None)
    if step:
        found = found.filter(step=step)
    return (
        found.select_related("journey__program_version__program", "claimed_by")
        .defer("journey__program_version__definition")
        .order_by(*IN_ORDER)
    )


def row_of(item: WorkItem, actor: Actor, *, now: datetime, unread: int = 0) -> WorkRow:
    """One line; opens the patient's name, so the caller audits the reading.

    `unread` is how many messages on the journey the person has not read.
    """
    journey = item.journey
    return WorkRow(
        id=item.id,
        journey_id=item.journey_id,
        number=journey.number,
        patient=journey.patient_name,
        program=journey.program_version.program.name,
        action=item.action,
        step=step_titles().get(item.step, journey.step_title),
        phase=_phase(item, now=now),
        due_at=item.due_at,
        urgent=item.urgent,
        claimed_by=item.claimed_by.name if item.claimed_by else "",
        mine=item.claimed_by_id is not None and item.claimed_by_id == actor.user_id,
        risks=few_words(SHOWN_RISKS.intersection(journey.risk_rules)),
        unread=unread,
    )


def _phase(item: WorkItem, *, now: datetime) -> str:
    if item.key.startswith(DELIVERY_KEY):
        return "blocked"
    if item.key != item.step:
        return "conflict"
    phase = item.journey.phase if item.step == item.journey.step else "now"
    return phase_now(phase, item.due_at, now=now)


def phase_now(phase: str, due_at: datetime | None, *, now: datetime) -> str:
    """The kept phase, with what the clock did to it since it was kept."""
    late = due_at is not None and due_at < now
    return "at_risk" if late and phase in ("now", "waiting") else phase
