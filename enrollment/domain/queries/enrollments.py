"""Loads for the pages about enrollments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)

from accounts.models import AuditEntry, User
from enrollment.enums import OPEN, EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, PaperSignature, Signature
from journeys.domain.queries.exchange import ARRIVED
from journeys.models import Delivery
from programs.models import ProgramVersion

# As long as a session may idle: after it nobody has the page open any more.
OPEN_FOR = timedelta(minutes=15)


def enrollments() -> QuerySet[Enrollment]:
    """Enrollments with what every page shows beside them."""
    rows: QuerySet[Enrollment] = Enrollment.objects.select_related(
        "patient",
        "prescriber",
        "program_version__program__manufacturer",
        "journey__hub",
        "keyed_by",
        "created_by",
    )
    return rows


def listed() -> QuerySet[Enrollment]:
    """As `enrollments`, with the signatures that stand on each, and whether its hub has it."""
    standing = Signature.objects.filter(superseded_at=None).defer("evidence", "signer_name")
    paper = Exists(
        PaperSignature.objects.filter(
            enrollment=OuterRef("pk"), kind=SignatureKind.PATIENT, checked_at=None
        )
    )
    newest = Delivery.objects.filter(
        journey=OuterRef("journey"), recipient=OuterRef("journey__hub")
    ).order_by("-created_at")
    failing = Case(When(~Q(trouble="") & ~Q(status__in=ARRIVED), then=True), default=False)
    return (
        enrollments()
        .annotate(
            paper_waits=paper,
            hub_lacks=Subquery(newest.annotate(lacks=failing).values("lacks")[:1]),
        )
        .prefetch_related(Prefetch("signatures", standing, to_attr="standing"))
    )


def standing_signatures(enrollment: Enrollment) -> list[Signature]:
    """The signatures that `listed` brought along."""
    found: list[Signature] = getattr(enrollment, "standing", [])
    return found


def paper_waits(enrollment: Enrollment) -> bool:
    """Whether a scan waits for a colleague's check, as `listed` brought along."""
    return bool(getattr(enrollment, "paper_waits", False))


def hub_lacks(enrollment: Enrollment) -> bool:
    """Whether the newest packet has not reached the hub, as `listed` brought along."""
    return bool(getattr(enrollment, "hub_lacks", False))


def counts() -> dict[str, int]:
    """How many enrollments the practice has in each state."""
    found = Enrollment.objects.order_by().values_list("status").annotate(Count("id"))
    return dict(found)


def of_status(status: str) -> QuerySet[Enrollment]:
    """Enrollments in a state, or in any for an empty one; the latest changed first."""
    rows = listed()
    return rows.filter(status=status) if status else rows


def of_patient(patient_id: UUID) -> list[Enrollment]:
    return list(listed().filter(patient_id=patient_id))


def was_sent_for(patient_id: UUID) -> bool:
    """Whether anything was ever sent for a patient, so that there is a journey to report on."""
    found: bool = Enrollment.objects.filter(patient_id=patient_id, journey__isnull=False).exists()
    return found


def by_program(patient_id: UUID) -> dict[UUID, Enrollment]:
    """What is begun or sent for a patient, the latest of each program: not to be begun twice."""
    rows = enrollments().filter(patient_id=patient_id).exclude(status=EnrollmentStatus.WITHDRAWN)
    return {row.program_version.program_id: row for row in rows.order_by("updated_at")}


def waiting_for(user_id: UUID) -> list[Enrollment]:
    """The queue of one prescriber: asked for, and without a standing certification."""
    rows = enrollments().filter(
        prescriber__user_id=user_id,
        status__in=OPEN,
        signing_requested_at__isnull=False,
    )
    certified = Signature.objects.filter(
        enrollment=OuterRef("pk"), kind=SignatureKind.PRESCRIBER, superseded_at=None
    )
    return list(rows.filter(~Exists(certified)).order_by("signing_requested_at"))


def startable_versions(*, today: date) -> list[ProgramVersion]:
    """The version of each program that takes enrollments today, by program name."""
    rows = (
        ProgramVersion.objects.filter(
            program__active=True, published_at__isnull=False, valid_from__lte=today
        )
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .select_related("program__manufacturer")
        .order_by("program_id", "-valid_from", "-number")
        .distinct("program_id")
    )
    return sorted(rows, key=lambda version: version.program.name)


@dataclass(frozen=True)
class Other:
    """A colleague who opened or changed the same form a short while ago."""

    name: str
    at: datetime
    changed: bool


def others_on(enrollment_id: UUID, *, user_id: UUID | None, now: datetime) -> Sequence[Other]:
    """Who else has this form open, as far as the record of reads and writes tells."""
    latest: dict[UUID, tuple[datetime, bool]] = {}
    entries = (
        AuditEntry.objects.filter(subject_id=enrollment_id, at__gte=now - OPEN_FOR)
        .exclude(user_id=user_id)
        .exclude(user_id=None)
        .order_by(F("at").asc())
        .values_list("user_id", "at", "action")
    )
    for other_id, at, action in entries:
        latest[other_id] = (at, action == "answered")
    if not latest:
        return ()
    names = dict(User.objects.filter(id__in=latest).values_list("id", "name"))
    return [Other(names.get(each, ""), at, changed) for each, (at, changed) in latest.items()]


def deliveries_of(journey_id: UUID) -> list[Delivery]:
    """Every packet of a journey on its way to anybody, the newest first."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(journey_id=journey_id)
    return list(
        rows.select_related("recipient", "packet")
        .defer("packet__body")
        .order_by("-packet__version", "recipient__name")
    )
