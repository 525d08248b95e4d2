"""Papers handed over with a packet: named by digest, shown to whom they are for, as pictures."""

import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import acting_as, every_tenant
from enrollment.core.files import CheckedFile
from enrollment.domain.documents import Place, attach, detach
from enrollment.models import Document
from journeys.documents.packet import of_outgoing
from journeys.domain.disclosing import share_of
from journeys.domain.drawing import draw_due
from journeys.domain.papers import appended_to
from journeys.enums import DeliveryStatus
from journeys.models import ConsentGrant, Delivery, HandedDocument, HandedPage, Journey, Packet
from tests.factories.offices import Office, stored
from tests.factories.people import OrganizationFactory, actor_of, member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (320, 200), 180).save(out, "JPEG")
    return out.getvalue()


CARD = CheckedFile("image/jpeg", b"\xff\xd8 the card", (picture(),))


@pytest.fixture
def card(lakeside: Office) -> Document:
    by, place = lakeside.coordinator, Place("B2", patient_id=lakeside.rosa.id)
    with acting_as(by):
        return attach(CARD, place=place, title="Card", by=by, now=timezone.now())


@pytest.fixture
def journey(lakeside: Office, card: Document) -> Journey:
    sent = lakeside.sent()
    with every_tenant(reason="the test looks what came of it"):
        found: Journey = Journey.objects.select_related("hub").get(id=sent.journey_id)
        return found


@pytest.fixture
def hub(journey: Journey) -> Client:
    return signed_in(member(journey.hub, Role.HUB_AGENT, name="Jonah Reyes"))


def handed(journey: Journey) -> HandedPage:
    with every_tenant(reason="the test looks at the copy"):
        found: HandedPage = HandedPage.objects.select_related("document").get(journey=journey)
        return found


def test_the_packet_names_its_papers_by_digest(lakeside: Office, journey: Journey) -> None:
    with acting_as(lakeside.coordinator):
        body = Packet.objects.get(journey=journey).body
    fields = [field for section in body["sections"] for field in section["fields"]]
    (answer,) = [field for field in fields if field["id"] == "B2"]
    assert answer["value"] == [CARD.sha256]
    assert answer["display"] == "1 document"
    assert body["documents"] == [
        {
            "field": "B2",
            "title": "Card",
            "content_type": "image/jpeg",
            "size": len(CARD.body),
            "pages": 1,
            "sha256": CARD.sha256,
        }
    ]
    # The section that the card stands in is for pharmacies; a vendor gets its own share only.
    assert share_of(body, role="pharmacy")["documents"] == body["documents"]


def test_the_hub_sees_the_card_beside_the_form_and_can_keep_it(
    journey: Journey, hub: Client
) -> None:
    page = hub.get(f"/intake/{journey.id}/")
    copy = handed(journey)
    assert f"/handed/pages/{copy.id}/" in page.content.decode()
    picture, file = hub.get(f"/handed/pages/{copy.id}/"), hub.get(f"/handed/{copy.document_id}/")
    assert (picture.content, picture["Content-Type"]) == (CARD.pictures[0], "image/jpeg")
    assert file.content == CARD.body
    assert file["Content-Disposition"].startswith("attachment; filename=")
    for answer in (picture, file):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with acting_as(actor_of(member(journey.hub, Role.HUB_SUPERVISOR))):
        reads = AuditEntry.objects.filter(subject_id=copy.document_id, action="read")
        assert sorted(reads.values_list("purpose", flat=True)) == [
            "download",
            "look at a document",
        ]


def test_what_was_handed_over_stays_when_the_office_removes_its_own(
    lakeside: Office, card: Document, journey: Journey, hub: Client
) -> None:
    with acting_as(lakeside.coordinator):
        detach(card.id, by=lakeside.coordinator, now=timezone.now())
    assert hub.get(f"/handed/{handed(journey).document_id}/").content == CARD.body


@pytest.mark.asvs("8.2.2")
def test_nobody_else_finds_the_copy(journey: Journey) -> None:
    copy = handed(journey)
    organization: Organization = OrganizationFactory.create(kind="hub")
    stranger = signed_in(member(organization, Role.HUB_AGENT))
    assert stranger.get(f"/handed/{copy.document_id}/").status_code == 404
    assert stranger.get(f"/handed/pages/{copy.id}/").status_code == 404


def test_a_revocation_closes_the_papers(journey: Journey, hub: Client) -> None:
    copy = handed(journey)
    with every_tenant(reason="the patient takes it back"):
        ConsentGrant.objects.filter(journey=journey).update(revoked_at=timezone.now())
        packet = Packet.objects.get(journey=journey)
        body = packet.body
        for section in body["sections"]:
            section["fields"] = [field for field in section["fields"] if field["id"] != "C14"]
        packet.body = body
        packet.save()
    assert hub.get(f"/handed/{copy.document_id}/").status_code == 302
    refused = hub.get(f"/handed/pages/{copy.id}/")
    assert (refused.status_code, refused.content) == (
        403,
        b"The patient has revoked the authorization.",
    )
    with every_tenant(reason="it is still there"):
        assert HandedDocument.objects.filter(id=copy.document_id).exists()


def pages_of(browser: Client, journey: Journey) -> str:
    with every_tenant(reason="the test asks for what was sent"):
        delivery = Delivery.objects.filter(journey=journey, recipient=journey.hub).latest("pk")
        Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.SENT)
    draw_due(draw=of_outgoing, now=timezone.now())
    answer: Any = browser.get(f"/exchange/packets/{delivery.pk}.pdf")
    assert answer.status_code == 200
    return " ".join(
        " ".join(page.extract_text().split())
        for page in PdfReader(io.BytesIO(answer.content)).pages
    )


def test_the_packet_on_paper_holds_the_pages_of_the_card(journey: Journey, hub: Client) -> None:
    assert "Insurance cards, front and back: Card Page 1 of 1" in pages_of(hub, journey)
    document = handed(journey).document_id
    with acting_as(actor_of(member(journey.hub, Role.HUB_SUPERVISOR))):
        reads = AuditEntry.objects.filter(subject_id=document, action="read")
        assert list(reads.values_list("purpose", flat=True)) == ["packet download"]


def test_a_paper_that_is_not_for_a_role_is_not_in_its_packet(journey: Journey) -> None:
    with every_tenant(reason="the test asks for another party's share"):
        packet = Packet.objects.get(journey=journey)
        HandedDocument.objects.filter(journey=journey).update(section="Clinical")
        assert appended_to(packet, role="vendor") == []
        (paper,) = appended_to(packet, role="hub")
        assert (paper.question, paper.pages) == ("Insurance cards, front and back", 1)
        (first,) = appended_to(packet, role="hub", most=0)
        assert (first.pages, first.pictures) == (1, ())


def test_proof_of_income_is_attached_to_the_program_that_asks_for_it(
    ana: Client, lakeside: Office
) -> None:
    lakeside.version = published("opendoor")
    draft = lakeside.draft()
    lakeside.answer(draft, H1=["patient_assistance"], H4=False, opendoor__proof="pay_stubs")
    page = ana.get(f"/enrollments/{draft.id}/", follow=True).content.decode()
    assert "Proof of income, as a file" in page
    by, place = lakeside.coordinator, Place("opendoor.proof_file", enrollment_id=draft.id)
    with acting_as(by):
        paper = attach(CARD, place=place, title="Two stubs", by=by, now=timezone.now())
        assert stored(draft).answers["opendoor.proof_file"] == [str(paper.id)]
