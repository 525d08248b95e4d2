"""Which partners' systems are silent: for those who share journeys with them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import Organization
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db
URL = "/exchange/systems/"
QUERIES = 6


def heard(organization: Organization, *, days: float, hours: int | None = 2) -> None:
    Organization.objects.filter(pk=organization.pk).update(
        heard_at=timezone.now() - dt.timedelta(days=days), heartbeat_hours=hours
    )


def operator() -> Client:
    ops = OrganizationFactory.create(kind="operator", name="Throughline Operations", slug="ops")
    return signed_in(member(ops, Role.OPERATOR))


def words(browser: Client) -> str:
    return " ".join(browser.get(URL).content.decode().split())


def test_a_silent_system_is_told_to_those_who_share_journeys_with_it(
    world: World, ana: Client, ben: Client
) -> None:
    heard(world.hub, days=8)
    page = words(ana)
    assert "1 partner&#x27;s system is silent for longer than it should be." in page
    assert "Every 2 working hours" in page
    assert "Silent" in page
    assert world.hub.name not in words(ben)
    assert world.hub.name in words(operator())


def test_a_system_heard_just_now_is_not_silent(world: World, ana: Client) -> None:
    heard(world.hub, days=0)
    assert "No partner&#x27;s system is silent" in words(ana)


def test_one_that_only_people_speak_for_is_not_listed(world: World, ana: Client) -> None:
    assert world.hub.name not in words(ana)
    assert "No partner reports by a system of its own yet" in words(ana)


def test_a_pharmacist_has_no_exchange_to_look_at(world: World) -> None:
    pharmacy = OrganizationFactory.create(kind="pharmacy", slug="crescent-two")
    assert world.browser(pharmacy, Role.PHARMACIST).get(URL).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_number_of_queries(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        heard(OrganizationFactory.create(kind="hub", slug=f"hub-{number}"), days=number)
    browser = operator()
    browser.get(URL)
    with django_assert_num_queries(QUERIES):
        page = browser.get(URL).content.decode()
    assert page.count("<tr>") == rows + 1
