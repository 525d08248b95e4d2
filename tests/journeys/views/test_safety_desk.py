"""A report of a side effect from the button to the safety desk, and the month's end."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.domain.safety_letters import tell_desks
from journeys.models import JourneyEvent, SafetyReport, SafetySignOff, WorkItem
from tests.factories.people import proven, signed_in
from tests.journeys.views.conftest import World
from tests.journeys.views.test_safety import RASH, told, url_of

pytestmark = pytest.mark.django_db

LIST_QUERIES = 11
EASTERN = ZoneInfo("America/New_York")


@pytest.fixture
def sofia(world: World) -> Client:
    """The manufacturer's safety desk."""
    maker = world.journey.program_version.program.manufacturer
    return world.browser(maker, Role.SAFETY_OFFICER)


def captured(world: World, number: int = 1, *, days_ago: float = 0, **facts: object) -> None:
    """The pharmacy's system tells of something, without a number and maybe without the rest."""
    now = timezone.now()
    event = Event(
        id=f"ae-{number}",
        kind="status",
        step="adverse_event",
        status="captured",
        reason="side_effect",
        source="crescent",
        source_name="Crescent Specialty",
        role="pharmacy",
        facts={"safety_report_number": f"C-{number}"} | facts if number > 1 else facts,
        occurred_at=now - dt.timedelta(days=days_ago),
        received_at=now,
        transport="webhook",
    )
    record(world.journey.id, event, actor=None, now=now)


def report(world: World) -> SafetyReport:
    with every_tenant(reason="the test looks"):
        found: SafetyReport = SafetyReport.objects.select_related("manufacturer").get(
            journey=world.journey
        )
        return found


def page(browser: Client, name: str, *args: object) -> str:
    answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200, name
    return answer.content.decode()


def act(browser: Client, row: SafetyReport, what: str, **data: str) -> int:
    url = reverse("safety_act", args=[row.pk, what])
    return browser.post(url, {"token": str(uuid.uuid4()), **data}).status_code


def test_from_the_button_to_the_desk_and_back(
    world: World, ana: Client, priya: Client, sofia: Client
) -> None:
    heard = {"fact-lot_number": "L-77", "fact-told_by": "caregiver"}
    ana.post(url_of(world), told(**heard, **{"fact-told_by_name": "Carmen Ruiz"}))
    row = report(world)
    assert (row.due_at - row.aware_at) >= dt.timedelta(days=1)
    # Before it is forwarded the desk knows nothing of it, not that there is one.
    assert row.number not in page(sofia, "safety")
    assert sofia.get(reverse("safety_report", args=[row.pk])).status_code == 404
    hubs = page(priya, "safety")
    for words in (row.number, "All four", "Rosa Delgado"):
        assert words in hubs
    assert "safety desk signs in here" not in page(priya, "safety_report", row.pk)
    assert act(sofia, row, "forward") == 404
    assert act(priya, row, "forward") == 302
    assert act(priya, row, "forward") == 422
    assert tell_desks(now=timezone.now()) == 1
    assert "1 safety report" in mail.outbox[-1].body
    assert RASH not in mail.outbox[-1].body
    # What the desk reads: the event, who told of it, and of the patient initials and year.
    its = page(sofia, "safety_report", row.pk)
    for words in (RASH, "L-77", "Carmen Ruiz", "R. D., born", "Veltrana"):
        assert words in its
    assert "Rosa" not in its
    with every_tenant(reason="the test looks"):
        read = AuditEntry.objects.filter(subject_id=row.pk, action="read")
        assert {each.organization_id for each in read} >= {world.hub.id, row.manufacturer_id}


def test_the_desk_asks_and_confirms(
    world: World, ana: Client, priya: Client, sofia: Client
) -> None:
    ana.post(url_of(world), told())
    row = report(world)
    act(priya, row, "forward")
    assert act(sofia, row, "ask", text="Which arm?") == 302
    with every_tenant(reason="the test looks"):
        asked = WorkItem.objects.get(journey=world.journey, step="adverse_event", closed_at=None)
    assert asked.owner_id == world.practice.id
    answer = reverse("safety_report", args=[row.pk])
    assert f'href="{answer}"' in page(ana, "journey", world.journey.id)
    assert "Which arm?" in page(ana, "safety_report", row.pk)
    assert act(ana, row, "answer", text="Both.") == 302
    assert "Both." in page(sofia, "safety_report", row.pk)
    assert act(sofia, row, "confirm", desk_number=" ") == 422
    assert act(sofia, row, "confirm", desk_number="PV-2026-118") == 302
    row = report(world)
    assert (row.status, row.desk_number) == ("acknowledged", "PV-2026-118")
    assert "PV-2026-118" in page(priya, "safety_report", row.pk)
    assert act(ana, row, "answer", text="Again.") == 422


def test_what_a_partner_left_out_is_named_and_added(world: World, priya: Client) -> None:
    captured(world)
    row = report(world)
    assert row.number.startswith("S-")
    shown = page(priya, "safety_report", row.pk)
    assert "Add what is missing" in shown
    assert "safety desk signs in here" in shown
    assert "Missing: Reporter, Event" in page(priya, "safety")
    added = {"told_by": "nurse", "told_by_name": "Kim Ode", "what_happened": RASH}
    url = reverse("safety_complete", args=[row.pk])
    assert priya.post(url, {"token": str(uuid.uuid4())}).status_code == 422
    assert priya.post(url, {"token": str(uuid.uuid4()), **added}).status_code == 302
    assert "All four" in page(priya, "safety")
    assert act(priya, row, "withdraw", reason="duplicate") == 302
    assert report(world).status == "withdrawn"


def test_the_late_stand_first(world: World, priya: Client) -> None:
    for number, days in ((2, 0.01), (3, 9), (4, 5)):
        captured(world, number, days_ago=days)
    shown = page(priya, "safety")
    places = [shown.index(number) for number in ("C-3", "C-4", "C-2")]
    assert places == sorted(places)
    assert shown.count("Late to be forwarded") == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_however_long(
    world: World,
    priya: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(2, count + 2):
        captured(world, number)
    priya.get(reverse("safety"))
    with django_assert_num_queries(LIST_QUERIES):
        priya.get(reverse("safety"))


def test_nobody_commercial_and_nobody_elses_desk_sees_it(
    world: World, ana: Client, priya: Client, sofia: Client, ben: Client, nadia: Client
) -> None:
    ana.post(url_of(world), told())
    row = report(world)
    act(priya, row, "forward")
    tell_desks(now=timezone.now())
    assert RASH in page(sofia, "safety_report", row.pk)
    maker = row.manufacturer
    admin = world.browser(maker, Role.PROGRAM_MANAGER, Role.ADMIN)
    for browser in (nadia, admin):
        for name, args in (
            ("safety", []),
            ("safety_report", [row.pk]),
            ("safety_months", []),
        ):
            assert browser.get(reverse(name, args=args)).status_code == 403
        assert act(browser, row, "confirm", desk_number="1") == 403
    shown = [reverse("program", args=[world.journey.program_version.program.key]), "/find/?q=S-"]
    shown += [reverse("program_counts_csv", args=[world.journey.program_version.program.key])]
    shown += [reverse("audit"), reverse("emails"), reverse("home"), reverse("programs")]
    for url in shown:
        answer = admin.get(url)
        words = answer.content.decode() if not answer.streaming else ""
        for secret in (RASH, row.number, "afety report", "safetyreport", "Adverse"):
            assert secret not in words, (url, secret)
    assert ben.get(reverse("safety_report", args=[row.pk])).status_code == 404


@pytest.fixture
def month(world: World, ana: Client, priya: Client, sofia: Client) -> str:
    """Last month: one report was sent and confirmed, another was never forwarded."""
    ana.post(url_of(world), told())
    act(priya, report(world), "forward")
    act(sofia, report(world), "confirm", desk_number="PV-1")
    captured(world, 2, days_ago=0)
    # In the middle of it: an hour later it is still the same month.
    last = (timezone.now().astimezone(EASTERN) - dt.timedelta(days=40)).replace(day=15)
    with every_tenant(reason="the test sets the clock back"):
        SafetyReport.objects.update(aware_at=last)
        SafetyReport.objects.exclude(forwarded_at=None).update(
            forwarded_at=last + dt.timedelta(hours=1)
        )
    return last.strftime("%Y-%m")


def test_a_month_is_compared(
    world: World, month: str, ana: Client, priya: Client, sofia: Client
) -> None:
    key = world.journey.program_version.program.key
    with every_tenant(reason="the test counts the rows"):
        rows = list(SafetyReport.objects.all())
    shown = page(priya, "safety_month", key, month)
    assert "1 sent, 1 confirmed. 1 difference." in shown
    assert "Not forwarded" in shown
    # The desk counts what it got, and both sides' counts are the rows'.
    assert "1 sent, 1 confirmed. No difference." in page(sofia, "safety_month", key, month)
    assert sum(each.forwarded_at is not None for each in rows) == 1
    assert ana.get(reverse("safety_months")).status_code == 403
    lena = world.person(world.hub, Role.HUB_SUPERVISOR)
    lines = (
        proven(signed_in(lena), lena)
        .get(reverse("safety_month_csv", args=[key, month]))
        .content.decode()
    )
    for words in ("PV-1", "Not forwarded"):
        assert words in lines
    assert "Rosa" not in lines


def test_both_sides_sign_a_month_off(
    world: World, month: str, priya: Client, sofia: Client
) -> None:
    key = world.journey.program_version.program.key
    sign = reverse("safety_month_sign", args=[key, month])
    assert sofia.post(sign).status_code == 302
    assert "Signed off by" in page(priya, "safety_month", key, month)
    assert priya.post(sign).status_code == 302
    with every_tenant(reason="the test looks"):
        signed = list(SafetySignOff.objects.order_by("signed_at"))
        ended = JourneyEvent.objects.filter(journey=world.journey, status="reconciled")
        assert ended.count() == 1
    assert [(each.sent, each.acknowledged, each.differences) for each in signed] == [
        (1, 1, 0),
        (1, 1, 1),
    ]
    now = timezone.now().astimezone(EASTERN)
    captured(world, 3)
    running = reverse("safety_month_sign", args=[key, now.strftime("%Y-%m")])
    assert priya.post(running).status_code == 422
