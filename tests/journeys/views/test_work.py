"""The work list: what is with my organization, who has taken it, and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.queries.work import counts
from journeys.models import Journey, WorkItem
from tests.factories.exchange import submitted
from tests.factories.people import actor_of, signed_in
from tests.journeys.conftest import Writes
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; counts, choices, rows, saved views, colleagues,
# learn-lag, unread messages, the audit's entries, partners that are quiet; idle clock.
QUERIES = 9


def item_of(world: World) -> WorkItem:
    with every_tenant(reason="the test looks"):
        found: WorkItem = WorkItem.objects.get(journey=world.journey, closed_at=None)
        return found


def test_the_hub_sees_the_new_enrollment_as_its_work(world: World, priya: Client) -> None:
    page = priya.get(reverse("work")).content.decode()
    assert PATIENT in page
    assert "Review the enrollment" in page
    assert "1 next action is with your organization." in page


def test_the_practice_does_not_see_the_hubs_work(world: World, ana: Client) -> None:
    page = ana.get(reverse("work")).content.decode()
    assert PATIENT not in page
    assert "Nothing waits for you" in page


def test_a_stranger_cannot_take_work_that_exists(world: World, ben: Client) -> None:
    item = item_of(world)
    assert ben.post(reverse("work_claim", args=[item.id])).status_code == 404
    assert item_of(world).claimed_by_id is None


def test_another_party_may_not_take_the_hubs_work(world: World, ana: Client) -> None:
    assert ana.post(reverse("work_claim", args=[item_of(world).id])).status_code == 403
    assert item_of(world).claimed_by_id is None


def test_taking_and_giving_back(world: World) -> None:
    priya = world.person(world.hub, Role.HUB_AGENT, name="Priya Raman")
    browser, item = signed_in(priya), item_of(world)
    back = browser.post(reverse("work_claim", args=[item.id]), {"next": "/worklist/?scope=all"})
    assert (back.status_code, back["Location"]) == (302, "/worklist/?scope=all")
    assert item_of(world).claimed_by_id == priya.user_id
    assert PATIENT in browser.get(reverse("work"), {"scope": "mine"}).content.decode()
    browser.post(reverse("work_release", args=[item.id]))
    assert item_of(world).claimed_by_id is None


def test_of_two_who_take_the_same_work_the_second_is_told_who_has_it(world: World) -> None:
    first = world.person(world.hub, Role.HUB_AGENT, name="Priya Raman")
    second = world.person(world.hub, Role.HUB_AGENT, name="Jonah Reyes")
    url = reverse("work_claim", args=[item_of(world).id])
    signed_in(first).post(url)
    answer = signed_in(second).post(url, follow=True)
    assert "Priya Raman already has this." in answer.content.decode()
    assert item_of(world).claimed_by_id == first.user_id


def test_a_button_leads_back_only_to_our_own_pages(world: World, priya: Client) -> None:
    url = reverse("work_claim", args=[item_of(world).id])
    answer = priya.post(url, {"next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("work")


def test_someone_without_the_right_gets_403(world: World) -> None:
    admin = world.browser(world.hub, Role.ADMIN)
    assert admin.get(reverse("work")).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    world: World,
    priya: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = world.journey.program_version
    for _ in range(rows - 1):
        submitted(version, practice=world.practice)
    priya.get(reverse("work"))
    with django_assert_num_queries(QUERIES):
        page = priya.get(reverse("work")).content.decode()
    assert page.count("row-linked") == rows


def test_the_part_that_is_read_again_equals_the_whole_page(world: World, priya: Client) -> None:
    whole = priya.get(reverse("work")).content.decode()
    part = priya.get(reverse("work"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert without_tokens(part) in without_tokens(whole)


def test_reading_the_list_writes_the_audit_and_nothing_else(
    world: World, priya: Client, writes: Writes
) -> None:
    priya.get(reverse("work"))
    with writes() as tables:
        priya.get(reverse("work"))
    assert tables <= {"accounts_auditentry"}
    with every_tenant(reason="the test looks"):
        read = AuditEntry.objects.filter(action="read", purpose="work list")
        assert read.count() == 2
        assert read[0].subject_id == world.journey.id


def test_urgent_work_comes_first_and_of_work_due_together_what_came_first(
    world: World, priya: Client
) -> None:
    first, version = world.journey, world.journey.program_version
    second, third, urgent = (submitted(version, practice=world.practice) for _ in range(3))
    now = timezone.now()

    def came(*order: Journey) -> None:
        """Whatever their ids, the lists have them in this order, the urgent one before all."""
        with every_tenant(reason="the test says when each came"):
            for hour, each in enumerate(order):
                opened_at = now + timedelta(hours=hour)
                WorkItem.objects.filter(journey=each).update(opened_at=opened_at, due_at=now)
                Journey.objects.filter(pk=each.pk).update(started_at=opened_at, due_at=now)
        for name in ("work", "intake", "journeys"):
            page = priya.get(reverse(name)).content.decode()
            places = [page.index(each.number) for each in (urgent, *order)]
            assert places == sorted(places)

    with every_tenant(reason="the test marks one as urgent"):
        WorkItem.objects.filter(journey=urgent).update(urgent=True, due_at=now + timedelta(days=1))
        Journey.objects.filter(pk=urgent.pk).update(urgent=True)
    came(first, second, third)
    came(third, second, first)


def without_tokens(page: str) -> str:
    """The page without what differs by design: forms' tokens and the minutes of relative times."""
    lines = [line.strip() for line in page.splitlines()]
    return "\n".join(line for line in lines if line and "token" not in line)


def test_a_filter_that_leaves_nothing_says_so(world: World, priya: Client) -> None:
    page = priya.get(reverse("work"), {"scope": "mine"}).content.decode()
    assert "Nothing here with these filters" in page


def test_a_step_and_a_scope_that_nobody_knows_are_left_aside(world: World, priya: Client) -> None:
    answer = priya.get(reverse("work"), {"scope": "x", "step": "<b>", "page": "-3"})
    assert PATIENT in answer.content.decode()


def test_only_one_steps_work(world: World, priya: Client) -> None:
    shown = priya.get(reverse("work"), {"step": "intake_review", "scope": "unclaimed"})
    assert PATIENT in shown.content.decode()


def test_of_a_long_list_only_the_most_pressing_are_counted(
    world: World, priya: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (
        "domain.queries.work",
        "domain.queries.work_groups",
        "views.work",
        "views.intake",
    ):
        monkeypatch.setattr(f"journeys.{module}.MOST_COUNTED", 2)
    for view in ("work", "intake"):
        monkeypatch.setattr(f"journeys.views.{view}.PAGE_SIZE", 2)
    with every_tenant(reason="the test fills the list"):
        for _ in range(3):
            submitted(world.journey.program_version, practice=world.practice)
        late = WorkItem.objects.filter(owner=world.hub).order_by("due_at").first()
        WorkItem.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    page = " ".join(priya.get(reverse("work")).content.decode().split())
    assert "2+ next actions are with your organization. Of the 2 most pressing, 1 is late." in page
    assert "2 of 2+" in page
    beyond = priya.get(reverse("work"), {"page": "2"}).content.decode()
    assert "4 of 4" in " ".join(beyond.split())
    queue = " ".join(priya.get(reverse("intake")).content.decode().split())
    assert "2+ enrollments wait for your review." in queue
    assert queue.count("row-linked") == 2
    actor = actor_of(world.person(world.hub, Role.HUB_AGENT))
    with acting_as(actor):
        marks = [counts(actor, now=timezone.now()).mark]
        # One is done and the next moves up: as many as before, and no longer the same ones.
        WorkItem.objects.filter(pk=late.pk).update(closed_at=timezone.now())
        marks.append(counts(actor, now=timezone.now()).mark)
    assert marks[0] != marks[1]
