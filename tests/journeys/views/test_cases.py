"""Who at the hub answers for a case: taken with the review, covered, given away, never nobody."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership, Organization
from accounts.tenancy import every_tenant
from journeys.domain import handlers
from journeys.domain.unowned import tell_of_unowned
from journeys.enums import Transport
from journeys.models import Endpoint, Journey, WorkItem
from tests.factories.exchange import submitted
from tests.factories.people import signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13
OVERSIGHT_QUERIES = 16


@pytest.fixture
def lena(world: World) -> Membership:
    return world.person(world.hub, Role.HUB_SUPERVISOR, name="Lena Fischer")


@pytest.fixture
def jonah(world: World) -> Membership:
    return world.person(world.hub, Role.HUB_AGENT, name="Jonah Reyes")


def desk(**changed: object) -> dict[str, object]:
    told = {"phone": "(800) 555-0122", "hours": "Mon to Thu, 7 am to 3 pm ET"}
    return told | {"away_from": "", "away_until": "", "covered_by": ""} | changed


def page_of(browser: Client, world: World) -> str:
    return browser.get(reverse("journey", args=[world.journey.id])).content.decode()


def owner_of(journey: Journey) -> str:
    with every_tenant(reason="the test looks"):
        row = Journey.objects.select_related("case_owner__user").get(pk=journey.pk)
        return row.case_owner.user.name if row.case_owner else ""


def test_who_takes_the_review_is_whom_the_practice_calls(
    world: World, ana: Client, lena: Membership, jonah: Membership
) -> None:
    browser, supervisor = signed_in(jonah), signed_in(lena)
    assert "Nobody has this case" in page_of(browser, world)
    assert "Nobody has this case" not in page_of(ana, world)
    browser.post(reverse("intake_next"))
    browser.post(reverse("case_desk", args=[jonah.pk]), desk())
    page = page_of(ana, world)
    for words in ("Jonah Reyes", "has this case", "800-555-0122", "Mon to Thu, 7 am to 3 pm ET"):
        assert words in page
    lenas = reverse("case_desk", args=[lena.pk])
    told = desk(phone="8005550123", after_hours="the nurse line, press 2")
    assert browser.post(lenas, told).status_code == 403
    supervisor.post(lenas, told)
    today = timezone.localdate(timezone=ZoneInfo(world.hub.time_zone))
    away = {"away_from": today.isoformat(), "away_until": (today + timedelta(days=2)).isoformat()}
    alone = browser.post(reverse("case_desk", args=[jonah.pk]), desk(**away))
    assert alone.status_code == 422
    assert "Choose who answers for these cases meanwhile." in alone.content.decode()
    browser.post(reverse("case_desk", args=[jonah.pk]), desk(**away, covered_by=str(lena.pk)))
    page = page_of(ana, world)
    for words in ("Lena Fischer", "covers this case", "Jonah Reyes has this case and is away"):
        assert words in page
    assert "After hours: the nurse line, press 2" in page
    mine = supervisor.get(reverse("cases"), {"show": "mine"}).content.decode()
    assert "You answer for 1 open case." in mine
    assert world.journey.number in mine


def test_a_case_that_nobody_has_is_told_once_and_to_supervisors(
    world: World, lena: Membership, jonah: Membership
) -> None:
    def told(browser: Client) -> bool:
        return "Nobody has the case" in browser.get(reverse("notices")).content.decode()

    now = timezone.now()
    supervisor, agent = signed_in(lena), signed_in(jonah)
    with every_tenant(reason="the test connects the hub's own system, for a while"):
        connected = Endpoint.objects.filter(organization=world.hub)
        connected.update(transport=Transport.WEBHOOK)
        assert tell_of_unowned(now=now) == 0
        connected.update(transport=Transport.PORTAL)
        fresh = submitted(world.journey.program_version, practice=world.practice, now=now)
    assert tell_of_unowned(now=now) == 1
    assert tell_of_unowned(now=now + timedelta(minutes=1)) == 0
    assert (told(supervisor), told(agent)) == (True, False)
    supervisor.post(reverse("case_owner", args=[fresh.pk]))
    assert tell_of_unowned(now=now + timedelta(minutes=20)) == 0
    Membership.objects.filter(pk=lena.pk).update(active=False)
    tell_of_unowned(now=now + timedelta(minutes=20))
    assert owner_of(fresh) == "", "who left has no cases"
    assert tell_of_unowned(now=now + timedelta(minutes=40)) == 1


def test_that_nobody_had_a_case_is_settled_once_somebody_has_it_or_it_ended(
    world: World, lena: Membership, jonah: Membership
) -> None:
    supervisor, now = signed_in(lena), timezone.now()
    others = [submitted(world.journey.program_version, practice=world.practice) for _ in range(2)]
    assert tell_of_unowned(now=now + timedelta(minutes=20)) == 3

    def lines(**shown: str) -> tuple[int, int]:
        page = supervisor.get(reverse("notices"), shown).content.decode()
        return page.count("Nobody has the case</td>"), page.count("Settled")

    assert lines() == (3, 0)
    supervisor.post(reverse("case_owner", args=[world.journey.pk]))
    assert lines() == (2, 0)
    given = {"case": str(others[0].pk), "to": str(jonah.pk), "reason": "nobody"}
    supervisor.post(reverse("cases_give"), given)
    assert lines() == (1, 0)
    with every_tenant(reason="the test ends a journey"):
        Journey.objects.filter(pk=others[1].pk).update(closed_at=now)
    tell_of_unowned(now=now + timedelta(minutes=25))
    assert lines() == (0, 0)
    assert lines(show="all") == (3, 3)


def test_a_supervisor_gives_many_away_with_the_reason_and_the_work_goes_along(
    world: World, lena: Membership, jonah: Membership
) -> None:
    agent, supervisor = signed_in(jonah), signed_in(lena)
    agent.post(reverse("intake_next"))
    other = submitted(world.journey.program_version, practice=world.practice)
    foreign: Any = Organization.objects.create(kind="hub", slug="o", name="Other")
    with every_tenant(reason="the test makes a case of another hub"):
        theirs = submitted(world.journey.program_version, practice=world.practice)
        Journey.objects.filter(pk=theirs.pk).update(hub=foreign)
    asked = {"case": [str(each.pk) for each in (world.journey, other, theirs)], "to": str(lena.pk)}
    assert agent.post(reverse("cases_give"), asked | {"reason": "load"}).status_code == 403
    supervisor.post(reverse("cases_give"), asked | {"reason": ""})
    assert owner_of(other) == ""
    supervisor.post(reverse("cases_give"), asked | {"reason": "load"})
    assert [owner_of(each) for each in (world.journey, other, theirs)] == [
        *("Lena Fischer", "Lena Fischer"),
        "",
    ]
    with every_tenant(reason="the test looks"):
        entries = AuditEntry.objects.filter(action="gave the case", purpose="They have too many")
        assert entries.count() == 2
        held = WorkItem.objects.exclude(claimed_by=None)
        assert set(held.values_list("claimed_by", flat=True)) == {lena.user_id}
    stranger = world.browser(foreign, Role.HUB_SUPERVISOR)
    assert stranger.get(reverse("case_owner", args=[world.journey.pk])).status_code == 404
    assert stranger.get(reverse("case_desk", args=[jonah.pk])).status_code == 404
    assert "Give the case to somebody else" in page_of(supervisor, world)
    assert "Give the case to somebody else" not in page_of(agent, world)


@pytest.mark.parametrize("cases", [1, 30])
def test_the_list_costs_the_same_with_many_cases(
    world: World, lena: Membership, cases: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(cases - 1):
        submitted(world.journey.program_version, practice=world.practice)
    browser = signed_in(lena)
    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get(reverse("cases"), {"show": "unowned"}).content.decode()
    assert page.count('name="case"') == cases


def go_on_to_the_pharmacy(world: World) -> None:
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=False)
    world.hears("pharmacy_triage", "sent", pharmacy_name="Meridian Home Rx")


def test_every_number_a_supervisor_oversees_is_that_of_the_rows(
    world: World,
    lena: Membership,
    jonah: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setitem(handlers.HANDLERS, "return_for_correction", lambda **asked: None)
    old = timezone.now() - timedelta(days=10)
    version, practice = world.journey.program_version, world.practice
    for _ in range(2):
        submitted(version, practice=practice, now=old)
    agent, supervisor = signed_in(jonah), signed_in(lena)
    review = agent.post(reverse("intake_next"))["Location"]
    own = "veltrana.tb_result"
    asked = {
        "field": ["B7", own],
        "sentence-B7": "A digit is missing.",
        f"sentence-{own}": "Which?",
    }
    agent.post(f"{review}return/", asked)
    assert agent.get(reverse("oversight")).status_code == 403
    go_on_to_the_pharmacy(world)
    with django_assert_num_queries(OVERSIGHT_QUERIES):
        page = supervisor.get(reverse("oversight"))
    told = {
        each["title"]: {row.label: row.value for row in each["rows"]}
        for each in page.context["charts"]
    }
    assert told["Open cases by person"] == {"Nobody yet": 2, "Jonah Reyes": 1}
    assert told["Open cases by age"]["Less than a week"] == 1
    assert told["Open cases by age"]["1 to 2 weeks"] == 2
    assert told["Returned to practices, last 28 days"] == {"Lakeside Rheumatology": 1}
    # The program's own question too in its words.
    returned = {"Member ID": 1, "Tuberculosis screening: result": 1}
    assert told["Fields that were returned, last 28 days"] == returned
    with every_tenant(reason="the test counts the rows"):
        mine = WorkItem.objects.filter(owner=world.hub)
        assert sum(told["Open work by step"].values()) == mine.filter(closed_at=None).count()
        closed = mine.exclude(closed_at=None)
        assert sum(told["Work done in the last 28 days"].values()) == closed.count() > 0
        # What went on to the pharmacy is done for the hub, and has waited there since it came.
        assert told["Work done in the last 28 days"]["Pharmacy choice"] == 1
        theirs = WorkItem.objects.exclude(owner=world.hub).get(key="pharmacy_triage")
        assert theirs.opened_at == closed.get(key="pharmacy_triage").closed_at
        assert AuditEntry.objects.filter(purpose="returns counted").count() == 1
    assert "As a table" in page.content.decode()
