"""The weekly letter says that counts are there, and nothing of them."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Membership
from accounts.tenancy import every_tenant
from journeys.domain.counts_letters import next_monday, send_due_letters
from journeys.models import CountsLetter
from programs.models import Program
from tests.factories.counts import count_all, rows
from tests.factories.people import member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"


@pytest.fixture
def program() -> Program:
    found: Program = published().program
    rows(found, 77, on=timezone.now().date())
    count_all()
    return found


@pytest.fixture
def nadia(program: Program) -> Membership:
    return member(program.manufacturer, Role.PROGRAM_MANAGER, name="Nadia Brooks")


@pytest.fixture
def browser(nadia: Membership) -> Client:
    return signed_in(nadia)


def asked(browser: Client, program: Program, wish: str) -> None:
    answer = browser.post(reverse("program_weekly", args=[program.key]), {"weekly": wish})
    assert answer.status_code == 302


def in_a_week() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=7, hours=1)


def test_a_letter_comes_each_monday_with_a_link_and_no_number(
    program: Program, browser: Client, nadia: Membership
) -> None:
    asked(browser, program, "on")
    asked(browser, program, "on")
    assert send_due_letters(clock=timezone.now) == 0
    assert send_due_letters(clock=in_a_week) == 1
    assert send_due_letters(clock=in_a_week) == 0
    (letter,) = mail.outbox
    assert letter.to == [nadia.user.email]
    assert reverse("program", args=[program.key]) in str(letter.body)
    assert not any(digit in f"{letter.subject}{letter.body}" for digit in ("60", "77"))


def test_who_wants_none_gets_none(program: Program, browser: Client) -> None:
    asked(browser, program, "on")
    assert "Stop the weekly e-mail" in browser.get(f"/programs/{program.key}/").content.decode()
    asked(browser, program, "off")
    assert send_due_letters(clock=in_a_week) == 0


def test_who_may_no_longer_read_counts_is_not_written_to(
    program: Program, browser: Client, nadia: Membership
) -> None:
    asked(browser, program, "on")
    Membership.objects.filter(pk=nadia.pk).update(roles=[Role.SAFETY_OFFICER.value])
    assert send_due_letters(clock=in_a_week) == 0
    with every_tenant(reason="the test looks"):
        assert not CountsLetter.objects.exists()


def test_another_manufacturer_cannot_ask_for_it(program: Program) -> None:
    stranger = signed_in(member(published("omniveda").program.manufacturer, Role.PROGRAM_MANAGER))
    answer = stranger.post(reverse("program_weekly", args=[program.key]), {"weekly": "on"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-22T12:00:00+00:00", "2026-11-23T07:00:00-05:00"),
        ("2026-11-23T11:59:00+00:00", "2026-11-23T07:00:00-05:00"),
        ("2026-11-23T12:00:00+00:00", "2026-11-30T07:00:00-05:00"),
    ],
)
def test_monday_is_the_organizations_own(now: str, then: str) -> None:
    found = next_monday(zone=ZONE, now=dt.datetime.fromisoformat(now))
    assert found == dt.datetime.fromisoformat(then)
