"""A practice says that the coverage changed: once, and everyone on the open journeys knows."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.amending import amend
from enrollment.domain.queries.patients import current_coverage
from enrollment.domain.submission import submit
from enrollment.models import Coverage, Enrollment
from journeys.core.events import Event
from journeys.core.state import JourneyState
from journeys.domain.queries.journeys import story_of
from journeys.domain.reading import one
from journeys.domain.recording import record
from journeys.domain.upkeep import refresh_due
from journeys.models import Delivery, Journey, Packet, WorkItem
from programs.core.schema import packet_schema
from tests.factories.enrollments import COVERAGE
from tests.factories.exchange import endpoint
from tests.factories.offices import Office
from tests.factories.people import actor_of, member, signed_in

pytestmark = pytest.mark.django_db
OTHER = {"which": "new", "reason": "employer", "note": "New card is in the chart."}
SUMMIT = {
    "B1": "yes",
    "B3": "Summit Mutual",
    "B5": "commercial",
    "B7": "SM900112233",
    "B13": "self",
}


@pytest.fixture
def journey(lakeside: Office) -> Journey:
    """An authorized journey."""
    enrollment = lakeside.sent()
    with every_tenant(reason="the test lays out its world"):
        found: Journey = Journey.objects.select_related("hub").get(pk=enrollment.journey_id)
    endpoint(found.hub, transport="packet", secret=None)
    told: tuple[tuple[str, str, dict[str, object], str], ...] = (
        ("intake_review", "accepted", {}, ""),
        ("benefit_verification", "complete", {"prior_authorization_required": True}, "covered_pa"),
        ("prior_authorization", "submitted", {}, ""),
        ("prior_authorization_determination", "approved", {"authorization_number": "OLD-1"}, ""),
    )
    for step, status, facts, reason in told:
        moment = timezone.now()
        event = Event(
            id=f"{step}:{status}",
            kind="status",
            step=step,
            status=status,
            reason=reason or None,
            facts=facts,
            source=found.hub.slug,
            role="hub",
            source_name=found.hub.name,
            occurred_at=moment,
            received_at=moment,
        )
        record(found.pk, event, actor=None, now=moment)
    return found


def state(office: Office, journey: Journey) -> JourneyState:
    actor = actor_of(office.ana)
    with acting_as(actor):
        return story_of(one().get(pk=journey.pk), actor, now=timezone.now()).state


def test_it_is_said_once_and_everyone_on_the_journey_begins_anew(
    lakeside: Office, ana: Client, ben: Client, journey: Journey
) -> None:
    page = reverse("coverage_changed", args=[lakeside.rosa.id])
    assert page in ana.get(reverse("journey", args=[journey.id])).content.decode()
    assert ana.get(reverse("coverage_new", args=[lakeside.rosa.id])).headers["Location"] == page
    assert journey.number in ana.get(page).content.decode()
    assert state(lakeside, journey).facts["authorization_number"].value == "OLD-1"
    since = timezone.localdate() - dt.timedelta(days=2)
    answer = ana.post(page, {**OTHER, **SUMMIT, "starts_on": since.isoformat()}, follow=True)
    assert "1 journey and everyone on it was told." in answer.content.decode()

    now = state(lakeside, journey)
    assert now.facts["payer_name"].value == "Summit Mutual"
    assert "authorization_number" not in now.facts
    assert now.steps["benefit_verification"].acts == "hub"
    shown = ana.get(reverse("journey", args=[journey.id])).content.decode()
    assert "The employer changed plans. New card is in the chart." in shown
    with acting_as(lakeside.coordinator):
        standing = current_coverage(lakeside.rosa)
        assert standing is not None
        assert (standing.details["B7"], standing.starts_on) == ("SM900112233", since)
        assert {each.ended_on for each in Coverage.objects.exclude(pk=standing.pk)} == {since}
    with every_tenant(reason="a test looks at what the hub gets"):
        packet = Packet.objects.get(kind="coverage")
        assert "SM900112233" in str(packet.body)
        assert Delivery.objects.filter(packet=packet, recipient=journey.hub).exists()
    assert ben.get(page).status_code == 404

    # Said again, nothing more happens.
    again = {**OTHER, "which": str(standing.pk), "starts_on": since.isoformat()}
    assert "0 journeys" in ana.post(page, again, follow=True).content.decode()
    with every_tenant(reason="a test looks"):
        assert Packet.objects.filter(kind="coverage").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"starts_on": "2099-01-01"}, "more than a year ahead"),
        ({"starts_on": "2001-01-01"}, "more than a year ago"),
        ({"starts_on": ""}, "first day on which it counts"),
        ({"reason": ""}, "Choose why it changed"),
        ({"which": "00000000-0000-4000-8000-000000000000"}, "Select a valid choice"),
        ({"B7": "x" * 400}, "Member ID"),
        # Without JavaScript the questions that hang on the first come with the answer.
        ({"B3": ""}, "Give the payer"),
        ({"B5": ""}, "Choose the line of business"),
        ({"B1": ""}, "Say whether the patient has insurance"),
        # What is missing above and below is said in one round.
        ({"reason": "", "B5": ""}, "Choose the line of business"),
        ({"reason": "", "B5": ""}, "Choose why it changed"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(
    lakeside: Office, ana: Client, given: dict[str, str], said: str
) -> None:
    today = {"starts_on": timezone.localdate().isoformat()}
    page = reverse("coverage_changed", args=[lakeside.rosa.id])
    answer = ana.post(page, {**OTHER, **SUMMIT, **today, **given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting_as(lakeside.coordinator):
        assert Coverage.objects.count() == 1


def test_an_insurance_to_come_is_told_ahead_and_the_old_authorization_holds(
    lakeside: Office, ana: Client, journey: Journey
) -> None:
    since = timezone.localdate() + dt.timedelta(days=20)
    told = say_ahead(lakeside, ana, since)
    assert "1 journey and everyone on it was told." in told
    now = state(lakeside, journey)
    assert now.facts["authorization_number"].value == "OLD-1"
    assert now.steps["reverification"].acts == "hub"
    shown = ana.get(reverse("journey", args=[journey.id])).content.decode()
    assert f"Coverage changes on {since:%b} {since.day}, {since.year}" in shown
    with acting_as(lakeside.coordinator):
        standing = current_coverage(lakeside.rosa)
        assert standing is not None
        assert (standing.details["B3"], standing.ended_on) == ("Meridian Health", since)
    with every_tenant(reason="a test looks at what the hub gets"):
        packet = Packet.objects.get(kind="coverage")
        assert "Verify its benefits ahead" in packet.body["sentence"]
        assert Delivery.objects.filter(packet=packet, recipient=journey.hub).exists()
        assert WorkItem.objects.filter(journey=journey, step="reverification").exists()
    assert "0 journeys" in say_ahead(lakeside, ana, since)


def say_ahead(office: Office, ana: Client, since: dt.date) -> str:
    page = reverse("coverage_changed", args=[office.rosa.id])
    known = {"which": "new", **SUMMIT}
    with acting_as(office.coordinator):
        if kept := Coverage.objects.filter(starts_on=since).first():
            known = {"which": str(kept.pk)}
    asked = {**OTHER, **known, "starts_on": since.isoformat()}
    return ana.post(page, asked, follow=True).content.decode()


def test_what_the_hub_verified_ahead_counts_from_the_day_by_the_due_sweep(
    lakeside: Office, ana: Client, journey: Journey
) -> None:
    since = timezone.localdate() + dt.timedelta(days=20)
    say_ahead(lakeside, ana, since)
    priya = signed_in(member(journey.hub, Role.HUB_AGENT))
    told = reverse("journey_report", args=[journey.id, "reverification"])
    form = priya.get(told, {"status": "changed"}).context["form"]
    assert "fact-prior_authorization_required" in form.fields
    result = {name: form[name].value() for name in ("token", "status")}
    result |= {"reason": "new_plan", "fact-prior_authorization_required": "no"}
    result["occurred_at"] = form.initial["occurred_at"].strftime("%Y-%m-%dT%H:%M")
    assert priya.post(told, result).status_code == 302
    assert state(lakeside, journey).facts["prior_authorization_required"].value is True
    day = dt.datetime.combine(since, dt.time(0, 1), tzinfo=ZoneInfo("America/New_York"))
    with every_tenant(reason="the test winds the clock"):
        waiting = Journey.objects.get(pk=journey.pk)
        assert waiting.refresh_at is not None
        assert waiting.refresh_at < day
        refresh_due(now=day)
        assert "Benefit verification is with" in Journey.objects.get(pk=journey.pk).headline
    actor = actor_of(lakeside.ana)
    with acting_as(actor):
        then = story_of(one().get(pk=journey.pk), actor, now=day).state
    assert then.facts["payer_name"].value == "Summit Mutual"
    assert then.facts["prior_authorization_required"].value is False
    assert "authorization_number" not in then.facts


def test_an_amendment_tells_the_insurance_that_counts_and_keeps_what_was_signed(
    lakeside: Office, ana: Client, journey: Journey
) -> None:
    page = reverse("coverage_changed", args=[lakeside.rosa.id])
    since = timezone.localdate() - dt.timedelta(days=2)
    ana.post(page, {**OTHER, **SUMMIT, "starts_on": since.isoformat()})
    # The request to the payer is for the insurance that counts, before any amendment.
    request = ana.get(reverse("authorization_request", args=[journey.id])).content.decode()
    assert "SM900112233" in request
    assert str(COVERAGE["B7"]) not in request
    with every_tenant(reason="a test finds the form"):
        enrollment = Enrollment.objects.get(journey=journey)
    by = lakeside.coordinator
    with acting_as(by):
        amend(enrollment.id, by=by, now=timezone.now())
    lakeside.answer(enrollment, F6="3")
    lakeside.certify(enrollment)
    with acting_as(by):
        submit(enrollment.id, urgent=False, by=by, now=timezone.now())
    with every_tenant(reason="a test looks at what the hub gets"):
        packet = Packet.objects.filter(kind="enrollment").order_by("-version")[0]
        section = next(each for each in packet.body["sections"] if each["name"] == "Coverage")
    told = {field["id"]: field["value"] for field in section["fields"]}
    signed = {field["id"]: field["value"] for field in section["signed"]}
    assert (told["B7"], signed["B7"]) == ("SM900112233", COVERAGE["B7"])
    assert section["counts_from"] == since.isoformat()
    # Imported where it judges: that takes long.
    from jsonschema import Draft202012Validator

    schema = packet_schema("https://throughline.example/schemas/packet/1.json")
    assert not list(Draft202012Validator(schema).iter_errors(packet.body))
    assert state(lakeside, journey).facts["payer_name"].value == "Summit Mutual"
