"""One practice's people at work: the same functions that the pages call, up to a signed form."""

from datetime import datetime
from itertools import islice
from uuid import UUID

from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.models import Membership
from accounts.tenancy import acting_as
from enrollment.domain import drafts, signatures, submission
from enrollment.domain.patients import add_coverage, add_patient
from enrollment.management.demo.clinical import clinical_answers
from enrollment.management.demo.people import patients_of
from enrollment.models import Enrollment, Prescriber
from programs.models import ProgramVersion

PRACTICE = "lakeside"
STAFF = "ana@lakeside.example"
DOCTOR = "maya@lakeside.example"
MEANS = signatures.Means("Typed name on the office's screen")


def actor_of(email: str) -> Actor:
    """The person of the demo world with this address, as domain functions take them."""
    membership = Membership.objects.select_related("user", "organization").get(user__email=email)
    return Actor(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        organization_kind=OrganizationKind(membership.organization.kind),
        roles=frozenset(Role(role) for role in membership.roles),
        name=membership.user.name,
    )


def signed_drafts(count: int, *, program: str, seed: int, now: datetime) -> list[UUID]:
    """Enrollments of new patients, filled in and signed by both: all that is left is to send."""
    staff, doctor = actor_of(STAFF), actor_of(DOCTOR)
    version = ProgramVersion.objects.select_related("program").get(program__key=program)
    with acting_as(staff):
        prescriber_id: UUID = Prescriber.objects.get(user_id=doctor.user_id).id
    people = patients_of(PRACTICE, seed=seed)
    made = []
    for patient, coverage in islice(people, count):
        with acting_as(staff):
            draft = _filled_in(
                patient, coverage, version=version, prescriber_id=prescriber_id, by=staff, now=now
            )
        with acting_as(doctor):
            draft = Enrollment.objects.select_related("program_version").get(id=draft.id)
            shown = signatures.statement_of(draft, "prescriber", today=timezone.localdate(now))
            signatures.certify(
                draft.id, seen_digest=shown.digest("en"), means=MEANS, by=doctor, now=now
            )
        made.append(draft.id)
    return made


def _filled_in(
    patient: dict[str, object],
    coverage: dict[str, object],
    *,
    version: ProgramVersion,
    prescriber_id: UUID,
    by: Actor,
    now: datetime,
) -> Enrollment:
    """A complete form with the patient's authorization."""
    known = add_patient(patient, by=by, now=now)
    add_coverage(known.id, coverage, by=by, now=now)
    draft = drafts.start(
        patient_id=known.id,
        program_version_id=version.id,
        prescriber_id=prescriber_id,
        by=by,
        now=now,
    )
    answers = clinical_answers(version.program.key, today=timezone.localdate(now))
    drafts.save_answers(draft.id, answers, seen_revision=0, by=by, now=now)
    draft.refresh_from_db()
    shown = signatures.statement_of(draft, "patient", today=timezone.localdate(now))
    agreement = signatures.Agreement(known.name, [consent.key for consent in shown.consents])
    signatures.authorize(draft.id, agreement, means=MEANS, by=by, now=now)
    return draft


def send(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Submit in a transaction of its own, as the page does; it is committed on return."""
    with acting_as(by):
        return submission.submit(enrollment_id, urgent=False, by=by, now=now)
