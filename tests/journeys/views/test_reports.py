"""A party's staff report how a step came out, in the words of the step itself."""

import uuid
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from journeys.models import Journey, JourneyEvent
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

STEP = "benefit_verification"


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
        "fact-prior_authorization_required": "yes",
        "fact-out_of_pocket_estimate": "$180",
        "note": "",
        **changed,
    }


def events(world: World) -> list[JourneyEvent]:
    with every_tenant(reason="the test looks"):
        return list(JourneyEvent.objects.filter(journey=world.journey).order_by("received_at"))


def test_the_form_offers_what_the_step_allows(accepted: World, priya: Client) -> None:
    page = priya.get(url_of(accepted)).content.decode()
    for words in ("Could not be verified", "Covered with prior authorization", "Payer"):
        assert words in page


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


def test_a_double_click_is_one_report(accepted: World, priya: Client) -> None:
    data = told(status="electronic_sent", reason="")
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
    assert sentence in page
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
