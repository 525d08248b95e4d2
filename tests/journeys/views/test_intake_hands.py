"""Who has a review: given back, taken over with the reason, given away by a supervisor alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain import handlers
from journeys.domain.recording import record, refresh
from journeys.models import Journey, Notice, WorkItem
from tests.factories.exchange import submitted
from tests.factories.people import signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


def url_of(world: World, name: str) -> str:
    return reverse(f"intake_{name}", args=[world.journey.id])


def row(world: World) -> Journey:
    with every_tenant(reason="the test looks"):
        found: Journey = Journey.objects.get(pk=world.journey.id)
        return found


def item_of(world: World) -> WorkItem:
    with every_tenant(reason="the test looks"):
        found: WorkItem = WorkItem.objects.get(journey=world.journey, step="intake_review")
        return found


def test_a_colleagues_review_is_taken_over_with_the_reason_and_no_other_way(world: World) -> None:
    lena = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Lena Fischer"))
    lena.post(reverse("intake_next"))
    priya = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Priya Raman"))
    refused = priya.post(url_of(world, "accept"))
    assert refused.status_code == 422
    assert "Lena Fischer has this review. Take it over" in refused.content.decode()
    silent = priya.post(url_of(world, "take_over"), {"reason": ""})
    assert (silent.status_code, row(world).step) == (422, "intake_review")
    priya.post(url_of(world, "take_over"), {"reason": "away"})
    assert "You have this review." in priya.get(url_of(world, "review")).content.decode()
    with every_tenant(reason="the test looks"):
        entry = AuditEntry.objects.get(action="took over work")
    assert (entry.purpose, entry.fields) == ("They are away", ["claimed_by"])
    priya.post(url_of(world, "accept"))
    assert row(world).stage == "accepted"


def test_what_is_over_is_not_taken_over(world: World) -> None:
    priya = world.browser(world.hub, Role.HUB_AGENT)
    world.hears("intake_review", "accepted")
    answer = priya.post(url_of(world, "take_over"), {"reason": "away"})
    assert answer["Location"] == reverse("journey", args=[world.journey.id])


def test_strangers_and_the_practice_take_nothing_over(world: World) -> None:
    practice = world.browser(world.practice, Role.PRACTICE_STAFF)
    assert practice.post(url_of(world, "take_over"), {"reason": "away"}).status_code == 403
    hub = type(world.hub).objects.create(kind="hub", slug="o")
    other = world.browser(hub, Role.HUB_AGENT)
    assert other.post(url_of(world, "take_over"), {"reason": "away"}).status_code == 404
    assert item_of(world).claimed_by_id is None


def test_only_a_supervisor_gives_a_review_away(world: World) -> None:
    lena = world.person(world.hub, Role.HUB_AGENT, name="Lena Fischer")
    agent = world.browser(world.hub, Role.HUB_AGENT)
    assert "Give it to" not in agent.get(url_of(world, "review")).content.decode()
    supervisor = world.browser(world.hub, Role.HUB_SUPERVISOR)
    assert "Give it to" in supervisor.get(url_of(world, "review")).content.decode()
    told = {"item": [str(item_of(world).pk)], "to": str(lena.user_id)}
    supervisor.post(reverse("work_assign"), told)
    page = agent.get(url_of(world, "review")).content.decode()
    assert "Lena Fischer has this review." in page


def test_a_review_is_given_back(world: World) -> None:
    lena = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Lena Fischer"))
    lena.post(reverse("intake_next"))
    assert "Give back" in lena.get(url_of(world, "review")).content.decode()
    lena.post(reverse("work_release", args=[item_of(world).pk]))
    assert "Nobody has taken this review yet." in lena.get(url_of(world, "review")).content.decode()


@pytest.fixture
def returned(world: World) -> Iterator[Client]:
    """The browser of the person who returned the enrollment."""
    before = handlers.HANDLERS.get("return_for_correction")
    handlers.HANDLERS["return_for_correction"] = lambda **asked: None
    priya = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Priya Raman"))
    priya.post(reverse("intake_next"))
    priya.post(url_of(world, "return"), {"field": ["B7"], "sentence-B7": "A digit is missing."})
    yield priya
    if before is not None:
        handlers.HANDLERS["return_for_correction"] = before


def provides(world: World) -> None:
    now = timezone.now()
    told = Event(
        id="provided",
        kind="status",
        step="missing_information",
        status="provided",
        source=world.practice.slug,
        role="practice",
        source_name=world.practice.name,
        occurred_at=now,
        received_at=now,
    )
    record(world.journey.id, told, actor=None, now=now)


def test_what_was_returned_comes_back_to_the_same_reviewer_at_the_top(
    world: World, returned: Client
) -> None:
    urgent = submitted(world.journey.program_version, practice=world.practice)
    with every_tenant(reason="the test makes it press"):
        WorkItem.objects.filter(journey=urgent).update(urgent=True)
    provides(world)
    assert "You have this review." in returned.get(url_of(world, "review")).content.decode()
    page = returned.get(reverse("intake")).content.decode()
    assert page.index(world.journey.number) < page.index(urgent.number)
    # Also over what the reviewer has in hand besides.
    assert returned.post(reverse("intake_next"))["Location"].endswith(f"{urgent.id}/")
    page = returned.get(reverse("intake")).content.decode()
    assert page.index(world.journey.number) < page.index(urgent.number)
    with every_tenant(reason="the test lets it be given back"):
        WorkItem.objects.filter(journey=urgent).update(claimed_by=None, claimed_at=None)
    lena = world.browser(world.hub, Role.HUB_AGENT)
    page = lena.get(reverse("intake")).content.decode()
    assert page.index(urgent.number) < page.index(world.journey.number)
    assert lena.post(reverse("intake_next"))["Location"].endswith(f"{urgent.id}/")


def test_each_attempt_is_a_notice_until_the_answer_comes(world: World, returned: Client) -> None:
    def notices() -> int:
        with every_tenant(reason="the test looks"):
            told = Notice.objects.filter(journey=world.journey, kind="returned")
            return int(told.filter(organization=world.practice).count())

    first = notices()
    for days in (7, 7, 9):
        refresh(world.journey.id, now=timezone.now() + timedelta(days=days))
    assert notices() > first
    told = notices()
    provides(world)
    refresh(world.journey.id, now=timezone.now() + timedelta(days=30))
    assert notices() == told


def test_the_practice_can_answer_while_the_hub_has_to_call(world: World, returned: Client) -> None:
    now = timezone.now()
    event = Event(
        id="call",
        kind="status",
        step="missing_information",
        status="to_call",
        source=world.hub.slug,
        role="hub",
        source_name=world.hub.name,
        occurred_at=now,
        received_at=now,
    )
    record(world.journey.id, event, actor=None, now=now)
    ana = world.browser(world.practice, Role.PRACTICE_STAFF)
    page = ana.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "Correct the enrollment" in page
