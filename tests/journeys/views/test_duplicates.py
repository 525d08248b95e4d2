"""One patient enrolled twice: found however the name was written, merged by the hub, undone."""

import datetime as dt
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.likely_twins import ask_for_twins, look_for_twins
from journeys.domain.likeness import candidates
from journeys.domain.opening import NewJourney, open_journey
from journeys.models import (
    Journey,
    JourneyEvent,
    LikelyTwin,
    Notice,
    Packet,
    PersonKey,
    TwinSearch,
    WorkItem,
)
from programs.models import ProgramVersion
from tests.factories.exchange import packet
from tests.factories.people import OrganizationFactory, actor_of, member
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

SEARCH_QUERIES = 14


def sent(practice: Organization, version: ProgramVersion, name: str, born_on: dt.date) -> Journey:
    """An enrollment of a patient whom the practice keeps in another row."""
    by = actor_of(member(practice, Role.PRACTICE_STAFF))
    given, _, surname = name.partition(" ")
    body = packet(given)
    body["sections"][0]["fields"].append(
        {
            **body["sections"][0]["fields"][0],
            "id": "A3",
            "label": "Last name",
            "value": surname,
            "display": surname,
        }
    )
    new = NewJourney(
        practice_id=practice.id,
        program_version=version,
        patient_id=uuid4(),
        patient_name=name,
        patient_born_on=born_on,
        prescriber_name="Dr. Maya Okafor",
        urgent=False,
        packet=body,
        packet_digest="1" * 64,
        facts={"line_of_business": "commercial"},
        grants=[],
    )
    with acting_as(by):
        return open_journey(new, by=by, now=timezone.now())


@pytest.fixture
def again(world: World) -> Journey:
    """The same patient by fax: another first name, day and month swapped."""
    born_on = world.journey.patient_born_on
    other = dt.date(born_on.year, born_on.day, born_on.month) if born_on.day < 13 else born_on
    return sent(world.practice, world.journey.program_version, "Rosie Delgádo", other)


def found(journey: Journey, organization: Organization, role: Role) -> list[str]:
    with acting_as(actor_of(member(organization, role))):
        fresh = Journey.objects.select_related("program_version__program").get(pk=journey.pk)
        return [each.journey.number for each in candidates(fresh, organization_id=organization.id)]


def now_of(journey: Journey) -> Journey:
    with every_tenant(reason="the test looks"):
        fresh: Journey = Journey.objects.get(pk=journey.pk)
    return fresh


def merge(browser: Client, kept: Journey, ended: Journey, token: str = "t1") -> str:
    told = {"other": kept.number, "keep": kept.number, "token": token}
    url = reverse("journey_merge", args=[ended.pk])
    return str(browser.post(url, told, follow=True).content.decode())


def test_the_page_puts_both_side_by_side_with_the_reasons(
    world: World, again: Journey, priya: Client
) -> None:
    page = priya.get(reverse("journey", args=[again.pk])).content.decode()
    url = reverse("journey_duplicates", args=[again.pk])
    assert url in page
    shown = priya.get(url).content.decode()
    assert "1 open enrollment may be of the same patient." in shown
    assert "Same last name" in shown
    assert "Same member ID" in shown
    assert "Rosie" in shown


def test_one_journey_goes_on_and_both_forms_stay(
    world: World, again: Journey, priya: Client
) -> None:
    page = merge(priya, world.journey, again)
    assert f"Merged: {world.journey.number} goes on" in page
    assert now_of(again).closed_at is not None
    assert now_of(world.journey).closed_at is None
    assert now_of(world.journey).risk_rules == []
    with every_tenant(reason="the test looks"):
        assert not WorkItem.objects.filter(journey=again, closed_at=None).exists()
        assert Packet.objects.filter(journey__in=[again, world.journey]).count() == 2
        told = Notice.objects.filter(organization=world.practice)
        assert told.filter(journey=again, kind="ended").exists()
        assert told.filter(journey=world.journey, kind="message").exists()


def test_twins_are_not_merged_even_by_a_request_of_ones_own(world: World, priya: Client) -> None:
    born_on = world.journey.patient_born_on
    twin = sent(world.practice, world.journey.program_version, "Marisol Delgado", born_on)
    page = merge(priya, world.journey, twin)
    assert "They are two people: other first name, as twins have." in page
    assert now_of(twin).closed_at is None


def test_a_double_click_merges_once(world: World, again: Journey, priya: Client) -> None:
    merge(priya, world.journey, again)
    merge(priya, world.journey, again)
    with every_tenant(reason="the test looks"):
        assert JourneyEvent.objects.filter(kind="closed").count() == 1


def test_undoing_restores_both(world: World, again: Journey, priya: Client, ana: Client) -> None:
    before = now_of(again)
    merge(priya, world.journey, again)
    page = priya.get(reverse("journey_duplicates", args=[again.pk])).content.decode()
    assert f"Merged into {world.journey.number}" in page
    answer = priya.post(reverse("journey_merge_undo", args=[again.pk]), follow=True)
    assert "Undone: both journeys go on." in answer.content.decode()
    after = now_of(again)
    assert (after.closed_at, after.step, after.stage) == (None, before.step, before.stage)
    assert after.risk_rules == []
    with every_tenant(reason="the test looks"):
        assert WorkItem.objects.filter(journey=again, closed_at=None).exists()
        told = Notice.objects.filter(organization=world.practice, kind="message")
        assert told.filter(journey=again).exists()
        assert told.filter(journey=world.journey).count() == 2
    story = ana.get(reverse("journey", args=[again.pk])).content.decode()
    assert "Merge undone: this journey goes on by itself" in story
    call_command("refold_journeys", "--check")
    merge(priya, world.journey, again, token="t2")
    assert now_of(again).closed_at is not None


def test_twins_are_never_candidates(world: World) -> None:
    version = world.journey.program_version
    born_on = world.journey.patient_born_on
    twin = sent(world.practice, version, "Diego Delgado", born_on)
    assert found(twin, world.hub, Role.HUB_AGENT) == []
    assert twin.risk_rules == []


def test_another_practices_patient_is_shown_to_the_hub_alone_and_not_merged(
    world: World, priya: Client
) -> None:
    harbor = OrganizationFactory.create(name="Harbor Neurology", slug="harbor")
    same = world.journey
    theirs = sent(harbor, same.program_version, "Rosa Delgado", same.patient_born_on)
    assert found(theirs, world.hub, Role.HUB_AGENT) == [same.number]
    assert found(theirs, harbor, Role.PRACTICE_STAFF) == []
    assert theirs.risk_rules == []
    assert "They are of two practices." in merge(priya, same, theirs)
    assert now_of(theirs).closed_at is None


def test_digests_of_two_organizations_differ(world: World) -> None:
    with every_tenant(reason="the test looks"):
        rows = PersonKey.objects.filter(journey=world.journey)
        here = {bytes(row.key) for row in rows.filter(organization=world.practice)}
        there = {bytes(row.key) for row in rows.filter(organization=world.hub)}
    assert here
    assert there
    assert not here & there


def test_the_practice_may_not_merge_and_a_stranger_finds_nothing(
    world: World, again: Journey, ana: Client
) -> None:
    url = reverse("journey_duplicates", args=[again.pk])
    assert ana.get(url).status_code == 403
    beacon = OrganizationFactory.create(kind="hub", name="Beacon", slug="beacon")
    assert world.browser(beacon, Role.HUB_AGENT).get(url).status_code == 404
    told = {"other": world.journey.number, "keep": world.journey.number, "token": "t"}
    assert ana.post(reverse("journey_merge", args=[again.pk]), told).status_code == 403
    assert ana.post(reverse("journey_merge_undo", args=[again.pk])).status_code == 403
    assert now_of(again).closed_at is None


def test_journeys_of_before_are_indexed_by_a_worker_after_the_migration(
    world: World, again: Journey, priya: Client
) -> None:
    of_before = import_module("journeys.migrations.0057_find_patients_of_before")
    with every_tenant(reason="the test goes back to before there were digests"):
        TwinSearch.objects.all().delete()
        PersonKey.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(of_before.SQL)
    assert look_for_twins(now=timezone.now()) == 2
    assert found(again, world.hub, Role.HUB_AGENT) == [world.journey.number]
    review = priya.get(reverse("intake_review", args=[again.pk])).content.decode()
    assert f"Looks like {world.journey.number}" in review


def test_all_journeys_are_indexed_by_the_command(world: World, again: Journey) -> None:
    with every_tenant(reason="the test forgets the digests"):
        PersonKey.objects.all().delete()
    assert found(again, world.hub, Role.HUB_AGENT) == []
    call_command("index_patients")
    assert found(again, world.hub, Role.HUB_AGENT) == [world.journey.number]


def test_a_worker_flags_it_for_the_reviewer_until_a_person_tells_them_apart(
    world: World, again: Journey, priya: Client, ana: Client, ben: Client
) -> None:
    review = reverse("intake_review", args=[again.pk])
    flag = f"Looks like {world.journey.number}"
    assert flag not in priya.get(review).content.decode()
    assert look_for_twins(now=timezone.now()) == 2
    assert look_for_twins(now=timezone.now()) == 0
    page = priya.get(review).content.decode()
    assert flag in page
    assert reverse("journey_duplicates", args=[again.pk]) in page
    case = reverse("journey", args=[again.pk])
    assert flag in priya.get(case).content.decode()
    assert flag not in ana.get(case).content.decode()
    url, told = reverse("journey_not_the_same", args=[again.pk]), {"other": world.journey.number}
    assert (ana.post(url, told).status_code, ben.post(url, told).status_code) == (403, 403)
    shown = priya.post(url, told, follow=True).content.decode()
    assert "No other open enrollment of this medicine looks like this patient." in shown
    assert "not the same, said Robin Person" in shown
    assert flag not in priya.get(case).content.decode()
    with every_tenant(reason="the form is handed over again"):
        ask_for_twins(now_of(again), now=timezone.now())
    assert look_for_twins(now=timezone.now()) == 1
    for journey, other in ((again, world.journey), (world.journey, again)):
        page = priya.get(reverse("intake_review", args=[journey.pk])).content.decode()
        assert f"Looks like {other.number}" not in page


def test_not_the_same_is_taken_back(
    world: World, again: Journey, priya: Client, ana: Client
) -> None:
    told = {"other": world.journey.number}
    priya.post(reverse("journey_not_the_same", args=[again.pk]), told)
    url = reverse("journey_maybe_the_same", args=[again.pk])
    assert ana.post(url, told).status_code == 403
    page = priya.post(url, told, follow=True).content.decode()
    assert "1 open enrollment may be of the same patient." in page
    assert "not the same, said" not in page
    look_for_twins(now=timezone.now())
    for journey, other in ((again, world.journey), (world.journey, again)):
        case = priya.get(reverse("journey", args=[journey.pk])).content.decode()
        assert f"Looks like {other.number}" in case


@pytest.mark.parametrize("alike", [1, 6])
def test_looking_for_one_costs_the_same_however_many_are_found(
    world: World, alike: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version, born_on = world.journey.program_version, world.journey.patient_born_on
    for number in range(alike):
        last = sent(world.practice, version, f"Rosa Delgado {number}", born_on)
    with every_tenant(reason="the others were looked for"):
        TwinSearch.objects.exclude(pk=last.pk).delete()
    with django_assert_num_queries(SEARCH_QUERIES):
        assert look_for_twins(now=timezone.now()) == 1
    with every_tenant(reason="the test looks"):
        assert LikelyTwin.objects.count() >= alike
