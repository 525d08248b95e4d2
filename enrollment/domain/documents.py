"""Papers attached to an enrollment or an insurance: keep, open, take away; every time audited."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.files import MOST_DOCUMENTS, CheckedFile, Unfit, plain_title
from enrollment.domain.answering import keep_each
from enrollment.domain.definitions import definition_of
from enrollment.domain.locking import lock, lock_journey_of
from enrollment.domain.queries.patients import current_coverage
from enrollment.enums import OPEN, EnrollmentStatus
from enrollment.models import Document, DocumentFile, DocumentPage, Enrollment, Patient
from programs.core.catalogue import ANSWERABLE
from programs.core.forms import file_questions

# What a scan of the patient's signed paper answers; it may come after the enrollment was sent.
SIGNED_PAPER = "S1"


@dataclass(frozen=True)
class Place:
    """Where a paper goes: the question it answers, and the enrollment or the patient's insurance.

    With an enrollment the patient is the enrollment's. A paper that answers a question about
    the insurance goes to the insurance that stands today.
    """

    field: str
    enrollment_id: UUID | None = None
    patient_id: UUID | None = None


@transaction.atomic
def attach(file: CheckedFile, *, place: Place, title: str, by: Actor, now: datetime) -> Document:
    """Keep a paper with its pictures, and answer the questions it is for.

    The same bytes at the same place are kept once. Raises Refused when the actor may not or
    the enrollment no longer changes, Unfit when there are too many, DoesNotExist when the
    enrollment or patient is not the practice's.
    """
    patient, enrollment = _taken(place)
    if enrollment is not None and place.field == SIGNED_PAPER:
        rules.require(rules.why_not_bring_paper(by, enrollment))
    elif enrollment is not None:
        rules.require(rules.why_not_answer(by, enrollment))
    else:
        rules.require(rules.why_not_edit_patients(by))
    coverage = current_coverage(patient) if is_about_insurance(place.field) else None
    owner: dict[str, Any] = {
        "patient": patient,
        "coverage": coverage,
        "enrollment": None if coverage else enrollment,
    }
    there = Document.objects.filter(**owner, field=place.field, sha256=file.sha256)
    known: Document | None = there.first()
    if known is not None:
        return known
    _require_room(patient, enrollment)
    document = Document(
        organization_id=patient.organization_id,
        **owner,
        field=place.field,
        title=plain_title(title) or "Document",
        content_type=file.content_type,
        size=len(file.body),
        pages=file.pages,
        sha256=file.sha256,
        attached_by_id=by.user_id,
        attached_at=now,
    )
    _keep(document, file)
    audit.wrote(document, action="attached", fields=[place.field])
    _answer_again(document, by=by, now=now)
    return document


def _taken(place: Place) -> tuple[Patient, Enrollment | None]:
    """The patient and the enrollment of a place, with every open form of the patient's locked."""
    patient_id = place.patient_id
    if place.enrollment_id:
        patient_id = Enrollment.objects.values_list("patient_id", flat=True).get(
            id=place.enrollment_id
        )
        lock_journey_of(place.enrollment_id)
    _open_forms(patient_id)
    patient: Patient = Patient.objects.get(id=patient_id)
    return patient, lock(place.enrollment_id) if place.enrollment_id else None


def _open_forms(patient_id: UUID | None) -> list[Enrollment]:
    """The patient's forms that still change, locked in the order in which everybody locks."""
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("program_version")
    return list(rows.filter(patient_id=patient_id, status__in=OPEN).order_by("id"))


def _require_room(patient: Patient, enrollment: Enrollment | None) -> None:
    kept = attached_to(enrollment) if enrollment else Document.objects.filter(patient=patient)
    most = MOST_DOCUMENTS if enrollment else 5 * MOST_DOCUMENTS
    if kept.count() >= most:
        whose = "An enrollment" if enrollment else "A patient"
        raise Unfit(
            f"{whose} holds {most} documents, and they are all here; "
            "remove one, or put several pages into one PDF."
        )


def _keep(document: Document, file: CheckedFile) -> None:
    document.save(force_insert=True)
    owner = document.organization_id
    DocumentFile(organization_id=owner, document=document, body=file.body).save(force_insert=True)
    DocumentPage.objects.bulk_create(
        DocumentPage(organization_id=owner, document=document, number=number, picture=picture)
        for number, picture in enumerate(file.pictures, start=1)
    )


@transaction.atomic
def detach(document_id: UUID, *, by: Actor, now: datetime) -> Document:
    """Take a paper away for good; the questions it answered are open again.

    What was handed over before keeps its own copy. Raises Refused, also while a signature
    rests on the paper; DoesNotExist when it is not the practice's.
    """
    document: Document = Document.objects.get(id=document_id)
    if document.enrollment_id:
        lock_journey_of(document.enrollment_id)
    _open_forms(document.patient_id)
    enrollment = lock(document.enrollment_id) if document.enrollment_id else None
    if enrollment is not None:
        rules.require(rules.why_not_answer(by, enrollment))
    else:
        rules.require(rules.why_not_edit_patients(by))
    audit.wrote(document, action="detached", fields=[document.field])
    try:
        with transaction.atomic():
            Document.objects.filter(id=document.id).delete()
    except ProtectedError:
        raise rules.Refused("A signature rests on this document, so it stays.") from None
    _answer_again(document, by=by, now=now)
    return document


def open_document(document_id: UUID, *, purpose: str) -> tuple[Document, bytes]:
    """The whole file, and the record that it was read. Raises DoesNotExist."""
    document: Document = Document.objects.get(id=document_id)
    body = bytes(DocumentFile.objects.get(document=document).body)
    audit.read(document, fields=[document.field], purpose=purpose)
    return document, body


def open_page(page_id: UUID, *, purpose: str) -> bytes:
    """One page as a JPEG, and the record that it was read. Raises DocumentPage.DoesNotExist."""
    page = DocumentPage.objects.select_related("document").get(id=page_id)
    audit.read(page.document, fields=[page.document.field], purpose=purpose)
    return bytes(page.picture)


def is_about_insurance(field: str) -> bool:
    known = ANSWERABLE.get(field)
    return known is not None and known.typed_once_per == "coverage"


def attached_to(enrollment: Enrollment) -> QuerySet[Document]:
    """The papers of one enrollment: its own, and those of the insurance that stands today."""
    coverage = current_coverage(enrollment.patient)
    its_own = Q(enrollment=enrollment)
    found: QuerySet[Document] = Document.objects.filter(
        its_own | Q(coverage=coverage) if coverage else its_own
    )
    return found


def by_question(documents: Iterable[Document]) -> dict[str, list[str]]:
    """The answers that papers give: their ids, by question."""
    found: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        found[document.field].append(str(document.id))
    return dict(found)


def _answer_again(document: Document, *, by: Actor, now: datetime) -> None:
    """Bring the answers of every open form that the paper belongs to up to what is attached."""
    sittings: dict[object, list[Enrollment]] = defaultdict(list)
    for row in _open_forms(document.patient_id):
        alone = row.sitting is None or row.status != EnrollmentStatus.DRAFT
        sittings[row.id if alone else row.sitting].append(row)
    for rows in sittings.values():
        own = [_answered_by(document, row) for row in rows]
        if any(own):
            keep_each(rows, own, source="attached", by=by, now=now)


def _answered_by(document: Document, row: Enrollment) -> dict[str, list[str] | None]:
    """What this form's answer is now, where the paper's question is asked and that is new."""
    if document.enrollment_id not in (None, row.id):
        return {}
    if document.field not in file_questions([definition_of(row.program_version)]):
        return {}
    ids = by_question(attached_to(row).filter(field=document.field)).get(document.field)
    return {} if row.answers.get(document.field) == ids else {document.field: ids}
