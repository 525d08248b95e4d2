"""Papers of access work: for the practice and its hub, made of what is known, and tagged."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.models import ConsentGrant, Packet
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

KINDS = ("benefits", "request", "letter")


@pytest.fixture
def verified(world: World) -> World:
    world.hears("intake_review", "accepted")
    world.hears(
        "benefit_verification",
        "complete",
        prior_authorization_required=True,
        step_therapy_required=True,
        deductible="500.00",
    )
    return world


def paper(world: World, kind: str) -> str:
    return reverse("journey_paper", args=[world.journey.id, kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_is_a_tagged_pdf_that_nothing_runs_in(
    verified: World, ana: Client, kind: str
) -> None:
    answer = ana.get(paper(verified, kind))
    catalog = PdfReader(BytesIO(answer.content)).root_object
    assert "/StructTreeRoot" in catalog
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()  # type: ignore[union-attr]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert PATIENT not in answer["Content-Disposition"]
    with every_tenant(reason="the test looks"):
        assert AuditEntry.objects.filter(purpose=f"paper: {kind}").count() == 1


def test_the_request_says_how_much_is_filled_in_and_what_is_not(
    verified: World, priya: Client
) -> None:
    page = priya.get(reverse("authorization_request", args=[verified.journey.id])).content.decode()
    assert "MH204418890" in page
    assert "lines (" in page
    assert "to be filled in" in page
    assert "Another medicine was tried first" in page
    assert "In this program the practice sends it." in page


def test_the_journey_leads_to_its_papers(verified: World, ana: Client) -> None:
    page = ana.get(reverse("journey", args=[verified.journey.id])).content.decode()
    assert paper(verified, "benefits") in page
    assert reverse("authorization_request", args=[verified.journey.id]) in page
    assert paper(verified, "letter") not in page


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_and_colleagues_without_the_right(
    verified: World, ben: Client, nadia: Client, kind: str
) -> None:
    assert ben.get(paper(verified, kind)).status_code == 404
    assert nadia.get(paper(verified, kind)).status_code == 403
    prescriber = verified.browser(verified.practice, Role.PRESCRIBER)
    assert prescriber.get(paper(verified, kind)).status_code == 403
    page = reverse("authorization_request", args=[verified.journey.id])
    assert ben.get(page).status_code == 404
    assert prescriber.get(page).status_code == 403


def test_without_a_basis_the_hub_has_no_papers(verified: World, priya: Client) -> None:
    assert priya.get(paper(verified, "request")).status_code == 200
    with every_tenant(reason="the test takes the permission back"):
        ConsentGrant.objects.filter(journey=verified.journey).update(revoked_at=timezone.now())
        packet = Packet.objects.get(journey=verified.journey)
        packet.body = {**packet.body, "business_associate": False}
        packet.save()
    assert priya.get(paper(verified, "request")).status_code == 403
    ana = verified.browser(Organization.objects.get(slug="lakeside"), Role.PRACTICE_STAFF)
    assert ana.get(paper(verified, "request")).status_code == 200


def test_an_unknown_paper_is_404(verified: World, ana: Client) -> None:
    assert ana.get(paper(verified, "nothing")).status_code == 404
