"""A practice's own system hears by webhook that a journey changed: ids alone, over real HTTP."""

import datetime as dt
import json
import re

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.models import Membership
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.domain.status_calls import ARRIVED, call_practices, sweep
from journeys.models import Endpoint, Journey, StatusCall
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import practice_named, submitted
from tests.factories.people import member, proven, signed_in
from tests.fakes.hub import Hub, running_hub

pytestmark = pytest.mark.django_db

PAGE = configured.BASE_DIR / "docs" / "partners.md"
JSON = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEY = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def at_home(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True


@pytest.fixture
def ana() -> Membership:
    return member(practice_named("lakeside", "Lakeside Rheumatology"), Role.ADMIN)


def connected(ana: Membership, system: Hub) -> Client:
    """Lakeside's administrator gives its system's address, and the system keeps the secret."""
    browser = proven(signed_in(ana), ana)
    page = reverse("endpoint", args=[ana.organization_id])
    answer = browser.post(page, {"way": "webhook", "address": system.url})
    (system.secret,) = set(KEY.findall(answer.content.decode()))
    return browser


def call(later: dt.timedelta = dt.timedelta()) -> int:
    return call_practices(carriers=CARRIERS, clock=lambda: timezone.now() + later)


def moved(journey: Journey, key: str) -> None:
    now = timezone.now()
    event = Event(
        id=key,
        kind="message",
        source=journey.hub.slug,
        source_name=journey.hub.name,
        role="hub",
        occurred_at=now - dt.timedelta(days=2),
        received_at=now,
        note="We called the plan.",
    )
    record(journey.pk, event, actor=None, now=now)


def test_a_burst_of_changes_is_one_message_with_ids_alone(ana: Membership) -> None:
    with running_hub("") as system:
        connected(ana, system)
        journey = submitted()
        moved(journey, "one")
        moved(journey, "two")
        assert call() == 1
        assert call() == 0
        (message,) = system.taken
        assert message.content["type"] == "journey.changed"
        documented = next(
            shown
            for shown in map(json.loads, JSON.findall(PAGE.read_text()))
            if shown["type"] == "journey.changed"
        )
        assert message.content.keys() == documented.keys()
        assert message.content["data"].keys() == documented["data"].keys()
        assert message.content["data"]["journey"] == str(journey.pk)
        for told in ("Rosa", "called the plan", "veltrana", journey.number):
            assert told not in message.body.decode()
        moved(journey, "late")
        assert call() == 1
        assert len(set(system.ids)) == 2


def test_it_is_tried_again_up_the_ladder_and_the_latest_wins(ana: Membership) -> None:
    with running_hub("") as system:
        connected(ana, system)
        journey = submitted()
        system.moods = [503, 503]
        assert call() == 1
        assert call() == 0
        assert call(dt.timedelta(seconds=6)) == 1
        first, second = system.ids
        assert first == second
        moved(journey, "newer")
        assert call() == 1
        assert call(dt.timedelta(hours=1)) == 0
        assert system.ids[2] != first
    with every_tenant(reason="the test looks"):
        (kept,) = StatusCall.objects.all()
        assert (kept.outcome, kept.attempts) == (ARRIVED, 1)


def test_another_practices_journeys_are_not_told(ana: Membership) -> None:
    with running_hub("") as system:
        connected(ana, system)
        harbor = practice_named("harbor", "Harbor Neurology")
        assert submitted(practice=harbor).pk
        assert call() == 0
        assert system.taken == []


def test_what_changed_before_and_after_it_was_wanted_is_not_told(ana: Membership) -> None:
    with running_hub("") as system:
        submitted()
        browser = connected(ana, system)
        assert call() == 0
        browser.post(reverse("endpoint_stop", args=[ana.organization_id]))
        submitted()
        assert call() == 0
        assert system.taken == []


def test_a_system_that_is_gone_is_asked_no_more(ana: Membership) -> None:
    with running_hub("") as system:
        connected(ana, system)
        submitted()
        system.status = 410
        assert call() == 1
    with every_tenant(reason="the test looks"):
        assert not Endpoint.objects.filter(organization=ana.organization, active=True).exists()


def test_a_practice_is_offered_a_webhook_alone(ana: Membership) -> None:
    browser = proven(signed_in(ana), ana)
    page = reverse("endpoint", args=[ana.organization_id])
    for way in ("portal", "sftp"):
        assert browser.post(page, {"way": way}).status_code == 422
    assert "FHIR R4" not in browser.get(page).content.decode()
    with every_tenant(reason="the test looks"):
        assert not Endpoint.objects.filter(organization=ana.organization).exists()


def test_what_ended_a_month_ago_is_swept_but_for_the_newest_word_of_a_journey(
    ana: Membership,
) -> None:
    with running_hub("") as system:
        connected(ana, system)
        journey = submitted()
        assert call() == 1
        moved(journey, "newer")
        assert call() == 1
    now = timezone.now()
    assert sweep(now=now + dt.timedelta(days=29)) == 0
    assert sweep(now=now + dt.timedelta(days=31)) == 1
    with every_tenant(reason="the test looks"):
        (kept,) = StatusCall.objects.all()
    assert str(kept.pk) == system.ids[1]
    assert call() == 0
