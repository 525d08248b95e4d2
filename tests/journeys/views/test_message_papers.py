"""A document that goes with a message: who can have it, and that every time is on record."""

import io
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.domain.parties import add_party
from journeys.models import HandedDocument, HandedPage, Journey
from tests.factories.people import OrganizationFactory
from tests.fakes.files import fax, pdf, running, sheet
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


def send(browser: Client, world: World, body: bytes, **changed: object) -> Any:
    file = SimpleUploadedFile("Lab report Rosa.pdf", body, "application/pdf")
    data = {
        "token": str(uuid.uuid4()),
        "step": "intake_review",
        "text": "The lab report.",
        "paper": file,
        **changed,
    }
    return browser.post(reverse("journey_message", args=[world.journey.id]), data)


def link_in(browser: Client, world: World) -> str:
    page = browser.get(reverse("journey", args=[world.journey.id])).content.decode()
    found = re.search(r'href="(/handed/[^"]+)" download>([^<]+)', page)
    return found.group(1) if found else ""


def joined(world: World, role: str) -> Organization:
    """Another party of the journey."""
    organization: Organization = OrganizationFactory.create(kind=role, slug=f"some-{role}")
    with every_tenant(reason="the test brings a party in"):
        journey = Journey.objects.select_for_update().get(pk=world.journey.id)
        add_party(journey, role=role, organization=organization, now=timezone.now())
    return organization


def test_the_other_side_downloads_what_went_with_a_message(
    world: World, ana: Client, priya: Client
) -> None:
    body = pdf(2)
    assert send(ana, world, body).status_code == 302
    url = link_in(priya, world)
    page = priya.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "Lab report Rosa" in page
    assert "PDF, 2 pages" in page
    answer = priya.get(url)
    assert answer.content == body
    assert "Rosa" not in answer["Content-Disposition"]
    with every_tenant(reason="the test looks"):
        kept = HandedDocument.objects.get()
        actions = set(AuditEntry.objects.values_list("action", "purpose"))
    assert kept.field.startswith("message:")
    assert ("read", "download") in actions
    assert any(action == "sent a message" for action, _ in actions)


def test_of_a_fax_about_several_patients_only_this_ones_pages_go_along(
    world: World, ana: Client, priya: Client
) -> None:
    sheets = [sheet((300 + 100 * number, 400)) for number in range(3)]
    for body, named in ((fax(*sheets), "2-3"), (pdf(4), "4, 1")):
        assert send(priya, world, body, pages=named).status_code == 302
        kept = PdfReader(io.BytesIO(ana.get(link_in(ana, world)).content))
        assert len(kept.pages) == 2
    with every_tenant(reason="the test looks at what is kept"):
        (of_fax, of_pdf) = HandedDocument.objects.order_by("handed_at")
        first = HandedPage.objects.filter(document=of_fax).order_by("number")[0]
    assert Image.open(io.BytesIO(bytes(first.picture))).size == (400, 400)
    assert (of_fax.content_type, of_fax.pages, of_pdf.pages) == ("application/pdf", 2, 2)
    for named, why in (("9", "This file has 3 pages."), ("two", "Write pages as 2 or 2-3")):
        answer = send(priya, world, fax(*sheets), pages=named)
        assert (answer.status_code, why in answer.content.decode()) == (422, True)


def test_who_may_not_read_the_message_has_no_way_to_its_document(
    world: World, ana: Client, priya: Client, ben: Client
) -> None:
    grace = world.browser(joined(world, "pharmacy"), Role.PHARMACIST)
    send(ana, world, pdf())
    url = link_in(priya, world)
    assert link_in(grace, world) == ""
    # It exists, and she is told that it is not hers; a stranger is told nothing.
    refused = grace.get(url)
    assert (refused.status_code, refused["Location"]) == (
        302,
        reverse("journey", args=[world.journey.id]),
    )
    assert ben.get(url).status_code == 404
    send(ana, world, pdf(), to=["pharmacy"])
    assert grace.get(link_in(grace, world)).status_code == 200


def test_what_is_no_plain_document_is_refused_and_the_words_are_kept(
    world: World, ana: Client
) -> None:
    answer = send(ana, world, pdf(change=running({"/S": "/JavaScript", "/JS": "app.alert(1)"})))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Print it to a new PDF" in page
    assert "The lab report." in page
    with every_tenant(reason="the test looks"):
        assert not HandedDocument.objects.exists()


def test_a_vendor_reads_what_is_said_on_its_step_answers_it_and_reads_nothing_else(
    world: World, ana: Client, priya: Client
) -> None:
    """Who has a step needs no addressing; who may not read of one cannot be addressed there."""
    url = reverse("journey_message", args=[world.journey.id])

    def write(browser: Client, step: str, text: str, *to: str) -> int:
        told = {"token": str(uuid.uuid4()), "step": step, "text": text, "to": list(to)}
        return browser.post(url, told).status_code

    assert write(ana, "copay_enrollment", "Does the card count?") == 302
    assert write(ana, "benefit_verification", "Between us: call again.") == 302
    vendor = Organization.objects.get(slug="copperline")
    theo = world.browser(vendor, Role.VENDOR_AGENT)
    with every_tenant(reason="the test brings the vendor in"):
        add_party(world.journey, role="vendor", organization=vendor, now=timezone.now())
    page = theo.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "Does the card count?" in page
    assert "Between us: call again." not in page
    assert write(theo, "copay_enrollment", "It does, up to the maximum.") == 302
    told = priya.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "It does, up to the maximum." in told
    assert write(ana, "adverse_event", "About the rash", "vendor") == 422
    assert write(ana, "adverse_event", "About the rash") == 302
    page = theo.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "About the rash" not in page
    assert "It does, up to the maximum." in page


def test_the_same_message_again_keeps_its_document_once(world: World, ana: Client) -> None:
    token, body = str(uuid.uuid4()), pdf()
    for _ in range(2):
        send(ana, world, body, token=token)
    with every_tenant(reason="the test looks"):
        assert HandedDocument.objects.count() == 1
