"""What the clock alone changes, many journeys at a time."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.tenancy import every_tenant
from journeys.domain.upkeep import refresh_due
from journeys.models import Journey, JourneyEvent, Notice
from tests.factories.exchange import submitted
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db
# Which are due: begin, the tenancy, rows, end, the tenancy back. A batch: begin, the tenancy,
# journeys with parties, events and work, whom they name, vendors, what follows, end, the tenancy
# back.
QUERIES = 13


@pytest.fixture
def due(world: World) -> list[Journey]:
    """Three journeys that are to be looked at a month from now."""
    version, now = world.journey.program_version, timezone.now()
    return [world.journey, *(submitted(version, now=now) for _ in range(2))]


def at_risk() -> int:
    with every_tenant(reason="the test looks"):
        return len(Journey.objects.filter(at_risk=True))


def rules_told() -> list[tuple[object, ...]]:
    with every_tenant(reason="the test looks"):
        found = Notice.objects.filter(kind="at_risk").order_by("journey", "key")
        return list(found.values_list("journey", "organization", "key"))


def test_all_that_are_due_are_refreshed_in_the_same_few_queries(
    due: list[Journey], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    later = timezone.now() + dt.timedelta(days=30)
    with django_assert_num_queries(QUERIES):
        assert refresh_due(now=later) == len(due)
    assert at_risk() == len(due)


def test_a_rule_that_time_brings_about_is_told_once_however_often_the_clock_is_looked_at(
    due: list[Journey],
) -> None:
    later = timezone.now() + dt.timedelta(days=30)
    assert refresh_due(now=later) == len(due)
    told = rules_told()
    assert len(told) == len(set(told)) >= len(due)
    with every_tenant(reason="the test lets the clock run out again"):
        Journey.objects.update(refresh_at=later)
    assert refresh_due(now=later + dt.timedelta(minutes=1)) == len(due)
    assert rules_told() == told


def test_one_that_is_broken_does_not_hold_the_others(due: list[Journey]) -> None:
    with every_tenant(reason="the test breaks a journey"):
        event = JourneyEvent.objects.filter(journey=due[1]).first()
        event.body = {}
        event.save()
    assert refresh_due(now=timezone.now() + dt.timedelta(days=30)) == len(due) - 1
    assert at_risk() == len(due) - 1
