"""The first page of each role, and what those who run the site ask."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.core.permissions import OrganizationKind, Role
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "role", "first"),
    [
        (OrganizationKind.PRACTICE, Role.PRACTICE_STAFF, "work"),
        (OrganizationKind.PRACTICE, Role.PRESCRIBER, "work"),
        (OrganizationKind.HUB, Role.HUB_AGENT, "work"),
        (OrganizationKind.PHARMACY, Role.PHARMACIST, "work"),
        (OrganizationKind.VENDOR, Role.VENDOR_AGENT, "work"),
        (OrganizationKind.MANUFACTURER, Role.PROGRAM_MANAGER, "programs"),
        (OrganizationKind.MANUFACTURER, Role.SAFETY_OFFICER, "safety"),
        (OrganizationKind.OPERATOR, Role.OPERATOR, "exchange"),
        (OrganizationKind.HUB, Role.ADMIN, "members"),
    ],
)
def test_each_role_begins_on_its_own_page(kind: OrganizationKind, role: Role, first: str) -> None:
    browser = signed_in(member(OrganizationFactory.create(kind=kind.value), role))
    answer = browser.get(reverse("home"))
    assert (answer.status_code, answer["Location"]) == (302, reverse(first))
    assert browser.get(answer["Location"]).status_code == 200


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert reverse("account_login") in client.get(reverse("home"))["Location"]


def test_alive_says_nothing_but_ok(client: Client) -> None:
    answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_names_the_service_that_does_not_answer(client: Client, settings: Settings) -> None:
    assert client.get(reverse("readyz")).json() == {"ready": True, "unreachable": []}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.json()["unreachable"]) == (503, ["redis"])


def test_metrics_count_what_waits_and_name_nobody(world: World, client: Client) -> None:
    text = client.get(reverse("metrics")).content.decode()
    assert "throughline_deliveries_waiting 1.0" in text
    assert "throughline_open_work 1.0" in text
    assert "throughline_live_streams 0.0" in text
    assert world.journey.number not in text
