"""A side effect or a complaint is reported from every view of a patient, with its four criteria."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.calendar import calendar_of
from journeys.core.graph import Clock
from journeys.domain.parties import add_party
from journeys.models import JourneyEvent, WorkItem
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

RASH = "A rash on both arms two days after the shot"
EASTERN = ZoneInfo("America/New_York")


def url_of(world: World) -> str:
    return reverse("journey_safety", args=[world.journey.id])


def told(**changed: str) -> dict[str, str]:
    heard = timezone.localtime(timezone.now() - timedelta(minutes=10), EASTERN)
    return {
        "token": str(uuid.uuid4()),
        "status": "captured",
        "reason": "side_effect",
        "occurred_at": heard.strftime("%Y-%m-%dT%H:%M"),
        "fact-what_happened": RASH,
        "fact-suspect_product": "Veltrana",
        "fact-told_by": "patient",
        "fact-told_by_name": "Rosa Delgado",
        "fact-serious": "no",
        "note": "",
        **changed,
    }


def captured(world: World) -> list[JourneyEvent]:
    with every_tenant(reason="the test looks"):
        found = JourneyEvent.objects.filter(journey=world.journey, status="captured")
        return list(found.order_by("received_at"))


def test_a_prescriber_reports_it_and_nothing_else(world: World, ben: Client) -> None:
    maya = world.browser(world.practice, Role.PRESCRIBER)
    page = maya.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert f'{url_of(world)}?status=captured"' in page
    assert maya.post(url_of(world), told(**{"fact-told_by": "prescriber"})).status_code == 302
    assert len(captured(world)) == 1
    other = reverse("journey_report", args=[world.journey.id, "discontinuation"])
    assert maya.get(other).status_code == 403
    assert ben.post(url_of(world), told()).status_code == 404


@pytest.mark.parametrize("who", ["ana", "priya"])
def test_the_button_stands_on_the_journey(
    world: World, who: str, request: pytest.FixtureRequest
) -> None:
    browser: Client = request.getfixturevalue(who)
    page = browser.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert f'{url_of(world)}?status=captured"' in page


def test_the_button_stands_on_the_review(world: World, priya: Client) -> None:
    page = priya.get(reverse("intake_review", args=[world.journey.id])).content.decode()
    assert f'{url_of(world)}?status=captured"' in page


@pytest.mark.parametrize("name", ["journey_contact", "journey_duplicates", "case_owner"])
def test_the_button_stands_on_the_hubs_other_pages_of_a_patient(
    world: World, priya: Client, name: str
) -> None:
    page = priya.get(reverse(name, args=[world.journey.id])).content.decode()
    assert f'{url_of(world)}?status=captured"' in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"fact-what_happened": " "}, "What happened is needed here."),
        ({"fact-told_by": ""}, "Who tells of it is needed here."),
        ({"fact-told_by_name": ""}, "Their name is needed here."),
        ({"fact-suspect_product": ""}, "Product is needed here."),
        ({"fact-serious": ""}, "Serious is needed here."),
        ({"fact-serious": "yes"}, "Serious because is needed here."),
        ({"fact-serious_because": "hospital"}, "It is serious if one of these is so."),
        ({"reason": "serious"}, "“Serious: no” cannot both be."),
        ({"reason": ""}, "Give the reason"),
        ({"fact-began_on": "2099-01-01"}, "It cannot begin in future."),
    ],
)
def test_without_its_four_criteria_it_is_not_taken(
    world: World, ana: Client, changed: dict[str, str], sentence: str
) -> None:
    answer = ana.post(url_of(world), told(**changed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert captured(world) == []


def test_the_clock_to_forward_it_runs_from_when_somebody_first_heard(
    world: World, ana: Client
) -> None:
    ana.post(url_of(world), told())
    (event,) = captured(world)
    with every_tenant(reason="the test looks"):
        item = WorkItem.objects.get(journey=world.journey, step="adverse_event", closed_at=None)
    calendar = calendar_of("America/New_York")
    assert item.owner_id == world.hub.id
    assert item.due_at == calendar.after(event.occurred_at, Clock(1, "business_days"))


def test_two_things_that_happened_are_two_reports(world: World, ana: Client) -> None:
    data = told()
    ana.post(url_of(world), data)
    ana.post(url_of(world), data)
    ana.post(url_of(world), told(**{"fact-what_happened": "A broken pen"}))
    with every_tenant(reason="the test looks"):
        numbers = [event.body["facts"]["safety_report_number"] for event in captured(world)]
    assert len(set(numbers)) == len(numbers) == 2


def test_the_desks_confirmation_needs_its_number(world: World, ana: Client, priya: Client) -> None:
    ana.post(url_of(world), told())
    forwarded = {**told(status="forwarded", reason=""), "token": str(uuid.uuid4())}
    forwarded = {k: v for k, v in forwarded.items() if not k.startswith("fact-")}
    with every_tenant(reason="the test looks"):
        number = captured(world)[0].body["facts"]["safety_report_number"]
    page = priya.get(url_of(world), {"status": "forwarded"}).content.decode()
    assert f'value="{number}"' in page
    named = {"fact-safety_report_number": number}
    assert priya.post(url_of(world), forwarded | named).status_code == 302
    confirmed = forwarded | named | {"status": "acknowledged", "token": str(uuid.uuid4())}
    assert priya.post(url_of(world), confirmed).status_code == 422
    confirmed["fact-safety_desk_number"] = "PV-2026-118"
    assert priya.post(url_of(world), confirmed).status_code == 302


def test_commercial_roles_never_see_it(world: World, ana: Client, nadia: Client) -> None:
    ana.post(url_of(world), told())
    program = reverse("program", args=[world.journey.program_version.program.key])
    page = nadia.get(program).content.decode()
    for words in (RASH, "Adverse", "Side effect"):
        assert words not in page
    assert nadia.get(url_of(world)).status_code == 403
    assert nadia.get(reverse("journey", args=[world.journey.id])).status_code == 403


def test_a_copay_vendor_tells_of_one_and_reads_of_none(
    world: World, ana: Client, priya: Client
) -> None:
    ana.post(url_of(world), told())
    vendor = Organization.objects.get(slug="copperline")
    theo = world.browser(vendor, Role.VENDOR_AGENT)
    with every_tenant(reason="the test brings the vendor in"):
        add_party(world.journey, role="vendor", organization=vendor, now=timezone.now())
    timeline = reverse("journey", args=[world.journey.id])
    page = theo.get(timeline).content.decode()
    assert "Side effect or complaint" in page
    form = theo.get(url_of(world), {"status": "captured"}).content.decode()
    # What the office told fills no box, and the desk's further steps are not the vendor's.
    for words in (RASH, "Adverse event report", "Forwarded", "Reconciled"):
        assert words not in page + form
    assert world.journey.program_version.program.product in form
    assert theo.post(url_of(world), told(status="forwarded")).status_code == 422
    hers = told(**{"fact-what_happened": "Felt faint at the counter"})
    answer = theo.post(url_of(world), hers, follow=True).content.decode()
    assert f"{world.hub.name} passes it on to the safety desk" in answer
    assert len(captured(world)) == 2
    # Everybody reads their own words again.
    page = theo.get(timeline).content.decode()
    assert "Felt faint" in page
    assert RASH not in page
    assert "Felt faint" in priya.get(timeline).content.decode()
    elsewhere = reverse("journey_report", args=[world.journey.id, "adverse_event"])
    assert theo.get(elsewhere).status_code == 200
