"""A journey read in one round trip is what the querysets give, to those who may see it."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.envelope import Unreadable
from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import UnscopedQuery, acting_as, every_tenant
from journeys.domain.queries.journeys import read_story, story_of
from journeys.domain.reading import one, read
from journeys.models import Journey, JourneyEvent
from tests.factories.exchange import submitted
from tests.factories.people import OrganizationFactory, actor_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey() -> Journey:
    return submitted(now=timezone.now() - dt.timedelta(hours=1))


def test_the_whole_story_is_one_query_and_the_same_as_told_by_several(
    journey: Journey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    hub = actor_of(member(Organization.objects.get(slug="northstar"), Role.HUB_AGENT))
    with acting_as(hub):
        read_story(journey.id, hub, now=now)  # graphs are kept from here on
        with django_assert_num_queries(1):
            at_once = read_story(journey.id, hub, now=now)
        slowly = story_of(one().get(pk=journey.id), hub, now=now)
    assert at_once is not None
    assert at_once.state == slowly.state
    assert at_once.viewer == slowly.viewer == "hub"
    assert at_once.journey.patient_name == slowly.journey.patient_name
    assert [each.to for each in at_once.handed] == ["Northstar"]
    assert at_once.handed[0].version == 1


def test_who_takes_no_part_reads_nothing_of_a_journey_that_is_there(journey: Journey) -> None:
    stranger = actor_of(member(OrganizationFactory.create(kind="hub"), Role.HUB_AGENT))
    with acting_as(stranger):
        assert read(journey.id) is None
    with every_tenant(reason="a test looks at what is there"):
        assert read(journey.id) is not None
    # What was written for one scope is not asked under the other.
    with acting_as(stranger):
        assert read(journey.id) is None


def test_nobody_reads_without_acting(journey: Journey) -> None:
    with pytest.raises(UnscopedQuery):
        read(journey.id)


def test_what_was_told_of_another_journey_does_not_open_here(journey: Journey) -> None:
    other = submitted(journey.program_version, now=timezone.now())
    with every_tenant(reason="the test moves a closed body"):
        mine = JourneyEvent.objects.filter(journey=journey).first()
        theirs = JourneyEvent.objects.filter(journey=other).first()
        with connection.cursor() as cursor:
            cursor.execute(
                "update journeys_journeyevent set body ="
                " (select body from journeys_journeyevent where id = %s) where id = %s",
                [theirs.id, mine.id],
            )
        assert read(other.id) is not None
        with pytest.raises(Unreadable):
            read(journey.id)
