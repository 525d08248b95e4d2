"""What two partners say differently: both sides shown, one person settles it, once."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from journeys.core.events import Event
from journeys.domain.queries.journeys import Story, story_of
from journeys.domain.reading import one
from journeys.domain.recording import record
from journeys.domain.settling import Settlement, settle
from journeys.models import JourneyEvent, WorkItem
from journeys.rules import Refused
from tests.factories.people import actor_of, member, signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

FACT = "fact:line_of_business"


@pytest.fixture
def disputed(world: World) -> World:
    """The practice said commercial; the hub finds Medicaid, and learnt it 14 hours late."""
    world.hears("intake_review", "accepted")
    now = timezone.now()
    found = Event(
        id="found-medicaid",
        kind="fact",
        source=world.hub.slug,
        source_name=world.hub.name,
        role="hub",
        step="benefit_verification",
        facts={"line_of_business": "medicaid", "payer_reference": "REF-77"},
        note="By telephone with the payer",
        occurred_at=now - dt.timedelta(minutes=20),
        received_at=now,
    )
    record(world.journey.id, found, actor=None, now=now)
    return world


def story(world: World) -> Story:
    actor = actor_of(member(world.hub, Role.HUB_AGENT))
    with acting_as(actor):
        return story_of(one().get(pk=world.journey.id), actor, now=timezone.now())


def sides(world: World) -> dict[str, str]:
    """What each side's event is called, by who said it."""
    (conflict,) = story(world).state.conflicts
    return {claim.source_name: claim.ref for claim in conflict.claims}


def choice(world: World, who: str, **changed: object) -> dict[str, object]:
    refs = sides(world)
    return {
        "token": str(uuid.uuid4()),
        "conflict": FACT,
        "chosen": refs[who],
        "weighed": list(refs.values()),
        "why": "The payer's own list says so.",
        **changed,
    }


def url_of(world: World) -> str:
    return reverse("journey_settle", args=[world.journey.id])


def test_both_sides_stand_beside_each_other_with_what_backs_them(
    disputed: World, priya: Client, ana: Client
) -> None:
    page = reverse("journey", args=[disputed.journey.id])
    for browser in (priya, ana):
        shown = browser.get(page).content.decode()
        assert shown.count('<div class="side"') == 2
        assert "REF-77" in shown
        assert "By telephone with the payer" in shown
        assert "20 min late" in shown
    assert url_of(disputed) in priya.get(page).content.decode()
    assert url_of(disputed) not in ana.get(page).content.decode()


def test_settling_moves_what_waited(disputed: World) -> None:
    lena = disputed.person(disputed.hub, Role.HUB_AGENT, name="Lena Fischer")
    browser = signed_in(lena)
    assert story(disputed).state.steps["benefit_verification"].phase == "conflict"
    told = choice(disputed, disputed.hub.name)
    answer = browser.post(url_of(disputed), told, follow=True)
    assert "Settled. What waited for it goes on." in answer.content.decode()
    after = story(disputed).state
    assert after.facts["line_of_business"].value == "medicaid"
    assert after.steps["benefit_verification"].phase == "now"
    with every_tenant(reason="the test looks"):
        event = JourneyEvent.objects.get(kind="conflict_settled")
        assert (event.actor_id, event.body["note"]) == (lena.user_id, told["why"])
        assert not WorkItem.objects.filter(key=FACT, closed_at=None).exists()
        entry = AuditEntry.objects.get(action="settled a disagreement")
        assert (entry.user_id, entry.fields) == (lena.user_id, ["line_of_business"])
    shown = browser.get(reverse("journey", args=[disputed.journey.id])).content.decode()
    assert "This stands" in shown
    assert "Settle this" not in shown


def test_both_may_be_true_of_different_coverages(disputed: World, priya: Client) -> None:
    priya.post(url_of(disputed), choice(disputed, disputed.hub.name, other_coverage="on"))
    page = priya.get(reverse("journey", args=[disputed.journey.id])).content.decode()
    assert "is true of another coverage" in page


def test_the_practice_sees_it_and_may_not_settle_it(disputed: World, ana: Client) -> None:
    assert ana.get(url_of(disputed)).status_code == 403
    answer = ana.post(url_of(disputed), choice(disputed, disputed.hub.name), follow=True)
    assert "Settled." not in answer.content.decode()
    assert story(disputed).state.conflicts[0].open


def test_a_stranger_gets_404_for_a_disagreement_that_exists(disputed: World, ben: Client) -> None:
    assert ben.get(url_of(disputed)).status_code == 404
    assert ben.post(url_of(disputed), choice(disputed, disputed.hub.name)).status_code == 404
    assert story(disputed).state.conflicts[0].open


def test_where_nobody_disagrees_there_is_nothing_to_settle(world: World, priya: Client) -> None:
    answer = priya.get(url_of(world), follow=True)
    assert "Partners do not disagree about anything here." in answer.content.decode()


def test_without_a_reason_nothing_is_settled(disputed: World, priya: Client) -> None:
    answer = priya.post(url_of(disputed), choice(disputed, disputed.hub.name, why=" "))
    assert answer.status_code == 422
    assert "Say why this side stands." in answer.content.decode()
    assert story(disputed).state.conflicts[0].open


def test_a_side_that_came_in_meanwhile_is_looked_at_first(disputed: World, priya: Client) -> None:
    refs = sides(disputed)
    told = choice(disputed, disputed.hub.name, weighed=[refs[disputed.hub.name]])
    answer = priya.post(url_of(disputed), told)
    assert answer.status_code == 422
    assert "Another report came in meanwhile." in answer.content.decode()


def test_of_two_people_the_second_is_told_that_it_is_settled(
    disputed: World, priya: Client
) -> None:
    """The first commits while the second's form is still open."""
    second = choice(disputed, "Lakeside Rheumatology")
    first = choice(disputed, disputed.hub.name)
    priya.post(url_of(disputed), first)
    actor = actor_of(member(disputed.hub, Role.HUB_AGENT))
    late = Settlement(
        token=str(second["token"]),
        conflict=FACT,
        chosen=str(second["chosen"]),
        weighed=tuple(sides(disputed).values()),
        why="It was commercial in March.",
    )
    with acting_as(actor), pytest.raises(Refused, match="settled this already"):
        settle(disputed.journey.id, late, by=actor, now=timezone.now())
    page = priya.post(url_of(disputed), second, follow=True).content.decode()
    assert "This was settled already" in page
    assert story(disputed).state.facts["line_of_business"].value == "medicaid"


def test_a_double_click_settles_once(disputed: World, priya: Client) -> None:
    told = choice(disputed, disputed.hub.name)
    priya.post(url_of(disputed), told)
    priya.post(url_of(disputed), told)
    with every_tenant(reason="the test looks"):
        assert JourneyEvent.objects.filter(kind="conflict_settled").count() == 1
