"""The patient signs on paper: printed, uploaded, checked by a second person, and then it counts."""

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from enrollment.documents.signed import draw
from enrollment.domain import documents, paper, permissions, signatures, submission
from enrollment.models import Document, Enrollment, PaperSignature, Signature
from enrollment.rules import Refused
from journeys.documents.packet import render
from journeys.domain.papers import appended_to
from journeys.models import ConsentGrant, Packet
from tests.factories.offices import Office, office, stored
from tests.factories.people import member, signed_in
from tests.factories.programs import published
from tests.fakes.files import picture
from tests.fakes.pdf_ua import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside() -> Office:
    """As everywhere, with a program whose texts were published a month ago."""
    return office(version=published(published_at=timezone.now() - dt.timedelta(days=30)))


@pytest.fixture
def lena(lakeside: Office) -> Client:
    """Another coordinator at Lakeside."""
    return signed_in(member(lakeside.practice, Role.PRACTICE_STAFF, name="Lena Ortiz"))


def code(browser: Client, row: Enrollment, language: str = "en") -> str:
    page = browser.get(f"/enrollments/{row.id}/paper/print/?language={language}").content.decode()
    found = re.search(r'sheet-code">([0-9A-F]{8})<', page)
    assert found
    return found[1]


def upload(browser: Client, row: Enrollment, **changed: Any) -> Any:
    data = {
        "file": SimpleUploadedFile("scan.jpg", picture()),
        "signer_name": "Rosa Delgado",
        "signed_on": timezone.localdate().isoformat(),
        "agreed": ["authorization"],
        **changed,
    }
    data.setdefault("code", code(browser, row))
    return browser.post(f"/enrollments/{row.id}/paper/", data)


def check(browser: Client, row: Enrollment) -> Any:
    return browser.post(f"/enrollments/{row.id}/paper/check/", follow=True)


def standing(lakeside: Office, row: Enrollment) -> dict[str, Signature]:
    with acting_as(lakeside.coordinator):
        return signatures.standing(row)


def scans(lakeside: Office) -> list[Document]:
    with acting_as(lakeside.coordinator):
        return list(Document.objects.all())


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def days_ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def test_the_printed_texts_are_those_that_are_signed(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    with acting_as(lakeside.coordinator):
        shown = signatures.statement_of(stored(draft), "patient", today=timezone.localdate())
    for language in ("en", "es"):
        path = f"/enrollments/{draft.id}/paper/print/?language={language}"
        page = text(ana.get(path))
        for consent in shown.consents:
            assert consent.body[language] in page
        assert page.count("sheet-box") == len(shown.consents)
        assert shown.digest(language)[:8].upper() in page
        born = {"en": "Mar 27, 1984", "es": "27 de marzo de 1984"}
        assert born[language] in page
        assert ("Fecha de nacimiento" in page) is (language == "es")


def test_a_scan_counts_once_a_colleague_has_checked_it(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.complete()
    asked = text(ana.get(f"/enrollments/{draft.id}/paper/"))
    assert "(each box that is ticked there)" in asked
    assert "(optional)" not in asked
    assert upload(ana, draft, agreed=["authorization", "marketing"]).status_code == 302
    assert standing(lakeside, draft) == {}
    for path in (f"/enrollments/{draft.id}/review/", "/enrollments/"):
        assert "waits for a colleague's check" in text(ana.get(path))
    assert "The scan shows this signature" in text(lena.get(f"/enrollments/{draft.id}/paper/"))
    assert "counts now" in text(check(lena, draft))
    signature = standing(lakeside, draft)["patient"]
    assert signature.method == "Paper, scanned"
    assert signature.signer_name == "Rosa Delgado"
    fields = signature.evidence["fields"]
    assert (fields["S6"], "S5" in fields) == (True, False)
    with acting_as(lakeside.coordinator):
        kept = PaperSignature.objects.select_related("checked_by", "document").get()
        assert kept.checked_by
        assert kept.checked_by.name == "Lena Ortiz"
        assert kept.checked_at
        assert kept.signature_id == signature.id
        assert signature.evidence["session"]["paper"]["sha256"] == kept.document.sha256
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"paper_uploaded", "paper_checked", "signed"} <= actions


def test_nobody_checks_their_own_upload(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    page = text(ana.get(f"/enrollments/{draft.id}/paper/"))
    assert "The scan shows this signature" not in page
    assert "You uploaded this scan; a colleague checks it." in text(check(ana, draft))
    assert standing(lakeside, draft) == {}


def test_the_prescriber_may_be_the_second_person(
    ana: Client, maya: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    check(maya, draft)
    assert set(standing(lakeside, draft)) == {"patient"}


def test_the_grant_runs_from_the_date_on_the_paper(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    row = lakeside.complete()
    signed_on = days_ago(5)
    upload(ana, row, signed_on=signed_on.isoformat())
    check(lena, row)
    lakeside.certify(row)
    signature = standing(lakeside, row)["patient"]
    assert timezone.localdate(signature.signed_at) == signed_on
    assert signature.evidence["fields"]["S2"] == signed_on.isoformat()
    with acting_as(lakeside.coordinator):
        sent = submission.submit(row.id, urgent=False, by=lakeside.coordinator, now=timezone.now())
        for grant in ConsentGrant.objects.filter(journey=sent.journey):
            assert timezone.localdate(grant.signed_at) == signed_on
        full = Signature.objects.select_related(
            "enrollment__program_version__program", "organization"
        ).get(id=signature.id)
        assert faults(draw(full)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signed_on": "2999-01-01"}, "The date on the paper is in the future."),
        ({"signed_on": "2001-01-01"}, "The date on the paper is before these texts existed."),
        ({"signed_on": "31/12/2025"}, "Type the date as month/day/year"),
        ({"file": ""}, "Choose the scan of the signed paper first."),
        ({"agreed": ["marketing"]}, "This has to be agreed to"),
        ({"signer_name": " "}, "Type the full name"),
        ({"code": "00000000"}, "This is not the code of this enrollment"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    ana: Client, lakeside: Office, changed: dict[str, Any], said: str
) -> None:
    draft = lakeside.draft()
    answer = upload(ana, draft, **changed)
    assert answer.status_code == 422
    assert ("Choose the scan once more" in answer.content.decode()) is ("file" not in changed)
    assert said in text(answer)
    assert scans(lakeside) == []


@pytest.mark.parametrize("body", [b"<html>not a scan</html>", b"\xff\xd8\xff broken"])
def test_a_file_that_is_no_scan_is_refused(ana: Client, lakeside: Office, body: bytes) -> None:
    draft = lakeside.draft()
    answer = upload(ana, draft, file=SimpleUploadedFile("scan.pdf", body))
    assert answer.status_code == 422
    assert "invalid-feedback" in text(answer)
    assert scans(lakeside) == []


def test_the_scan_of_a_signature_is_not_taken_away(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    check(lena, draft)
    (scan,) = scans(lakeside)
    answer = ana.post(f"/documents/{scan.id}/remove/", follow=True)
    assert "A signature rests on this document, so it stays." in text(answer)
    with acting_as(lakeside.coordinator), pytest.raises(Refused):
        documents.detach(scan.id, by=lakeside.coordinator, now=timezone.now())
    assert scans(lakeside) == [scan]


def test_a_scan_without_a_signature_is_removed_and_another_uploaded(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    assert "waits for a colleague" in text(upload(ana, draft))
    lena.post(f"/enrollments/{draft.id}/paper/remove/")
    assert scans(lakeside) == []
    assert lena.post(f"/enrollments/{draft.id}/paper/check/").status_code == 404
    assert upload(ana, draft).status_code == 302


def test_what_changed_before_the_check_is_not_signed_and_later_ends_the_signature(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    lakeside.answer(draft, A1="Rosalind")
    assert "has to be signed anew" in text(check(lena, draft))
    assert standing(lakeside, draft) == {}
    lena.post(f"/enrollments/{draft.id}/paper/remove/")
    upload(ana, draft)
    check(lena, draft)
    assert set(standing(lakeside, draft)) == {"patient"}
    lakeside.answer(draft, A1="Rosa")
    assert standing(lakeside, draft) == {}


def test_the_code_tells_the_language_that_was_signed(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    upload(ana, draft, code=code(ana, draft, "es"))
    check(lena, draft)
    signature = standing(lakeside, draft)["patient"]
    assert signature.evidence["language"] == "es"
    assert "Permiso para compartir" in signature.evidence["consents"][0]["text"]


def test_a_minors_parent_signs_on_paper(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    born = timezone.localdate() - dt.timedelta(days=16 * 366)
    lakeside.answer(draft, A5=born.isoformat(), A20="Elena Delgado", A21="parent")
    assert "under 18" in text(upload(ana, draft))
    named = {"signer_name": "Elena Delgado", "relationship": "parent"}
    assert upload(ana, draft, **named).status_code == 302


def test_a_paper_from_before_a_revocation_grants_nothing(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    sent = lakeside.signed()
    with acting_as(lakeside.coordinator):
        # The hub acts for the practice, so that the journey outlives the permission.
        submission.submit(
            sent.id,
            urgent=False,
            under_agreement=True,
            by=lakeside.coordinator,
            now=timezone.now(),
        )
    (signature,) = (s for s in standing(lakeside, sent).values() if s.kind == "patient")
    with acting_as(lakeside.coordinator):
        permissions.take_back_for(signature.id, by=lakeside.coordinator, now=timezone.now())
    before = days_ago(2).isoformat()
    answer = upload(ana, sent, signed_on=before)
    assert "took a permission back after this date" in text(answer)
    assert upload(ana, sent).status_code == 302
    receipt = text(ana.get(f"/enrollments/{sent.id}/receipt/"))
    assert "waits for a colleague's check" in receipt
    check(lena, sent)
    with acting_as(lakeside.coordinator):
        assert stored(sent).awaiting_patient_since is None
        journey = stored(sent).journey_id
        assert ConsentGrant.objects.filter(journey=journey, revoked_at=None).exists()


def test_what_was_sent_signed_takes_no_paper(ana: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    answer = upload(ana, sent)
    assert answer.status_code == 422
    assert "This enrollment was already sent to the hub" in text(answer)
    assert scans(lakeside) == []


def test_another_practice_sees_no_paper(ana: Client, ben: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    upload(ana, draft)
    for path in ("paper/", "paper/print/"):
        assert ben.get(f"/enrollments/{draft.id}/{path}").status_code == 404
    for path in ("paper/", "paper/check/", "paper/remove/"):
        assert ben.post(f"/enrollments/{draft.id}/{path}").status_code == 404
    with acting_as(lakeside.coordinator):
        assert PaperSignature.objects.filter(checked_at=None).exists()
        assert paper.METHOD not in Signature.objects.values_list("method", flat=True)


def test_the_hub_gets_the_scan_with_the_packet_and_the_pharmacy_does_not(
    ana: Client, lena: Client, lakeside: Office
) -> None:
    draft = lakeside.complete()
    upload(ana, draft)
    check(lena, draft)
    lakeside.certify(draft)
    with acting_as(lakeside.coordinator):
        sent = submission.submit(
            draft.id, urgent=False, by=lakeside.coordinator, now=timezone.now()
        )
    (scan,) = scans(lakeside)
    with every_tenant(reason="the test looks at what everybody was sent"):
        packet = Packet.objects.get(journey=sent.journey_id)
        (named,) = packet.body["documents"]
        assert (named["field"], named["sha256"]) == ("S1", scan.sha256)
        signed = {each["kind"]: each.get("scan") for each in packet.body["signatures"]}
        assert signed == {"patient": scan.sha256, "prescriber": None}
        (paper,) = appended_to(packet, role="hub")
        assert "Authorization to share health information" in paper.question
        assert len(paper.pictures) == 1
        assert appended_to(packet, role="pharmacy") == []
    body = {"journey": "TL-1", "version": 1, "digest": "", "packet": packet.body}
    pages = PdfReader(io.BytesIO(render(body, recipient="The hub", papers=[paper]))).pages
    told = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "Signed on paper on" in told
    assert "Page 1 of 1" in told


def test_a_scan_that_nobody_checked_goes_nowhere(ana: Client, lakeside: Office) -> None:
    draft = lakeside.signed()
    with acting_as(lakeside.coordinator):
        # A scan from before the patient signed on the screen after all.
        Document.objects.create(
            organization_id=draft.organization_id,
            patient_id=draft.patient_id,
            enrollment=draft,
            field="S1",
            title="Scan",
            content_type="image/jpeg",
            size=1,
            pages=1,
            sha256="0" * 64,
            attached_by_id=lakeside.coordinator.user_id,
            attached_at=timezone.now(),
        )
        sent = submission.submit(
            draft.id, urgent=False, by=lakeside.coordinator, now=timezone.now()
        )
        assert Packet.objects.get(journey=sent.journey_id).body["documents"] == []
