"""Papers of access work: for the practice and its hub, made of what is known, and tagged."""

import datetime as dt
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.models import ConsentGrant, Packet, PayerCriteria
from tests.factories.people import OrganizationFactory, actor_of, signed_in
from tests.fakes.pdf_ua import faults
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

# Pages say "today" as it is where their hub and practice are.
EASTERN = ZoneInfo("America/New_York")

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
    assert faults(answer.content) == []
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


def test_a_hub_keeps_what_a_payer_decides_by_and_the_request_takes_what_counts(
    verified: World, ana: Client, priya: Client
) -> None:
    """Kept in versions, answered by the practice, named by a denial."""
    program = verified.journey.program_version.program
    today = timezone.localdate(timezone=EASTERN)
    begun = {"payer": "", "line": "commercial", "why": "Its policy"}
    rows = {"words-0": "Methotrexate was tried", "shown-0": "E6", "words-1": "A specialist agrees"}
    at = reverse("payer_criteria_new", query={"program": program.id})
    assert program.name in priya.get(reverse("payer_criteria_new")).content.decode()
    assert ana.get(at).status_code == 403
    assert priya.post(at, {**begun, "from_on": "", **rows}).status_code == 422
    sheet = priya.post(at, {**begun, "from_on": str(today), **rows})["Location"]
    later = {"from_on": str(today + dt.timedelta(days=30)), "why": "A new policy"}
    priya.post(sheet, {**later, "words-0": "Two medicines were tried", "shown-0": "E6"})
    page = priya.get(sheet).content.decode()
    assert "Version 1 counts today." in page
    assert "Two medicines were tried" in page
    assert "A new policy" in page

    at = reverse("authorization_request", args=[verified.journey.id])
    page = ana.get(at).content.decode()
    assert "Methotrexate was tried" in page
    assert "Two medicines were tried" not in page
    given = {"token": str(uuid4()), "words-0": "A specialist agrees", "met-0": "no"}
    assert ana.post(at, given)["Location"] == at
    story = priya.get(reverse("journey", args=[verified.journey.id])).content.decode()
    assert "A specialist agrees: no" in story
    pdf = PdfReader(BytesIO(priya.get(paper(verified, "request")).content))
    assert "What the plan decides by" in "".join(each.extract_text() for each in pdf.pages)
    verified.hears("prior_authorization", "submitted")
    step = "prior_authorization_determination"
    asked = reverse("journey_report", args=[verified.journey.id, step], query={"status": "denied"})
    assert '<option value="A specialist agrees">' in priya.get(asked).content.decode()


def test_a_hub_reads_its_own_sheets_alone(verified: World) -> None:
    sam = verified.browser(verified.hub, Role.HUB_SUPERVISOR)
    program = verified.journey.program_version.program
    told = {"from_on": str(timezone.localdate(timezone=EASTERN)), "why": "A call"}
    at = reverse("payer_criteria_new", query={"program": program.id})
    sheet = sam.post(at, {**told, "words-0": "Tried"})["Location"]
    other = OrganizationFactory.create(kind="hub", name="Southstar", slug="southstar")
    stranger = verified.browser(other, Role.HUB_SUPERVISOR)
    assert sam.get(sheet).status_code == 200
    assert stranger.get(sheet).status_code == 404
    assert "Every plan" in sam.get(reverse("payer_criteria")).content.decode()
    assert "Every plan" not in stranger.get(reverse("payer_criteria")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_sheets_asks_as_much_for_many_as_for_one(
    verified: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = verified.person(verified.hub, Role.HUB_SUPERVISOR)
    with acting_as(actor_of(person)):
        PayerCriteria.objects.bulk_create(
            PayerCriteria(
                organization=verified.hub,
                program=verified.journey.program_version.program,
                payer=f"Plan {number}",
                version=1,
                from_on=timezone.localdate(),
                asked=[{"words": "Tried", "shown_by": []}],
                why="A call",
                written_by=person.user,
                written_at=timezone.now(),
            )
            for number in range(count)
        )
    browser = signed_in(person)
    with django_assert_num_queries(9):
        browser.get(reverse("payer_criteria"))
