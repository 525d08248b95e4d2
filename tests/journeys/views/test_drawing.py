"""A drawn page is shown again only to who would be shown the very same, and only while it is."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership
from accounts.tenancy import acting_as, current_actor, every_tenant
from journeys.models import Delivery, Journey, WorkItem
from journeys.views import drawing
from journeys.views.drawing import Drawn, drawn
from tests.factories.people import actor_of, signed_in
from tests.journeys.views.conftest import PATIENT, World
from tests.journeys.views.test_work import without_tokens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("minute_just_begun")]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    drawing._kept.clear()


def page_of(world: World, browser: Client) -> str:
    answer = browser.get(reverse("journey", args=[world.journey.id]))
    assert answer.status_code == 200
    return answer.content.decode()


def tokens(page: str) -> list[str]:
    return re.findall(r'name="(?:csrfmiddlewaretoken|token)" value="([^"]+)"', page)


def test_colleagues_are_shown_one_drawing_with_tokens_of_their_own(
    world: World, priya: Client
) -> None:
    colleague = world.browser(world.hub, Role.HUB_AGENT)
    first, second = page_of(world, priya), page_of(world, colleague)
    assert len(drawing._kept) == 1
    drawn_once = [without_tokens(page[page.index('id="journey"') :]) for page in (first, second)]
    assert drawn_once[0].split("data-live")[0] == drawn_once[1].split("data-live")[0]
    assert tokens(first)
    assert not set(tokens(first)) & set(tokens(second))
    with every_tenant(reason="the test looks"):
        read = AuditEntry.objects.filter(purpose="journey page", subject_id=world.journey.id)
        assert read.values("user_id").distinct().count() == 2


def test_another_organization_and_another_role_have_their_own(
    world: World, priya: Client, ana: Client
) -> None:
    for browser in (priya, ana, world.browser(world.hub, Role.HUB_SUPERVISOR)):
        page_of(world, browser)
    assert len(drawing._kept) == 3


def test_a_stranger_gets_404_though_the_page_is_kept(
    world: World, priya: Client, ben: Client
) -> None:
    assert PATIENT in page_of(world, priya)
    assert ben.get(reverse("journey", args=[world.journey.id])).status_code == 404


def test_who_lost_the_right_is_not_shown_what_was_kept(world: World) -> None:
    agent = world.person(world.hub, Role.HUB_AGENT)
    browser = signed_in(agent)
    page_of(world, browser)
    Membership.objects.filter(pk=agent.pk).update(active=False)
    answer = browser.get(reverse("journey", args=[world.journey.id]))
    assert PATIENT not in answer.content.decode()


def test_what_happened_shows_at_once(world: World, priya: Client) -> None:
    before = page_of(world, priya)
    world.hears("intake_review", "accepted")
    after = page_of(world, priya)
    assert after.count('class="entry') > before.count('class="entry')
    agent = world.person(world.hub, Role.HUB_AGENT, name="Jonah Price")
    with every_tenant(reason="the test takes the work and settles the delivery"):
        WorkItem.objects.filter(journey=world.journey, closed_at=None).update(
            claimed_by=agent.user, claimed_at=timezone.now()
        )
    assert "(Jonah Price)" not in after
    assert "(Jonah Price)" in page_of(world, priya)
    with every_tenant(reason="the test changes the journey once more"):
        Delivery.objects.filter(journey=world.journey).update(trouble="The line was busy.")
    assert "The line was busy." in page_of(world, priya)


def test_it_is_drawn_anew_after_its_time_and_after_the_clock_was_looked_at(world: World) -> None:
    now, times = timezone.now(), []

    def draw() -> Drawn:
        times.append(now)
        return Drawn(("page",), "", "TL-1", until=now + dt.timedelta(seconds=20))

    def ask(after: int) -> int:
        drawn(
            world.journey.id,
            current_actor(),
            now=now + dt.timedelta(seconds=after),
            draw=draw,
        )
        return len(times)

    with acting_as(actor_of(world.person(world.hub, Role.HUB_AGENT))):
        assert [ask(0), ask(19), ask(20)] == [1, 1, 2]
        assert ask(10) == 2
        Journey.objects.filter(pk=world.journey.pk).update(refresh_at=now + dt.timedelta(days=9))
        assert ask(10) == 3


def test_no_more_than_so_many_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_KEPT", 1)
    for role in (Role.HUB_AGENT, Role.HUB_SUPERVISOR):
        page_of(world, world.browser(world.hub, role))
        assert len(drawing._kept) == 1
