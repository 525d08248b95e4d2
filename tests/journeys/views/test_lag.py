"""Learn-lag: counted once, told by partner, to nobody whose business it is not."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.lag_counting import count_lag
from journeys.domain.recording import record
from journeys.models import JourneyEvent, LagCount
from journeys.views.lag import within
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; the whole, by partner, kinds; in a block of their
# own the answers; idle clock.
QUERIES = 13
URL = "/learn-lag/"


def reported(world: World, number: int, *, late: dt.timedelta, source: str = "") -> None:
    """The hub tells something that happened some time ago."""
    now = timezone.now()
    event = Event(
        id=f"told-{number}",
        kind="fact",
        source=source or world.hub.slug,
        source_name=source.capitalize() or world.hub.name,
        role="hub",
        step="benefit_verification",
        facts={},
        occurred_at=now - late,
        received_at=now,
    )
    record(world.journey.id, event, actor=None, now=now)


def counted() -> None:
    # An event is visible as long after its instant as the test's transaction has run by then.
    count_lag(now=timezone.now() + dt.timedelta(minutes=10))


def test_an_event_keeps_when_it_could_be_seen(world: World) -> None:
    before = timezone.now()
    reported(world, 1, late=dt.timedelta(hours=14))
    with every_tenant(reason="the test looks"):
        event = JourneyEvent.objects.get(source_event_id="told-1")
    assert event.visible_at >= event.received_at >= before
    assert event.visible_at - event.occurred_at > dt.timedelta(hours=14)


def test_a_batch_counts_against_who_sent_it(world: World, ana: Client) -> None:
    for number in range(4):
        reported(world, number, late=dt.timedelta(hours=14))
    counted()
    page = " ".join(ana.get(URL).content.decode().split())
    row = page[page.index(world.hub.name) :]
    assert "within 14 h" in row or "within 13 h" in row or "within 15 h" in row
    assert "100%" in row
    assert "In batches" in row
    assert PATIENT not in page


def test_each_event_is_counted_once_whoever_counts(world: World) -> None:
    reported(world, 1, late=dt.timedelta(0))
    for _ in range(3):
        counted()
    with every_tenant(reason="the test looks"):
        hubs = LagCount.objects.filter(organization=world.hub, source=world.hub.slug)
        assert [each.events for each in hubs] == [1]


def test_the_operator_counts_each_event_once_for_all(world: World) -> None:
    operator = OrganizationFactory.create(kind="operator", name="Operations", slug="operations")
    reported(world, 1, late=dt.timedelta(0))
    counted()
    with every_tenant(reason="the test looks"):
        seen = LagCount.objects.filter(organization=operator, source=world.hub.slug)
        assert [each.events for each in seen] == [1]
    casey = signed_in(member(operator, Role.OPERATOR))
    assert world.hub.name in casey.get(URL).content.decode()


def test_others_counts_are_nobody_elses(world: World, ben: Client, nadia: Client) -> None:
    reported(world, 1, late=dt.timedelta(hours=14))
    counted()
    assert world.hub.name not in ben.get(URL).content.decode()
    assert nadia.get(URL).status_code == 403
    with every_tenant(reason="the test looks"):
        assert LagCount.objects.exists()
        makers = Organization.objects.filter(kind="manufacturer")
        assert not LagCount.objects.filter(organization__in=makers).exists()


def test_the_headline_stands_on_the_first_page(world: World, priya: Client) -> None:
    reported(world, 1, late=dt.timedelta(0))
    counted()
    assert "was visible to everyone within" in priya.get(reverse("work")).content.decode()


def test_where_nothing_was_reported_the_first_page_says_for_how_long(
    world: World, priya: Client
) -> None:
    words = "Nobody reported anything in the last 28 days."
    assert words in priya.get(reverse("work")).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    world: World,
    priya: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with every_tenant(reason="the test lays out its world"):
        JourneyEvent.objects.all().delete()
    for number in range(rows):
        reported(world, number, late=dt.timedelta(0), source=f"partner-{number}")
    counted()
    priya.get(URL)
    with django_assert_num_queries(QUERIES):
        page = priya.get(URL).content.decode()
    assert page.count('data-label="Reports"') == rows


def test_the_counting_reads_only_what_is_new(world: World) -> None:
    with every_tenant(reason="the test asks for a plan"), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select 1 from journeys_journeyevent"
            " where visible_at > now() - interval '1 min'"
        )
        assert "event_visible" in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "within a second"),
        (2.4, "within 3 s"),
        (61, "within 2 min"),
        (3590, "within 1 h"),
        (4980, "within 2 h"),
        (50 * 3600, "within 3 days"),
    ],
)
def test_a_length_is_told_as_one_that_was_kept(seconds: float, words: str) -> None:
    assert within(seconds) == words
