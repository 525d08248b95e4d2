"""The journey's page: the same story for every party, nothing for anybody else."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.models import Delivery, Journey, JourneyEvent
from tests.factories.exchange import submitted
from tests.factories.people import signed_in
from tests.journeys.conftest import Writes
from tests.journeys.views.conftest import PATIENT, World
from tests.journeys.views.test_work import without_tokens

pytestmark = pytest.mark.django_db

# Read again by somebody who would be shown the same: the session, the tenancy and its transaction,
# the mark of the story, the audit.
PAGE_QUERIES = 7
FIRST_PAGE_QUERIES = 9
LIST_QUERIES = 8


def url_of(world: World) -> str:
    return reverse("journey", args=[world.journey.id])


def message(world: World, **changed: object) -> dict[str, object]:
    token = str(uuid.uuid4())
    return {"token": token, "step": "intake_review", "text": "Is the card there?", **changed}


def test_practice_and_hub_read_the_same_sentence(world: World, ana: Client, priya: Client) -> None:
    sentences = set()
    for browser in (ana, priya):
        page = browser.get(url_of(world)).content.decode()
        sentences |= set(re.findall(r"Intake review is with [^<]*\.", page))
        assert PATIENT in page
        you = " (you)" if browser is priya else ""
        words = f"Next, <strong>{world.hub.name}</strong>{you}: Review the enrollment"
        assert words in " ".join(page.split())
    assert len(sentences) == 1


def test_what_has_not_arrived_is_told_at_the_top(world: World, ana: Client) -> None:
    top, unread = "The path", f"Packet 1 has not reached {world.hub.name}."
    with every_tenant(reason="the test stops the hub"):
        on_its_way = Delivery.objects.filter(journey=world.journey)
        on_its_way.update(status="pending", trouble="The hub could not be reached.")
    told = "waiting to be sent. The hub could not be reached."
    page = ana.get(url_of(world)).content.decode().partition(top)[0]
    assert told in page
    assert unread in page
    assert f"on their way to {world.hub.name}." in ana.get(url_of(world)).content.decode()
    with every_tenant(reason="the hub is back"):
        on_its_way.update(status="sent", trouble="")
    page = ana.get(url_of(world)).content.decode()
    assert told not in page
    assert unread not in page


def test_a_stranger_gets_404_for_a_journey_that_exists(world: World, ben: Client) -> None:
    stranger = ben.get(url_of(world))
    nothing = ben.get(reverse("journey", args=[uuid.uuid4()]))
    assert (stranger.status_code, nothing.status_code) == (404, 404)
    with every_tenant(reason="the test looks"):
        assert Journey.objects.filter(pk=world.journey.id).exists()


def test_a_colleague_without_the_right_gets_403(world: World) -> None:
    assert world.browser(world.practice, Role.ADMIN).get(url_of(world)).status_code == 403


def test_a_manufacturer_never_sees_an_identified_journey(world: World, nadia: Client) -> None:
    assert nadia.get(url_of(world)).status_code == 403
    assert nadia.get(reverse("journeys")).status_code == 403
    assert nadia.get(reverse("live_journey", args=[world.journey.id])).status_code == 403


def test_the_list_holds_my_journeys_and_nobody_elses(
    world: World, ana: Client, ben: Client
) -> None:
    assert PATIENT in ana.get(reverse("journeys")).content.decode()
    theirs = ben.get(reverse("journeys")).content.decode()
    assert PATIENT not in theirs
    assert "No open journeys" in theirs


def test_a_closed_journey_moves_to_its_own_list(world: World, ana: Client) -> None:
    world.hears("intake_review", "rejected")
    assert PATIENT not in ana.get(reverse("journeys")).content.decode()
    closed = ana.get(reverse("journeys"), {"show": "closed"}).content.decode()
    assert PATIENT in closed
    assert "Closed early" in closed


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_number_of_queries(
    world: World, ana: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows - 1):
        submitted(world.journey.program_version, practice=world.practice)
    ana.get(reverse("journeys"))
    with django_assert_num_queries(LIST_QUERIES):
        page = ana.get(reverse("journeys")).content.decode()
    assert page.count("row-linked") == rows


@pytest.mark.usefixtures("minute_just_begun")
@pytest.mark.parametrize("events", [1, 40])
def test_the_page_asks_the_same_number_of_queries(
    world: World, ana: Client, events: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(events - 1):
        now = timezone.now()
        said = Event(
            id=str(number),
            kind="message",
            step="intake_review",
            source="northstar",
            source_name="Northstar",
            role="hub",
            note=f"note {number}",
            occurred_at=now,
            received_at=now,
        )
        record(world.journey.id, said, actor=None, now=now)
    assert ana.get(reverse("journeys")).status_code == 200  # what a process keeps is kept now
    with django_assert_num_queries(FIRST_PAGE_QUERIES):
        page = ana.get(url_of(world)).content.decode()
    assert page.count('class="entry') >= events
    with django_assert_num_queries(PAGE_QUERIES):
        again = ana.get(url_of(world)).content.decode()
    assert without_tokens(again) == without_tokens(page)


def test_what_is_read_again_equals_the_whole_page(world: World, ana: Client) -> None:
    whole = ana.get(url_of(world)).content.decode()
    part = ana.get(url_of(world), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert without_tokens(part) in without_tokens(whole)


def test_reading_is_audited_and_writes_nothing_else(
    world: World, ana: Client, writes: Writes
) -> None:
    ana.get(url_of(world))
    with writes() as tables:
        ana.get(url_of(world))
    assert tables == {"accounts_auditentry"}
    with every_tenant(reason="the test looks"):
        entry = AuditEntry.objects.filter(purpose="journey page").latest("at")
    assert (entry.subject_id, entry.organization_id) == (world.journey.id, world.practice.id)
    assert "patient_name" in entry.fields


def test_a_pharmacy_sees_the_story_without_what_it_may_not_know(world: World) -> None:
    world.hears("intake_review", "accepted")
    world.hears(
        "benefit_verification",
        "complete",
        prior_authorization_required=False,
        payer_reference="SECRET-77",
    )
    world.hears("copay_enrollment", "enrolled")
    world.hears("pharmacy_triage", "sent", pharmacy_name="Crescent Specialty Pharmacy")
    crescent = Organization.objects.get(slug="crescent")
    page = world.browser(crescent, Role.PHARMACIST).get(url_of(world)).content.decode()
    assert PATIENT in page
    assert "Benefit verification" in page
    assert "SECRET-77" not in page
    hub = world.browser(world.hub, Role.HUB_AGENT).get(url_of(world)).content.decode()
    assert "SECRET-77" in hub


def test_a_message_on_a_step_reaches_the_other_party(
    world: World, ana: Client, priya: Client
) -> None:
    url = reverse("journey_message", args=[world.journey.id])
    sent = message(world)
    ana.post(url, sent)
    ana.post(url, sent)
    with every_tenant(reason="the test looks"):
        assert JourneyEvent.objects.filter(kind="message").count() == 1
    assert "Is the card there?" in priya.get(url_of(world)).content.decode()


def test_a_refused_message_keeps_what_was_typed(world: World, ana: Client) -> None:
    url = reverse("journey_message", args=[world.journey.id])
    answer = ana.post(url, message(world, step="delivery", text="x" * 2001))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A message has at most 2000 characters" in page
    assert "x" * 2001 in page
    assert '<option value="delivery" selected>' in page


def test_nothing_is_written_to_anybody_once_the_patient_took_the_permission_back(
    world: World, ana: Client
) -> None:
    now = timezone.now()
    ended = Event(
        id="closed:1",
        kind="closed",
        source=world.practice.slug,
        source_name=world.practice.name,
        role="practice",
        occurred_at=now,
        received_at=now,
        reason="consent_withdrawn",
    )
    record(world.journey.id, ended, actor=None, now=now)
    assert 'name="text"' not in ana.get(url_of(world)).content.decode()
    answer = ana.post(reverse("journey_message", args=[world.journey.id]), message(world))
    assert answer.status_code == 422
    assert "The patient took the permission back." in answer.content.decode()
    with every_tenant(reason="the test looks"):
        assert not JourneyEvent.objects.filter(kind="message").exists()


def test_a_stranger_cannot_write(world: World, ben: Client) -> None:
    answer = ben.post(reverse("journey_message", args=[world.journey.id]), message(world))
    assert answer.status_code == 404


def test_a_prescriber_reads_but_does_not_write(world: World) -> None:
    browser = world.browser(world.practice, Role.PRESCRIBER)
    assert 'name="text"' not in browser.get(url_of(world)).content.decode()
    answer = browser.post(reverse("journey_message", args=[world.journey.id]), message(world))
    assert answer.status_code == 403


def test_names_are_escaped(world: World) -> None:
    person = world.person(world.practice, Role.PRACTICE_STAFF)
    with every_tenant(reason="the test writes a hostile name"):
        row = Journey.objects.get(pk=world.journey.id)
        row.patient_name = '"><svg onload=alert(1)>'
        row.save(update_fields=["patient_name"])
    page = signed_in(person).get(url_of(world)).content.decode()
    assert "<svg onload" not in page


@pytest.mark.parametrize("which", ["at_risk", "closed", "nonsense"])
def test_every_list_opens_empty_too(ben: Client, which: str) -> None:
    assert ben.get(reverse("journeys"), {"show": which}).status_code == 200
