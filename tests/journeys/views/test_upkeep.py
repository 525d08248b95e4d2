"""What must hold of every journey: what does not is the operator's issue until it is mended."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from accounts.tenancy import every_tenant
from journeys.domain.counting import count_anew, count_changes
from journeys.domain.invariants import check_invariants
from journeys.domain.staffing import watch_staffing
from journeys.domain.upkeep import refresh_due
from journeys.enums import Transport
from journeys.models import Endpoint, FunnelCount, UpkeepIssue, WorkItem
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; how many, how many open, rows; idle clock.
QUERIES = 8
URL = "/upkeep/"


@pytest.fixture
def operator() -> Organization:
    return OrganizationFactory.create(kind="operator", name="Operations", slug="operations")


@pytest.fixture
def casey(operator: Organization) -> Client:
    return signed_in(member(operator, Role.OPERATOR))


@pytest.fixture
def sound(world: World) -> World:
    """A world in which everybody can be called, and somebody works everywhere."""
    world.person(world.hub, Role.HUB_AGENT)
    Organization.objects.update(
        contact_name="Dana Ellery", contact_hours="Mon to Fri, 8 am to 5 pm ET", phone="6175550100"
    )
    return world


def test_a_sound_world_has_no_issue(sound: World, casey: Client) -> None:
    assert check_invariants(now=timezone.now()) == 0
    assert "Nothing is wrong" in casey.get(URL).content.decode()


def test_counts_that_are_not_what_their_rows_say_are_an_issue_until_they_are_counted_anew(
    sound: World, casey: Client
) -> None:
    program = sound.journey.program_version.program
    with every_tenant(reason="the test moves a count that no row moved"):
        while count_changes():
            pass
        assert check_invariants(now=timezone.now()) == 0
        FunnelCount.objects.create(
            organization=program.manufacturer,
            program=program,
            view="stage",
            cell="nowhere",
            count=3,
        )
    assert check_invariants(now=timezone.now()) == 1
    assert (
        f"1 counts of {program.name} are not what its rows say" in casey.get(URL).content.decode()
    )
    count_anew(program)
    assert check_invariants(now=timezone.now()) == 0


def test_a_journey_without_a_next_action_is_an_issue_until_it_has_one(
    sound: World, casey: Client
) -> None:
    with every_tenant(reason="the test breaks a journey"):
        WorkItem.objects.update(closed_at=timezone.now())
    for _ in range(2):
        assert check_invariants(now=timezone.now()) == 1
    page = casey.get(URL).content.decode()
    assert f"Journey {sound.journey.number} goes on and nobody has a next action." in page
    assert "1 thing is not as it must be." in page
    assert PATIENT not in page
    with every_tenant(reason="the test mends it"):
        WorkItem.objects.update(closed_at=None)
    assert check_invariants(now=timezone.now()) == 0
    page = casey.get(URL).content.decode()
    assert "Every open journey has a next action" in page
    assert sound.journey.number in page
    with every_tenant(reason="the test looks"):
        assert UpkeepIssue.objects.count() == 1


@pytest.mark.parametrize("lacking", ["contact_name", "contact_hours", "phone"])
def test_a_party_that_nobody_can_call_is_an_issue(
    sound: World, operator: Organization, lacking: str
) -> None:
    Organization.objects.filter(pk=sound.hub.pk).update(**{lacking: ""})
    assert check_invariants(now=timezone.now()) == 1
    with every_tenant(reason="the test looks"):
        assert sound.hub.name in UpkeepIssue.objects.get().text


def test_work_that_somebody_gone_still_has_is_an_issue(
    sound: World, operator: Organization
) -> None:
    Organization.objects.filter(pk=sound.hub.pk).update(active=False)
    assert check_invariants(now=timezone.now()) == 1
    with every_tenant(reason="the test looks"):
        assert "no longer active" in UpkeepIssue.objects.get().text


def test_work_of_an_organization_where_nobody_is_left_is_an_issue(
    sound: World, operator: Organization
) -> None:
    Membership.objects.filter(organization=sound.hub).update(active=False)
    assert check_invariants(now=timezone.now()) == 1
    with every_tenant(reason="the test looks"):
        told = UpkeepIssue.objects.get().text
    assert told == f"Nobody of {sound.hub.name} can sign in, and it has 1 next action."
    # Its own system speaks for it.
    theirs = Organization.objects.filter(pk=sound.hub.pk)
    theirs.update(heard_at=timezone.now())
    assert check_invariants(now=timezone.now()) == 0
    # So does what goes to it elsewhere.
    theirs.update(heard_at=None)
    with every_tenant(reason="the test gives it a system"):
        Endpoint.objects.filter(organization=sound.hub).update(transport=Transport.WEBHOOK)
    assert check_invariants(now=timezone.now()) == 0


def test_its_journeys_say_so_too_and_another_party_is_asked_to_call(
    sound: World, ana: Client, priya: Client
) -> None:
    page, now = f"/journeys/{sound.journey.id}/", timezone.now()
    words = f"nobody of {sound.hub.name} can sign in"
    people = Membership.objects.filter(organization=sound.hub)
    watch_staffing(now=now)
    people.update(active=False)
    assert watch_staffing(now=now) == 1
    assert refresh_due(now=now) == 1
    shown = " ".join(ana.get(page).content.decode().split())
    assert f"Intake review: {words}. Call them. Lakeside Rheumatology has it." in shown
    assert watch_staffing(now=now) == 0
    people.update(active=True)
    assert watch_staffing(now=now) == 1
    assert refresh_due(now=now) == 1
    assert words not in priya.get(page).content.decode()


def test_only_the_operator_reads_it(sound: World, ana: Client, priya: Client) -> None:
    assert {browser.get(URL).status_code for browser in (ana, priya)} == {403}


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    operator: Organization,
    casey: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with every_tenant(reason="the test lays out its world"):
        UpkeepIssue.objects.bulk_create(
            UpkeepIssue(
                organization=operator, key=f"k{n}", text="Something.", opened_at=timezone.now()
            )
            for n in range(rows)
        )
    casey.get(URL)
    with django_assert_num_queries(QUERIES):
        page = casey.get(URL).content.decode()
    assert page.count("Something.") == rows
