"""The reports of side effects that a hub has to pass on, or that a safety desk has got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission, Role
from accounts.models import Membership
from journeys.core import safety
from journeys.core.steps_anytime import ADVERSE_EVENT
from journeys.models import SafetyReport

SHOWS: Mapping[str, Q] = {
    "open": Q(over_at=None) & ~Q(status="acknowledged"),
    "confirmed": Q(over_at=None, status="acknowledged"),
    "over": Q(over_at__isnull=False),
}
# Whose turn it is, by status: the phase as the hub sees it, and as the desk does.
PHASES: Mapping[str, tuple[str, str]] = {
    "captured": ("now", "waiting"),
    "triaged": ("now", "waiting"),
    "forwarded": ("waiting", "now"),
    "follow_up": ("now", "waiting"),
    "acknowledged": ("done", "done"),
    "reconciled": ("done", "done"),
    "withdrawn": ("skipped", "skipped"),
}
WORDS: Mapping[str, str] = {
    "captured": "To be forwarded",
    "triaged": "To be forwarded",
    "forwarded": "With the safety desk",
    "follow_up": "The safety desk asks",
    "acknowledged": "Confirmed",
    "reconciled": "Reconciled",
    "withdrawn": "Recorded by mistake",
}
CRITERIA_WORDS: Mapping[str, str] = {
    "patient": "Patient",
    "reporter": "Reporter",
    "product": "Product",
    "event": "Event",
}


@dataclass(frozen=True)
class SafetyRow:
    """One report in a list. `who` is the patient's name, or for the desk initials and year."""

    id: UUID
    number: str
    who: str
    program: str
    what: str
    missing: Sequence[str]
    aware_at: datetime
    due_at: datetime | None
    phase: str
    word: str


def reports(actor: Actor) -> QuerySet[SafetyReport]:
    """Every report this actor may read; nobody who may not read any finds one."""
    found: QuerySet[SafetyReport] = SafetyReport.objects.select_related(
        "program", "manufacturer", "hub"
    )
    if not actor.may(Permission.SAFETY_VIEW):
        return found.none()
    return found if is_desk(actor) else found.select_related("journey")


def is_desk(actor: Actor) -> bool:
    """Whether the actor works at a manufacturer's safety desk, which reads no journey."""
    return actor.organization_kind == OrganizationKind.MANUFACTURER


def has_desk(manufacturer_id: UUID) -> bool:
    """Whether anybody of a manufacturer's safety desk signs in here."""
    people = Membership.objects.filter(
        organization_id=manufacturer_id, active=True, user__is_active=True
    )
    return any(Role.SAFETY_OFFICER in roles for roles in people.values_list("roles", flat=True))


def listed(actor: Actor, *, show: str) -> QuerySet[SafetyReport]:
    """What is to be done first stands first: not yet forwarded, by the clock, so the late lead."""
    turn = Case(
        When(status__in=safety.TO_FORWARD, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = reports(actor).filter(SHOWS[show])
    return found.order_by("-over_at", "id") if show == "over" else found.order_by(turn, "due_at")


def counted(actor: Actor) -> Mapping[str, int]:
    """How many reports each list holds."""
    found = reports(actor)
    return {show: found.filter(condition).count() for show, condition in SHOWS.items()}


def row_of(report: SafetyReport, actor: Actor, *, now: datetime) -> SafetyRow:
    """The report as a line of the actor's list."""
    desk, body = is_desk(actor), report.body
    phase = PHASES[report.status][desk]
    waits = report.status in safety.TO_FORWARD
    late = waits and report.due_at < now and not desk
    return SafetyRow(
        id=report.pk,
        number=report.number,
        who=patient_words(body) if desk else report.journey.patient_name,
        program=report.program.name,
        what=reasons_of(body),
        missing=[CRITERIA_WORDS[key] for key in safety.missing_criteria(body["facts"])],
        aware_at=report.aware_at,
        due_at=report.due_at if waits else None,
        phase="at_risk" if late else phase,
        word="Late to be forwarded" if late else _word(report.status, desk=desk),
    )


def _word(status: str, *, desk: bool) -> str:
    return "To be confirmed" if desk and status in safety.FOR_DESK else WORDS[status]


def patient_words(body: Mapping[str, Any]) -> str:
    """How a report names its patient."""
    patient = body["patient"]
    return f"{patient['initials']}, born {patient['born']}"


def reasons_of(body: Mapping[str, Any]) -> str:
    """What kind of thing it is, in words."""
    labels = (ADVERSE_EVENT.label_of(reason) or reason for reason in body["reasons"])
    return ", ".join(labels).capitalize() or "Not told"
