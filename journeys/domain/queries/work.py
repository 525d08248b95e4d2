"""What an organization has to do next, the most pressing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from accounts.core.actor import Actor
from journeys.core.risk_words import RISK_WORDS, few_words
from journeys.core.templates import GRAPHS
from journeys.models import WorkItem

SCOPES = ("all", "mine", "unclaimed")
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
class StepCount:
    step: str
    title: str
    count: int


@dataclass(frozen=True)
class WorkCounts:
    """How much there is to do; `mark` changes whenever something opens, closes or is claimed."""

    scopes: Mapping[str, int]
    steps: tuple[StepCount, ...]
    late: int
    mark: str

    def of_step(self, step: str) -> int:
        """How much of it is about one step."""
        return next((each.count for each in self.steps if each.step == step), 0)


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


def counts(actor: Actor, *, now: datetime) -> WorkCounts:
    """Every number above the list, from one query."""
    found = (
        open_work(actor)
        .values("step")
        .annotate(
            total=Count("id"),
            mine=Count("id", filter=Q(claimed_by=actor.user_id)),
            unclaimed=Count("id", filter=Q(claimed_by=None)),
            late=Count("id", filter=Q(due_at__lt=now)),
            opened=Max("opened_at"),
            claimed=Max("claimed_at"),
        )
        .order_by("step")
    )
    rows: list[Mapping[str, Any]] = [dict(row) for row in found]
    titles = step_titles()
    marked = repr(
        [(r["step"], r["total"], r["unclaimed"], r["opened"], r["claimed"]) for r in rows]
    )
    return WorkCounts(
        scopes={
            "all": sum(row["total"] for row in rows),
            "mine": sum(row["mine"] for row in rows),
            "unclaimed": sum(row["unclaimed"] for row in rows),
        },
        steps=tuple(
            StepCount(row["step"], titles.get(row["step"], "Disagreement"), row["total"])
            for row in rows
        ),
        late=sum(row["late"] for row in rows),
        mark=sha256(marked.encode()).hexdigest()[:12],
    )


def filtered(actor: Actor, *, scope: str, step: str = "") -> QuerySet[WorkItem]:
    """The list in its order, what will slip first: urgent ones, then what is due soonest."""
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
        .order_by("-urgent", "due_at", "id")
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
    if item.key != item.step:
        return "conflict"
    phase = item.journey.phase if item.step == item.journey.step else "now"
    return phase_now(phase, item.due_at, now=now)


def phase_now(phase: str, due_at: datetime | None, *, now: datetime) -> str:
    """The kept phase, with what the clock did to it since it was kept."""
    late = due_at is not None and due_at < now
    return "at_risk" if late and phase in ("now", "waiting") else phase
