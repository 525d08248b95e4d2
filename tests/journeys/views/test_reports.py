"""A party's staff report how a step came out, in the words of the step itself."""

import re
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.queries.pharmacies import eligible_pharmacies
from journeys.models import Journey, JourneyEvent
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

STEP = "benefit_verification"
BARE = {"status": "electronic_sent", "note": ""}


@pytest.fixture
def accepted(world: World) -> World:
    world.hears("intake_review", "accepted")
    return world


def url_of(world: World, step: str = STEP) -> str:
    return reverse("journey_report", args=[world.journey.id, step])


def told(**changed: str) -> dict[str, str]:
    now = timezone.localtime(timezone.now(), ZoneInfo("America/New_York"))
    return {
        "token": str(uuid.uuid4()),
        "status": "complete",
        "reason": "covered_prior_authorization",
        "occurred_at": now.strftime("%Y-%m-%dT%H:%M"),
        "fact-payer_name": "Meridian Health",
        "fact-line_of_business": "commercial",
        "fact-coverage_active": "yes",
        "fact-benefit": "pharmacy",
        "fact-verified_by": "electronic",
        "fact-prior_authorization_required": "yes",
        "fact-out_of_pocket_estimate": "$180",
        "note": "",
        **changed,
    }


def events(world: World) -> list[JourneyEvent]:
    with every_tenant(reason="the test looks"):
        return list(JourneyEvent.objects.filter(journey=world.journey).order_by("received_at"))


def test_each_result_asks_its_own_questions(accepted: World, priya: Client) -> None:
    page = priya.get(url_of(accepted)).content.decode()
    assert "Could not be verified" in page
    assert "Covered with prior authorization" not in page
    page = priya.get(url_of(accepted), {"status": "complete"}).content.decode()
    for words in ("Covered with prior authorization", "Payer", "What it costs the patient"):
        assert words in page
    page = priya.get(url_of(accepted), {"status": "unable"}).content.decode()
    assert "Payer could not be reached" in page
    assert "What it costs the patient" not in page


def test_what_is_known_stands_in_its_box(accepted: World, priya: Client) -> None:
    accepted.hears("enrollment_submitted", "submitted", payer_name="Meridian Health")
    page = priya.get(url_of(accepted), {"status": "complete"}).content.decode()
    assert 'value="Meridian Health"' in page


def test_a_report_moves_the_journey_on_with_its_facts(accepted: World, priya: Client) -> None:
    answer = priya.post(url_of(accepted), told())
    assert answer["Location"] == reverse("journey", args=[accepted.journey.id])
    with every_tenant(reason="the test looks"):
        row = Journey.objects.get(pk=accepted.journey.id)
        last = JourneyEvent.objects.filter(journey=row).latest("received_at")
        body = last.body
    assert row.step == "prior_authorization"
    assert (last.source, last.transport, body["role"]) == ("northstar", "portal", "hub")
    assert body["facts"]["prior_authorization_required"] is True
    assert body["facts"]["out_of_pocket_estimate"] == "180.00"


def test_what_was_caught_up_with_in_one_minute_stands_in_its_order(
    accepted: World, priya: Client, ana: Client
) -> None:
    today = told()["occurred_at"][:10]
    called = {"fact-verified_by": "call", "fact-payer_reference": "CALL-1"}
    priya.post(url_of(accepted), told(**called))
    # The payer calls each thing by a number of its own: that is no disagreement.
    sent = {"fact-submitted_by": "practice", "fact-submission_method": "fax"}
    sent |= {"fact-submitted_on": today, "fact-payer_reference": "PX-1"}
    ana.post(url_of(accepted, "prior_authorization"), told(status="submitted", reason="", **sent))
    denied = told(status="denied", reason="step_therapy")
    priya.post(url_of(accepted, "prior_authorization_determination"), denied)
    appeal = {"fact-appeal_sent_on": today, "fact-submission_method": "fax"}
    ana.post(url_of(accepted, "appeal"), told(status="submitted", reason="appeal", **appeal))
    upheld = told(status="upheld", reason="", **{"fact-appeal_answer": "It stands."})
    priya.post(url_of(accepted, "appeal"), upheld)
    assert [each.status for each in events(accepted)[-5:]] == [
        *("complete", "submitted", "denied", "submitted", "upheld")
    ]
    page = ana.get(reverse("journey", args=[accepted.journey.id])).content.decode()
    assert "The denied appeal is with Lakeside Rheumatology" in page


def test_a_double_click_is_one_report(accepted: World, priya: Client) -> None:
    data = {**BARE, "token": str(uuid.uuid4()), "occurred_at": told()["occurred_at"]}
    before = len(events(accepted))
    priya.post(url_of(accepted), data)
    priya.post(url_of(accepted), data)
    assert len(events(accepted)) == before + 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"occurred_at": "2099-01-01T10:00"}, "This is in the future."),
        ({"occurred_at": "2001-01-01T10:00"}, "This is before the enrollment was submitted."),
        ({"reason": "wrong_plan"}, "That is not a reason for"),
        ({"fact-out_of_pocket_estimate": "a lot"}, "fact-out_of_pocket_estimate"),
        ({"reason": ""}, "Give the reason for “Complete”."),
        ({"fact-benefit": ""}, "Benefit is needed here."),
        ({"fact-prior_authorization_required": "no"}, "cannot both be."),
        ({"fact-coverage_active": "no"}, "Coverage that is not active"),
        ({"fact-verified_by": "call"}, "reference is needed here."),
        ({"status": "finished"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_kept(
    accepted: World, priya: Client, changed: dict[str, str], sentence: str
) -> None:
    before = len(events(accepted))
    answer = priya.post(url_of(accepted), told(note="We called twice.", **changed))
    assert answer.status_code == 422
    page = answer.content.decode()
    # At the top too, where the reader of a long form is taken.
    summary = page.partition('class="error-summary"')[2].partition("</ul>")[0]
    assert sentence in summary
    assert "We called twice." in page
    assert len(events(accepted)) == before


def test_a_step_that_somebody_else_has_is_not_mine_to_report(accepted: World, ana: Client) -> None:
    answer = ana.post(url_of(accepted), told())
    assert answer.status_code == 422
    assert "no longer your organization" in answer.content.decode()


def test_a_step_that_has_moved_on_meanwhile_says_so(accepted: World, priya: Client) -> None:
    priya.post(url_of(accepted), told())
    assert priya.post(url_of(accepted), told()).status_code == 422


def test_strangers_and_colleagues_without_the_right(accepted: World, ben: Client) -> None:
    assert ben.get(url_of(accepted)).status_code == 404
    assert ben.post(url_of(accepted), told()).status_code == 404
    prescriber = accepted.browser(accepted.practice, Role.PRESCRIBER)
    assert prescriber.post(url_of(accepted), told()).status_code == 403


def test_an_unknown_step_is_404(accepted: World, priya: Client) -> None:
    assert priya.get(url_of(accepted, "nowhere")).status_code == 404


@pytest.mark.parametrize(("chosen", "kept"), [("phone", "phone"), ("", "portal")])
def test_how_it_was_learnt_stands_beside_what_is_said(
    accepted: World, priya: Client, chosen: str, kept: str
) -> None:
    assert (
        "How you learnt it" in priya.get(url_of(accepted), {"status": "complete"}).content.decode()
    )
    assert priya.post(url_of(accepted), told(transport=chosen)).status_code == 302
    assert events(accepted)[-1].transport == kept
    assert priya.post(url_of(accepted), told(transport="pigeon")).status_code == 422


def test_pharmacies_are_shown_with_whose_they_are(world: World, priya: Client) -> None:
    with every_tenant(reason="the test says whose it is"):
        Organization.objects.filter(slug="crescent").update(affiliated_with="Meridian Health")
    page = " ".join(priya.get(url_of(world, "pharmacy_triage")).content.decode().split())
    assert "Pharmacies of this program" in page
    assert "belongs with Meridian Health" in page
    assert "Pharmacies of this program" not in priya.get(url_of(world)).content.decode()


def test_a_pharmacy_is_picked_in_neutral_order_and_another_is_named(
    world: World, priya: Client
) -> None:
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=False)
    url = url_of(world, "pharmacy_triage")
    with every_tenant(reason="the test looks"):
        names = [each.name for each in eligible_pharmacies(world.journey)]
    page = priya.get(url, {"status": "sent"}).content.decode()
    picked = re.findall(r'<select name="fact-(\w+)".*?</select>', page, re.S)
    assert picked[:2] == ["patient_pharmacy_choice", "pharmacy_name"]
    (lists,) = re.findall(r'<select name="fact-pharmacy_name".*?</select>', page, re.S)
    found = re.findall(r'<option value="([^"]*)"', lists)
    assert found == ["", *names, "another"]
    assert "No preference" in page
    asked = {
        "status": "sent",
        "reason": "",
        "fact-patient_choice_asked_on": timezone.localdate().isoformat(),
        "fact-routing_reason": "payer_network",
    }
    nobody = {"fact-pharmacy_name": "another", "fact-pharmacy_name_named": " "}
    assert "Pharmacy is needed here." in priya.post(url, told(**asked, **nobody)).content.decode()
    other = {**nobody, "fact-pharmacy_name_named": "Corner Pharmacy"}
    assert priya.post(url, told(**asked, **other)).status_code == 302
    assert events(world)[-1].body["facts"]["pharmacy_name"] == "Corner Pharmacy"
    # What was named by hand stands in the list when it is told again.
    again = priya.get(url, {"status": "transferred"}).content.decode()
    assert '<option value="Corner Pharmacy" selected>' in again
    there = {"fact-pharmacy_name": names[-1]}
    assert priya.post(url, told(**asked | {"status": "transferred"}, **there)).status_code == 302
    assert events(world)[-1].body["facts"]["pharmacy_name"] == names[-1]
