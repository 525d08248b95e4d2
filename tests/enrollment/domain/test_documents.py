"""Papers: where they go, which questions they answer, and what is written down about it."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from enrollment.core.files import MOST_DOCUMENTS, CheckedFile, Unfit
from enrollment.domain import documents, drafts, patients
from enrollment.domain.documents import Place, attach, attached_to, detach
from enrollment.domain.masters import Unacceptable
from enrollment.domain.queries.patients import current_coverage
from enrollment.domain.submission import submit
from enrollment.enums import EnrollmentStatus
from enrollment.models import (
    Coverage,
    Document,
    DocumentFile,
    DocumentPage,
    Enrollment,
    Patient,
    Signature,
)
from enrollment.rules import Refused
from tests.factories.enrollments import COVERAGE
from tests.factories.offices import Office, office, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside() -> Office:
    return office()


def paper(body: bytes = b"%PDF-1.7 chart", pages: int = 2) -> CheckedFile:
    return CheckedFile("application/pdf", body, (b"\xff\xd8snapshot",) * pages)


def put(lakeside: Office, field: str, file: CheckedFile | None = None, **place: Any) -> Document:
    place = place or {"patient_id": lakeside.rosa.id}
    with acting_as(lakeside.coordinator):
        return attach(
            file or paper(),
            place=Place(field, **place),
            title="notes.pdf",
            by=lakeside.coordinator,
            now=timezone.now(),
        )


def answers_of(lakeside: Office, enrollment: Enrollment) -> dict[str, Any]:
    with acting_as(lakeside.coordinator):
        answers: dict[str, Any] = stored(enrollment).answers
        return answers


def test_a_card_goes_to_the_insurance_and_along_into_the_next_program(lakeside: Office) -> None:
    first = lakeside.draft()
    card = put(lakeside, "B2", enrollment_id=first.id)
    assert card.coverage is not None
    assert card.enrollment is None
    assert answers_of(lakeside, first)["B2"] == [str(card.id)]

    second = lakeside.draft()
    assert answers_of(lakeside, second)["B2"] == [str(card.id)]
    assert second.changes["B2"]["source"] == "insurance record"


def test_a_card_attached_at_the_patient_answers_every_open_form(lakeside: Office) -> None:
    first, second = lakeside.draft(), lakeside.draft()
    card = put(lakeside, "B2")
    back = put(lakeside, "B2", paper(b"%PDF-1.7 back"))
    assert answers_of(lakeside, first)["B2"] == [str(card.id), str(back.id)]
    assert answers_of(lakeside, second)["B2"] == [str(card.id), str(back.id)]

    with acting_as(lakeside.coordinator):
        detach(card.id, by=lakeside.coordinator, now=timezone.now())
    assert answers_of(lakeside, first)["B2"] == [str(back.id)]
    assert answers_of(lakeside, second)["B2"] == [str(back.id)]


def test_a_card_without_an_insurance_waits_for_it_on_the_form(lakeside: Office) -> None:
    with acting_as(lakeside.coordinator):
        enrollment = lakeside.complete()
        Coverage.objects.filter(patient=lakeside.rosa).delete()
    card = put(lakeside, "B2", enrollment_id=enrollment.id)
    assert card.enrollment_id == enrollment.id
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    with acting_as(lakeside.coordinator):
        submit(enrollment.id, urgent=False, by=lakeside.coordinator, now=timezone.now())
        coverage = current_coverage(lakeside.rosa)
        assert coverage is not None
        assert Document.objects.get(id=card.id).coverage_id == coverage.id
        assert "B2" not in coverage.details
    assert answers_of(lakeside, lakeside.draft())["B2"] == [str(card.id)]


def test_the_old_card_stays_with_the_old_insurance(lakeside: Office) -> None:
    put(lakeside, "B2")
    with acting_as(lakeside.coordinator):
        patients.add_coverage(
            lakeside.rosa.id, COVERAGE, by=lakeside.coordinator, now=timezone.now()
        )
    assert "B2" not in answers_of(lakeside, lakeside.draft())


def test_the_same_bytes_are_kept_once_at_one_place(lakeside: Office) -> None:
    assert put(lakeside, "B2").id == put(lakeside, "B2").id
    with acting_as(lakeside.coordinator):
        assert Document.objects.count() == DocumentFile.objects.count() == 1
        assert DocumentPage.objects.count() == 2


def test_an_enrollment_holds_so_many_and_no_more(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    for number in range(MOST_DOCUMENTS):
        put(lakeside, "E16", paper(b"%d" % number), enrollment_id=enrollment.id)
    with pytest.raises(Unfit, match="An enrollment holds 20 documents, and they are all here"):
        put(lakeside, "E16", paper(b"one more"), enrollment_id=enrollment.id)
    with acting_as(lakeside.coordinator):
        assert attached_to(enrollment).count() == MOST_DOCUMENTS


def test_nothing_typed_counts_as_a_file(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    for typed in ("card.pdf", [str(lakeside.rosa.id)], None):
        with pytest.raises(Unacceptable) as refused:
            lakeside.answer(enrollment, B2=typed)
        assert refused.value.problems == {
            "B2": ["This is answered by attaching a file, not by typing."]
        }
    assert "B2" not in answers_of(lakeside, enrollment)


def test_a_paper_attached_after_signing_takes_the_prescribers_signature_back(
    lakeside: Office,
) -> None:
    enrollment = lakeside.signed()
    put(lakeside, "B2", enrollment_id=enrollment.id)
    with acting_as(lakeside.coordinator):
        kinds = Signature.objects.filter(superseded_at=None).values_list("kind", flat=True)
        assert list(kinds) == ["patient"]


def test_what_was_sent_or_withdrawn_takes_no_more_papers(lakeside: Office) -> None:
    sent = lakeside.sent()
    with pytest.raises(Refused, match="already sent"):
        put(lakeside, "E16", enrollment_id=sent.id)
    draft = lakeside.draft()
    kept = put(lakeside, "E16", enrollment_id=draft.id)
    with acting_as(lakeside.coordinator):
        drafts.withdraw(draft.id, by=lakeside.coordinator, now=timezone.now())
        assert stored(draft).status == EnrollmentStatus.WITHDRAWN
        with pytest.raises(Refused, match="withdrawn"):
            detach(kept.id, by=lakeside.coordinator, now=timezone.now())
        assert Document.objects.filter(id=kept.id).exists()


def test_another_practice_finds_no_enrollment_patient_or_paper(lakeside: Office) -> None:
    kept = put(lakeside, "B2")
    with acting_as(lakeside.coordinator):
        page = DocumentPage.objects.get(document=kept, number=1)
    harbor = office("Harbor Neurology", version=lakeside.version)
    with acting_as(harbor.coordinator):
        place = Place("B2", patient_id=lakeside.rosa.id)
        with pytest.raises(Patient.DoesNotExist):
            attach(paper(), place=place, title="x", by=harbor.coordinator, now=timezone.now())
        with pytest.raises(Document.DoesNotExist):
            documents.open_document(kept.id, purpose="look")
        with pytest.raises(DocumentPage.DoesNotExist):
            documents.open_page(page.id, purpose="look")
        with pytest.raises(Document.DoesNotExist):
            detach(kept.id, by=harbor.coordinator, now=timezone.now())
    with acting_as(lakeside.coordinator):
        assert Document.objects.filter(id=kept.id).exists()


def test_attaching_opening_and_removing_are_each_in_the_audit(lakeside: Office) -> None:
    kept = put(lakeside, "B2")
    with acting_as(lakeside.coordinator):
        assert documents.open_document(kept.id, purpose="download")[1] == b"%PDF-1.7 chart"
        page = DocumentPage.objects.get(document=kept, number=2)
        assert documents.open_page(page.id, purpose="preview") == b"\xff\xd8snapshot"
        detach(kept.id, by=lakeside.coordinator, now=timezone.now())
        told = AuditEntry.objects.filter(subject_id=kept.id).order_by("at", "id")
        assert [(each.action, each.fields) for each in told] == [
            ("attached", ["B2"]),
            ("read", ["B2"]),
            ("read", ["B2"]),
            ("detached", ["B2"]),
        ]


def test_neither_the_bytes_nor_the_title_stand_readable_in_the_database(lakeside: Office) -> None:
    put(lakeside, "B2")
    with every_tenant(reason="the test reads the tables as they are"):
        for table in ("document", "documentfile", "documentpage"):
            with connection.cursor() as cursor:
                cursor.execute(f"select row_to_json(t)::text from enrollment_{table} t")
                text = " ".join(row[0] for row in cursor.fetchall())
            for plain in (b"%PDF-1.7 chart", b"snapshot", b"notes"):
                assert plain.hex() not in text
                assert plain.decode() not in text
