"""The list of journeys: why one is at risk, and what the reader has not seen of it yet."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from journeys.core.events import Event
from journeys.core.risk_words import MOST
from journeys.domain.messages import Message, send_message
from journeys.domain.queries import journey_lists
from journeys.domain.queries.journey_lists import why_at_risk
from journeys.domain.recording import record, refresh
from journeys.models import Journey
from tests.factories.exchange import submitted
from tests.factories.people import actor_of, signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


def row(browser: Client, **query: str) -> str:
    """The words of the list's one line."""
    page = browser.get(reverse("journeys"), query).content.decode()
    found = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split()) if found else ""


def sent(world: World, *, text: str = "Is the card there?") -> Actor:
    priya = actor_of(world.person(world.hub, Role.HUB_AGENT, name="Priya"))
    message = Message(token=text, step="intake_review", to=(), text=text)
    with acting_as(priya):
        send_message(world.journey.id, message, by=priya, now=timezone.now())
    return priya


def test_a_journey_at_risk_says_why(world: World, ana: Client) -> None:
    refresh(world.journey.id, now=timezone.now() + dt.timedelta(days=14))
    assert "Past due, Silent for days" in row(ana, show="at_risk")


def test_the_clock_alone_says_why_too(world: World) -> None:
    with every_tenant(reason="the test looks"):
        journey = Journey.objects.get(pk=world.journey.id)
    assert journey.risk_rules == []
    assert why_at_risk(journey, now=timezone.now() + dt.timedelta(days=14)) == "Past due"
    assert why_at_risk(journey, now=timezone.now()) == ""


def test_a_side_effect_puts_no_journey_on_everybodys_list(world: World, ana: Client) -> None:
    now = timezone.now()
    event = Event(
        id="side-effect",
        kind="status",
        step="adverse_event",
        status="captured",
        source="northstar",
        role="hub",
        source_name="Northstar Access",
        occurred_at=now,
        received_at=now,
    )
    record(world.journey.id, event, actor=None, now=now)
    assert "Side effect" not in row(ana)
    assert row(ana, show="at_risk") == ""
    # Who may know of it reads it on the journey's own page.
    page = ana.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "Adverse event or complaint is open" in page


def test_every_risk_at_once_stays_one_line(world: World) -> None:
    with every_tenant(reason="the test looks"):
        journey = Journey.objects.get(pk=world.journey.id)
    journey.risk_rules = ["R1", "R10", "R12", "R2", "R6"]
    words = why_at_risk(journey, now=timezone.now())
    assert words == "Past due, Silent for days, Cost too high, 2 more"
    assert words.count(",") == MOST


def test_what_is_unread_is_counted_for_each_reader(world: World, ana: Client) -> None:
    before = row(ana)
    assert "new message" not in before
    priya = sent(world)
    sent(world, text="And the weight?")
    assert "2 new messages" in row(ana)
    # The sender's own organization is told nothing of it.
    with acting_as(priya):
        assert "new message" not in row(world.browser(world.hub, Role.HUB_AGENT))


def test_other_news_is_counted_beside_messages(world: World, ana: Client) -> None:
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=True)
    assert "1 new notice" in row(ana)
    assert "new message" not in row(ana)


def test_a_long_list_is_counted_only_so_far_and_goes_on(
    world: World, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey_lists, "MOST_COUNTED", 1)
    monkeypatch.setattr(journey_lists, "PAGE_SIZE", 2)
    with every_tenant(reason="the test ends three journeys"):
        for _ in range(2):
            submitted(world.journey.program_version, practice=world.practice)
        Journey.objects.update(closed_at=timezone.now())
    hub = signed_in(world.person(world.hub, Role.HUB_AGENT))
    for browser in (ana, hub):
        beside = browser.get(reverse("journeys")).content.decode()
        assert re.search(r"Closed\s*<span[^>]*>1\+", beside)
        shown = [
            browser.get(reverse("journeys"), {"show": "closed", "page": page}).content.decode()
            for page in ("1", "2", "99")
        ]
        assert [page.count("row-linked") for page in shown] == [2, 1, 1]
        assert ["2 of 2+" in " ".join(page.split()) for page in shown] == [True, False, False]
        assert all("3 of 3" in " ".join(page.split()) for page in shown[1:])


def test_a_hubs_lists_are_read_by_their_indexes(world: World) -> None:
    """As the site's role, with the tenant's policy: a first page never sorts all that there is."""
    actor = actor_of(world.person(world.hub, Role.HUB_AGENT))
    with acting_as(actor), connection.cursor() as cursor:
        # Any plan is cheap for a handful of rows; whether one without a sort exists is asked.
        cursor.execute(
            "set local enable_seqscan = off; set local enable_bitmapscan = off;"
            " set local enable_sort = off"
        )
        plans = {
            which: journey_lists.listed(which, actor.organization_kind)[:50].explain()
            for which in ("open", "closed")
        }
    # Of one row, the hub's own index and that of everybody's cost the same.
    assert all(f"journey_{which}" in plan for which, plan in plans.items())
    assert not any("Sort" in plan for plan in plans.values())
    # What an array of parties leaves cannot be told beforehand: it is asked of the policy alone.
    assert not any("@>" in plan for plan in plans.values())
