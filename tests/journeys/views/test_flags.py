"""How many at-risk flags were followed by a real delay: counted, told to hubs and the operator."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.risk_words import RISK_WORDS
from journeys.domain.flag_counting import count_flags
from journeys.models import FlagCount
from tests.factories.exchange import submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; by rule, by program; idle clock.
QUERIES = 7
URL = "/learn-lag/flags/"


@pytest.fixture
def operator() -> Organization:
    return OrganizationFactory.create(kind="operator", name="Operations", slug="operations")


@pytest.fixture
def supervisor(world: World) -> Client:
    return world.browser(world.hub, Role.HUB_SUPERVISOR)


@pytest.fixture
def late(world: World, operator: Organization) -> World:
    """Intake was reviewed weeks after it was due."""
    begun = timezone.now() - dt.timedelta(days=20)
    world.journey = submitted(world.journey.program_version, practice=world.practice, now=begun)
    world.hears("intake_review", "accepted")
    return world


def page(browser: Client) -> str:
    return " ".join(browser.get(URL).content.decode().split())


def test_a_flag_that_came_true_is_counted_for_its_hub_and_the_operator(
    late: World, operator: Organization, supervisor: Client
) -> None:
    count_flags(now=timezone.now())
    for browser in (supervisor, signed_in(member(operator, Role.OPERATOR))):
        told = page(browser)
        assert "at-risk flags were followed by a real delay" in told
        assert 'Past due <span class="quiet">R1</span>' in told
        assert "100%" in told
        assert late.journey.program_version.program.name in told
        assert PATIENT not in told
        assert late.journey.number not in told


def test_counting_again_counts_the_same(late: World) -> None:
    def counted() -> list[tuple[str, str, int, int]]:
        with every_tenant(reason="the test looks"):
            found = FlagCount.objects.order_by("organization__slug", "rule")
            return list(found.values_list("organization__slug", "rule", "raised", "followed"))

    now = timezone.now()
    count_flags(now=now)
    first = counted()
    count_flags(now=now)
    assert counted() == first
    assert ("northstar", "R1", 1, 1) in first
    assert {each[0] for each in first} == {"northstar", "operations"}


def test_what_happened_long_ago_counts_no_more(late: World, supervisor: Client) -> None:
    count_flags(now=timezone.now())
    count_flags(now=timezone.now() + dt.timedelta(days=120))
    assert "No flag of the last 90 days can be judged yet." in page(supervisor)


def test_another_hub_reads_nothing_of_it(late: World, supervisor: Client) -> None:
    count_flags(now=timezone.now())
    other = OrganizationFactory.create(kind="hub", slug="beacon", name="Beacon")
    assert "No flag can be judged yet" in page(late.browser(other, Role.HUB_SUPERVISOR))
    assert "Past due" in page(supervisor)


def test_supervisors_and_the_operator_are_led_there_and_nobody_else(
    world: World, operator: Organization, supervisor: Client, ana: Client, priya: Client
) -> None:
    assert URL in supervisor.get("/learn-lag/").content.decode()
    assert URL in signed_in(member(operator, Role.OPERATOR)).get("/upkeep/").content.decode()
    for browser in (ana, priya):
        assert browser.get(URL).status_code == 403
        assert URL not in browser.get("/learn-lag/").content.decode()


@pytest.mark.parametrize("rows", [1, 14])
def test_the_number_of_queries_does_not_grow(
    world: World, supervisor: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with every_tenant(reason="the test lays out its counts"):
        FlagCount.objects.bulk_create(
            FlagCount(
                organization=world.hub,
                program=world.journey.program_version.program,
                rule=rule,
                raised=4,
                followed=1,
            )
            for rule in list(RISK_WORDS)[:rows]
        )
    supervisor.get(URL)
    with django_assert_num_queries(QUERIES):
        told = page(supervisor)
    assert told.count("25%") == 2 * rows + 1
