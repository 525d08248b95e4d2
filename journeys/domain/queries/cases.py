"""The cases of a hub by who answers for them, and how each of its people is reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from accounts.core.actor import Actor
from accounts.core.permissions import Permission, Role, permissions_of
from accounts.models import Membership
from accounts.tenancy import current_organization_id
from journeys.domain.queries.journey_lists import why_at_risk
from journeys.domain.queries.work import phase_now
from journeys.models import Journey

SCOPES = ("mine", "unowned", "all")


@dataclass(frozen=True)
class Desk:
    """One person who has cases: how they are reached, and how many open ones they have."""

    id: UUID
    user_id: UUID
    name: str
    phone: str
    hours: str
    away_from: date | None
    away_until: date | None
    cover: str
    cases: int
    at_risk: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class CaseRow:
    """One open case; opens the patient's name, so the caller audits the reading."""

    id: UUID
    number: str
    patient: str
    program: str
    step: str
    phase: str
    risks: str
    due_at: datetime | None
    urgent: bool
    owner: str
    unowned_since: datetime | None


@dataclass(frozen=True)
class Load:
    """Who has how many open cases, and how many nobody has."""

    desks: Sequence[Desk]
    unowned: int
    mine: int
    total: int


def people() -> list[Membership]:
    """Those of the acting hub who can have cases, by name."""
    found = Membership.objects.filter(
        organization_id=current_organization_id(), active=True, user__is_active=True
    )
    rows = found.select_related("user", "covered_by__user").order_by("user__name")
    return [row for row in rows if _may_own(row)]


def _may_own(row: Membership) -> bool:
    return Permission.INTAKE_REVIEW in permissions_of(Role(role) for role in row.roles)


def open_cases(actor: Actor) -> QuerySet[Journey]:
    """The open journeys of the actor's hub."""
    found: QuerySet[Journey] = Journey.objects.filter(hub_id=actor.organization_id, closed_at=None)
    return found


def load(actor: Actor, *, today: date) -> Load:
    """Who has what, from two queries; `today` is the hub's."""
    counted = open_cases(actor).order_by().values("case_owner")
    by_owner: Mapping[UUID | None, Mapping[str, Any]] = {
        row["case_owner"]: row
        for row in counted.annotate(
            cases=Count("id"), risky=Count("id", filter=Q(at_risk=True)), oldest=Min("started_at")
        )
    }
    known = people()
    answered = _answered_by(known, actor, today=today)
    desks = [_desk(each, by_owner.get(each.pk, {})) for each in known]
    return Load(
        desks=desks,
        unowned=by_owner.get(None, {}).get("cases", 0),
        mine=sum(desk.cases for desk in desks if desk.id in answered),
        total=sum(row["cases"] for row in by_owner.values()),
    )


def _desk(row: Membership, counted: Mapping[str, Any]) -> Desk:
    return Desk(
        id=row.pk,
        user_id=row.user_id,
        name=row.user.name,
        phone=row.phone,
        hours=row.hours,
        away_from=row.away_from,
        away_until=row.away_until,
        cover=row.covered_by.user.name if row.covered_by and row.away_from else "",
        cases=counted.get("cases", 0),
        at_risk=counted.get("risky", 0),
        oldest_at=counted.get("oldest"),
    )


def _answered_by(known: Sequence[Membership], actor: Actor, *, today: date) -> Collection[UUID]:
    """Whose cases the actor answers for today: their own, and of whom they cover."""
    own = {row.pk for row in known if row.user_id == actor.user_id}
    away = (row for row in known if row.away_from and row.away_from <= today)
    return own | {
        row.pk
        for row in away
        if row.away_until and row.away_until >= today and row.covered_by_id in own
    }


def listed(actor: Actor, *, scope: str, today: date) -> QuerySet[Journey]:
    """Open cases in the order of the lists: those one answers for, nobody's, or all."""
    found = open_cases(actor)
    if scope == "unowned":
        found = found.filter(case_owner=None)
    elif scope == "mine":
        found = found.filter(case_owner__in=_answered_by(people(), actor, today=today))
    rows: QuerySet[Journey] = (
        found.select_related("program_version__program", "case_owner__user")
        .defer("program_version__definition")
        .order_by("-urgent", F("due_at").asc(nulls_last=True), "started_at", "id")
    )
    return rows


def row_of(journey: Journey, *, now: datetime) -> CaseRow:
    """One line; opens the patient's name, so the caller audits the reading."""
    owner = journey.case_owner
    return CaseRow(
        id=journey.id,
        number=journey.number,
        patient=journey.patient_name,
        program=journey.program_version.program.name,
        step=journey.step_title,
        phase=phase_now(journey.phase, journey.due_at, now=now),
        risks=why_at_risk(journey, now=now),
        due_at=journey.due_at,
        urgent=journey.urgent,
        owner=owner.user.name if owner else "",
        unowned_since=None if owner else journey.unowned_since or journey.started_at,
    )
