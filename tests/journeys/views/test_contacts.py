"""A hub reaches a patient in two clicks, and never against the patient's word."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.models import Contact, Journey, Packet
from tests.factories.exchange import submitted, told
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


def reached_at(journey: Journey, phone: str) -> None:
    """The journey's form says how its patient is reached."""
    with every_tenant(reason="the test fills the form in"):
        packet = Packet.objects.get(journey=journey)
        packet.body["sections"][0]["fields"] += [
            told("A13", "Phone", phone),
            told("A11", "State", "CA"),
        ]
        packet.save()


def log(browser: Client, journey: Journey, contact: str, **sent: str) -> int:
    asked = {"token": str(uuid4()), "contact": contact, "purpose": "delivery"} | sent
    answer = browser.post(reverse("journey_contact", args=[journey.id]), asked)
    return answer.status_code


def test_a_contact_is_in_the_story_and_a_stop_is_heard_at_once_on_every_journey(
    world: World, priya: Client, ana: Client
) -> None:
    other = submitted(world.journey.program_version, practice=world.practice)
    reached_at(world.journey, "6175550142")
    reached_at(other, "(617) 555-0142")
    page = priya.get(reverse("journey", args=[world.journey.id])).content.decode()
    url = reverse("journey_contact", args=[world.journey.id])
    assert url in page
    page = priya.get(url).content.decode()
    assert "617-555-0142" in page
    assert "We are paid by" in page
    token = str(uuid4())
    for _ in range(2):
        assert log(priya, world.journey, "call:no_answer", token=token) == 302
    practice = ana.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert practice.count("Called the patient: no answer") == 1
    assert log(priya, world.journey, "text:asked_to_stop") == 302
    assert log(priya, other, "text:sent") == 422
    asked = priya.get(reverse("journey_contact", args=[other.id]), {"purpose": "delivery"})
    # The day is the reader's, not Greenwich's.
    today = timezone.localdate(timezone=ZoneInfo("America/New_York"))
    words = f"Not this way: The patient asked you to stop on {today:%b %-d, %Y}"
    assert words in asked.content.decode()
    assert log(priya, other, "text:sent", purpose="enrollment") == 302
    assert log(priya, other, "inbound:talked") == 302
    with every_tenant(reason="the test looks"):
        assert Contact.objects.filter(journey=other).count() == 2
        assert AuditEntry.objects.filter(action="heard a stop", purpose="delivery").count() == 1


def test_another_sender_is_not_stopped_and_strangers_reach_nobody(
    world: World, priya: Client, ana: Client, ben: Client
) -> None:
    reached_at(world.journey, "6175550142")
    log(priya, world.journey, "call:asked_to_stop", purpose="all")
    assert log(priya, world.journey, "call:reached") == 422
    assert log(priya, world.journey, "call:nonsense") == 422
    assert log(ana, world.journey, "call:reached") == 403
    assert log(ben, world.journey, "call:reached") == 404
    theirs = submitted(world.journey.program_version, practice=world.practice)
    reached_at(theirs, "6175550142")
    sender = Organization.objects.create(kind="hub", slug="o", name="Other hub")
    with every_tenant(reason="another hub has this journey"):
        Journey.objects.filter(pk=theirs.pk).update(
            hub=sender, party_ids=[world.practice.id, sender.id]
        )
        Packet.objects.filter(journey=theirs).update(party_ids=[world.practice.id, sender.id])
        theirs.parties.filter(role="hub").update(party=sender)
        for row in (*theirs.parties.all(), *theirs.events.all()):
            row.party_ids = [world.practice.id, sender.id]
            row.save()
    browser = world.browser(sender, Role.HUB_AGENT)
    assert log(browser, theirs, "call:reached") == 302
