"""What changed for an organization: told once, read per person, mailed without a word of whom."""

import datetime as dt
import re
import uuid
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.mailing import send_due_mail
from journeys.domain.queries.notices import answers
from journeys.domain.recording import refresh
from journeys.models import Notice
from tests.factories.exchange import submitted
from tests.factories.people import actor_of, member, signed_in
from tests.journeys.views.conftest import PATIENT, World
from tests.journeys.views.test_intake import told_the_enrollment  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; how many, the bell, rows, which are unread, the
# audit's entries; idle clock.
QUERIES = 10
URL = "/notices/"


def kinds(world: World, slug: str) -> list[str]:
    with every_tenant(reason="the test looks"):
        found = Notice.objects.filter(organization__slug=slug).order_by("at", "kind")
        return list(found.values_list("kind", flat=True))


def joined_before(world: World, organization: str, *roles: Role, name: str = "Robin") -> Membership:
    """Somebody who was there before the journey began."""
    whose = world.hub if organization == "hub" else world.practice
    person = member(whose, *roles, name=name)
    Membership.objects.filter(pk=person.pk).update(
        created_at=timezone.now() - dt.timedelta(days=30)
    )
    return person


def write(world: World, browser: Client, **changed: object) -> None:
    told = {"token": str(uuid.uuid4()), "step": "intake_review", "text": "Is the card there?"}
    browser.post(reverse("journey_message", args=[world.journey.id]), {**told, **changed})


def badge(browser: Client) -> str:
    return " ".join(browser.get(reverse("bell")).content.decode().split())


def test_new_work_is_told_to_whom_it_opened_for_and_not_to_who_opened_it(world: World) -> None:
    assert kinds(world, "northstar") == ["work"]
    assert kinds(world, "lakeside") == []
    world.hears("intake_review", "accepted")
    assert kinds(world, "northstar") == ["work"]


@pytest.mark.usefixtures("told_the_enrollment")
def test_work_that_is_over_is_nobodys_news(world: World) -> None:
    jonah = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    ana = signed_in(joined_before(world, "practice", Role.PRACTICE_STAFF))
    assert "1<span" in badge(jonah)
    world.hears("intake_review", "returned")
    assert "count-badge" not in badge(jonah)
    assert "Settled" in jonah.get(URL, {"show": "all"}).content.decode()
    # The practice has it now, until it provides what was missing.
    assert "1<span" in badge(ana)
    world.hears("missing_information", "provided")
    assert "count-badge" not in badge(ana)


def test_what_a_hub_returns_is_told_to_the_practice(
    world: World,
    told_the_enrollment: list[dict[str, Any]],  # noqa: F811
) -> None:
    world.hears("intake_review", "returned")
    assert "returned" in kinds(world, "lakeside")


def test_time_alone_tells_that_something_is_at_risk_once(world: World) -> None:
    later = timezone.now() + dt.timedelta(days=30)
    for _ in range(2):
        refresh(world.journey.id, now=later)
    told = kinds(world, "northstar")
    with every_tenant(reason="the test looks"):
        rules = Notice.objects.filter(kind="at_risk").values_list("organization", "key")
        assert len(set(rules)) == len(rules)
    assert "at_risk" in told


def test_each_person_reads_for_themselves(world: World) -> None:
    jonah = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    lena = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    for browser in (jonah, lena):
        assert "1<span" in badge(browser)
        assert PATIENT in browser.get(URL).content.decode()
    jonah.post(reverse("notices_read"))
    assert "count-badge" not in badge(jonah)
    assert PATIENT not in jonah.get(URL).content.decode()
    assert PATIENT in jonah.get(URL, {"show": "all"}).content.decode()
    assert "1<span" in badge(lena)


def test_one_notice_is_marked_read_by_itself(world: World) -> None:
    submitted(world.journey.program_version, practice=world.practice)
    jonah = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    with every_tenant(reason="the test looks"):
        first = Notice.objects.filter(organization=world.hub).order_by("at")[0]
    jonah.post(reverse("notices_read"), {"notice": str(first.pk)})
    assert "1<span" in badge(jonah)
    jonah.post(reverse("notices_read"), {"notice": "x"})
    assert "1<span" in badge(jonah)


def test_who_joins_later_has_nothing_old_to_read(world: World, priya: Client) -> None:
    with every_tenant(reason="the test looks back"):
        Notice.objects.update(at=timezone.now() - dt.timedelta(days=3))
    assert "count-badge" not in badge(priya)


def test_looking_at_a_journey_makes_its_news_old(world: World) -> None:
    jonah = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    page = jonah.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert reverse("journey_seen", args=[world.journey.id]) in page
    assert "1<span" in badge(jonah), "reading alone writes nothing"
    jonah.post(reverse("journey_seen", args=[world.journey.id]))
    assert "count-badge" not in badge(jonah)


def test_a_message_is_new_to_whom_it_is_for_until_they_look(world: World) -> None:
    ana = signed_in(joined_before(world, "practice", Role.PRACTICE_STAFF))
    jonah = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    write(world, ana)
    assert "unread messages" in badge(jonah)
    assert "1 new message" in jonah.get(reverse("work")).content.decode()
    assert "unread messages" not in badge(ana)
    story = reverse("journey", args=[world.journey.id])
    assert f"Not read yet by {world.hub.name}" in ana.get(story).content.decode()
    jonah.post(reverse("journey_seen", args=[world.journey.id]))
    assert "new message" not in jonah.get(reverse("work")).content.decode()
    told = ana.get(story).content.decode()
    assert f"Read by {world.hub.name}" in told
    assert "Not read yet" not in told


def test_how_soon_an_organization_answers_is_told(world: World, ana: Client, priya: Client) -> None:
    write(world, ana)
    with every_tenant(reason="the test lets an hour pass"):
        Notice.objects.filter(kind="message").update(at=timezone.now() - dt.timedelta(hours=1))
    write(world, priya, text="Yes, it came.")
    actor = actor_of(member(world.practice, Role.PRACTICE_STAFF))
    with acting_as(actor):
        (lakeside, northstar) = sorted(answers(actor, now=timezone.now()), key=lambda a: a.name)
    assert (northstar.name, northstar.asked, northstar.answered) == (world.hub.name, 1, 1)
    assert northstar.mean is not None
    assert 3_500 < northstar.mean < 3_700
    assert (lakeside.asked, lakeside.answered) == (1, 0)
    page = " ".join(ana.get(reverse("learn_lag")).content.decode().split())
    assert "1 h<" in page.replace(" <", "<") or "60 min<" in page.replace(" <", "<")


def test_a_stranger_hears_nothing(world: World, ben: Client, nadia: Client) -> None:
    assert PATIENT not in ben.get(URL, {"show": "all"}).content.decode()
    assert ben.post(reverse("journey_seen", args=[world.journey.id])).status_code == 404
    assert nadia.get(URL).status_code == 403
    assert kinds(world, "northstar")


def test_reading_the_list_is_on_record(world: World) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT)
    signed_in(jonah).get(URL)
    with every_tenant(reason="the test looks"):
        assert AuditEntry.objects.filter(purpose="notices", subject_id=world.journey.id).exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(joined_before(world, "hub", Role.HUB_AGENT))
    for _ in range(rows - 1):
        submitted(world.journey.program_version, practice=world.practice)
    browser.get(URL)
    with django_assert_num_queries(QUERIES):
        page = browser.get(URL).content.decode()
    assert page.count("row-linked") == rows


def chooses(person: Membership, mailing: str) -> None:
    answer = signed_in(person).post(reverse("notice_settings"), {"mailing": mailing})
    assert answer.status_code == 302


def test_an_email_says_how_much_and_never_about_whom(world: World) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT, name="Jonah Reyes")
    chooses(jonah, "at_once")
    submitted(world.journey.program_version, practice=world.practice)
    assert send_due_mail(clock=timezone.now) == 1
    (letter,) = mail.outbox
    assert letter.to == [jonah.user.email]
    assert letter.subject == f"Throughline: 1 change for {world.hub.name}"
    text = f"{letter.subject} {letter.body}"
    assert "- Work opened: 1" in text
    assert reverse("notices") in text
    assert reverse("notice_settings") in text
    assert PATIENT not in text
    assert not re.search(r"TL-|Delgado|Okafor|Veltrana", text)


def test_nothing_is_written_twice_and_not_all_the_time(world: World) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT)
    chooses(jonah, "at_once")
    submitted(world.journey.program_version, practice=world.practice)
    now = timezone.now()
    assert send_due_mail(clock=lambda: now) == 1
    submitted(world.journey.program_version, practice=world.practice)
    assert send_due_mail(clock=lambda: now + dt.timedelta(minutes=5)) == 0
    assert send_due_mail(clock=lambda: now + dt.timedelta(minutes=11)) == 1
    assert send_due_mail(clock=lambda: now + dt.timedelta(hours=1)) == 0
    assert len(mail.outbox) == 2


def test_the_digest_comes_at_seven_where_the_organization_is(world: World) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT)
    chooses(jonah, "digest")
    submitted(world.journey.program_version, practice=world.practice)
    now = timezone.now()
    assert send_due_mail(clock=timezone.now) == 0
    at = next(
        moment
        for moment in (now + dt.timedelta(minutes=15 * n) for n in range(1, 200))
        if send_due_mail(clock=partial(dt.datetime.fromisoformat, moment.isoformat())) == 1
    )
    local = at.astimezone(ZoneInfo(world.hub.time_zone))
    assert (local.hour, local.minute < 15) == (7, True)


@pytest.mark.parametrize("gone", ["membership", "person", "choice"])
def test_who_no_longer_works_there_or_wants_none_gets_none(world: World, gone: str) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT)
    chooses(jonah, "at_once")
    submitted(world.journey.program_version, practice=world.practice)
    if gone == "membership":
        Membership.objects.filter(pk=jonah.pk).update(active=False)
    elif gone == "person":
        type(jonah.user).objects.filter(pk=jonah.user_id).update(is_active=False)
    else:
        chooses(jonah, "never")
    assert send_due_mail(clock=timezone.now) == 0
    assert mail.outbox == []


def test_a_letter_that_did_not_go_out_is_due_again(world: World, settings: Settings) -> None:
    jonah = joined_before(world, "hub", Role.HUB_AGENT)
    chooses(jonah, "at_once")
    submitted(world.journey.program_version, practice=world.practice)
    now = timezone.now()
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    assert send_due_mail(clock=lambda: now) == 0
    settings.EMAIL_BACKEND = working
    assert send_due_mail(clock=lambda: now + dt.timedelta(minutes=6)) == 1
    assert len(mail.outbox) == 1


def test_the_choice_is_shown_again(world: World, priya: Client) -> None:
    assert priya.post(reverse("notice_settings"), {"mailing": "often"}).status_code == 422
    priya.post(reverse("notice_settings"), {"mailing": "digest"})
    page = " ".join(priya.get(reverse("notice_settings")).content.decode().split())
    assert re.search(r'value="digest"[^>]*checked', page)
