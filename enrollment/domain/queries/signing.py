"""Loads about what patients have to sign and have signed."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrollment.enums import OPEN, EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, PaperSignature, Signature, SigningLink


def authorized() -> Exists:
    """Whether a patient's signature stands on an enrollment of the outer query."""
    return Exists(
        Signature.objects.filter(
            enrollment=OuterRef("pk"), kind=SignatureKind.PATIENT, superseded_at=None
        )
    )


def to_be_signed(patient_id: UUID) -> list[Enrollment]:
    """A patient's enrollments that lack the patient's signature, the oldest first."""
    rows: QuerySet[Enrollment] = Enrollment.objects.select_related(
        "patient", "prescriber", "program_version__program"
    )
    open_ones = Q(status__in=OPEN) | Q(
        status=EnrollmentStatus.SUBMITTED, awaiting_patient_since__isnull=False
    )
    waiting = rows.filter(open_ones, ~authorized(), patient_id=patient_id)
    # Those of one sitting were created at one moment.
    return list(waiting.order_by("created_at", "program_version__program__name", "id"))


def latest_link(enrollment_id: UUID) -> SigningLink | None:
    """The newest link by which this enrollment was asked to be signed."""
    row: SigningLink | None = SigningLink.objects.filter(
        enrollment_ids__contains=[enrollment_id]
    ).first()
    return row


def waiting_paper(enrollment_id: UUID) -> PaperSignature | None:
    """The scan of the patient's signature that waits for a colleague's check."""
    return waiting_papers(enrollment_id).get(SignatureKind.PATIENT)


def waiting_papers(enrollment_id: UUID) -> dict[str, PaperSignature]:
    """The scans that wait for a colleague's check, by the kind of signature."""
    rows = PaperSignature.objects.select_related("document", "uploaded_by")
    found = rows.filter(enrollment=enrollment_id, checked_at=None)
    return {row.kind: row for row in found}


def _signed() -> QuerySet[Signature]:
    rows: QuerySet[Signature] = Signature.objects.filter(kind=SignatureKind.PATIENT)
    return rows.select_related("enrollment__program_version__program").order_by(
        "signed_at", "enrollment__program_version__program__name", "id"
    )


def signed_through(link: SigningLink) -> list[Signature]:
    """What was signed in one link's session: everything at the same moment."""
    if link.used_at is None:
        return []
    return list(_signed().filter(enrollment__in=link.enrollment_ids, signed_at=link.used_at))
