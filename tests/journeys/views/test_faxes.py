"""The hub's fax inbox: split by patient, found, filed on the journey; nothing is lost."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.faxes import Arrival, keep_fax
from journeys.domain.likeness import index_anew
from journeys.domain.mailing import send_due_mail
from journeys.domain.papers import Paper
from journeys.models import Fax, FaxPart, JourneyEvent, Notice
from tests.factories.people import OrganizationFactory, actor_of, member, signed_in
from tests.fakes.files import fax, pdf, sheet
from tests.journeys.views.conftest import PATIENT, World
from tests.journeys.views.test_notices import joined_before

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13


def bring(browser: Client, body: bytes, **changed: object) -> Any:
    """Add a fax that came two hours ago."""
    came = timezone.localtime(timezone.now() - dt.timedelta(hours=2))
    data = {
        "file": SimpleUploadedFile("0001.tif", body, "image/tiff"),
        "received_at": came.strftime("%Y-%m-%dT%H:%M"),
        "from_number": "(617) 555-0188",
        **changed,
    }
    return browser.post(reverse("fax_add"), data)


def split(browser: Client, url: str, *pages: int, **about: str) -> Any:
    told = {"name": "Delgado, Rose", "born_on": "03/27/1984", **about}
    return browser.post(f"{url}split/", {"page": pages, **told})


def text_of(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


def part_of(*pages: int) -> FaxPart:
    with every_tenant(reason="the test looks"):
        found: FaxPart = FaxPart.objects.get(pages=list(pages))
        return found


@pytest.fixture
def named_priya(world: World) -> Client:
    with every_tenant(reason="the test indexes the patient"):
        index_anew(world.journey.id)
    return signed_in(world.person(world.hub, Role.HUB_AGENT, name="Priya Raman"))


@pytest.fixture
def sheets(named_priya: Client) -> str:
    """The address of a fax of four pages, each of another size."""
    drawn = [sheet((300 + 100 * number, 400)) for number in range(4)]
    url = str(bring(named_priya, fax(*drawn))["Location"])
    # The same file again is the same fax.
    assert bring(named_priya, fax(*drawn))["Location"] == url
    return url


def test_the_pages_of_a_patient_are_filed_with_the_journey_they_belong_to(
    world: World, named_priya: Client, ana: Client, sheets: str
) -> None:
    priya = named_priya
    assert split(priya, sheets, 2, 3).status_code == 302
    page = text_of(priya, sheets)
    assert "Which journey do pages 2\u20133 belong to?" in page
    assert f"{PATIENT}, {world.journey.number}" in page
    filing = reverse("fax_part_file", args=[part_of(2, 3).id])
    assert priya.post(filing, {"number": "NS-0"}).status_code == 422
    named = {"journey": str(world.journey.id), "note": "Her lab results"}
    # Pressed twice, they are filed once.
    assert [priya.post(filing, named).status_code for _ in range(2)] == [302, 302]

    # The practice reads it on the journey, by fax, as of when it came, with these pages alone.
    story = text_of(ana, reverse("journey", args=[world.journey.id]))
    assert "Her lab results" in story
    assert "by fax" in story
    link = re.search(r'href="(/handed/[^"]+)" download>', story)
    assert link is not None
    assert len(PdfReader(io.BytesIO(ana.get(link.group(1)).content)).pages) == 2
    with every_tenant(reason="the test looks"):
        kept = Fax.objects.get()
        told = JourneyEvent.objects.get(source_event_id=f"message:{part_of(2, 3).id}")
        read = set(AuditEntry.objects.filter(action="read").values_list("purpose", flat=True))
    assert told.occurred_at == kept.received_at
    assert kept.closed_at is None
    assert {"sorting a fax", "filing a part"} <= read


def test_pages_filed_with_the_wrong_journey_are_taken_back_and_everybody_is_told(
    world: World, named_priya: Client, ana: Client, sheets: str
) -> None:
    priya, journey = named_priya, str(world.journey.id)
    split(priya, sheets, 2, 3)
    part, story = part_of(2, 3).id, reverse("journey", args=[journey])
    filing, unfiling = (reverse(f"fax_part_{act}", args=[part]) for act in ("file", "unfile"))
    # Nothing is there to take back, and nothing is taken back without saying why.
    assert priya.post(unfiling, {"why": "patient"}).status_code == 422
    priya.post(filing, {"journey": journey, "note": "Her lab results"})
    assert priya.post(unfiling, {"why": "because"}).status_code == 422
    (link,) = re.findall(r'href="(/handed/[^"]+)" download>', text_of(ana, story))
    priya.post(f"{sheets}aside/", {"page": [1, 4], "why": "cover"})
    assert "No fax waits to be sorted." in text_of(priya, reverse("faxes"))

    assert [priya.post(unfiling, {"why": "patient"}).status_code for _ in range(2)] == [302, 422]
    told = text_of(ana, story)
    assert "Intake review: message, taken back" in told
    assert "Her lab results" not in told
    assert link not in told
    assert "Priya Raman took back pages that came by fax. They are another patient\u2019s." in told
    for browser in (ana, priya):
        refused = browser.get(link, follow=True).content.decode()
        assert "This document was taken back: it does not belong to this journey." in refused
    # Nobody owes an answer to it, the part waits, and the journey's events hold both.
    assert "1 fax waits to be sorted." in text_of(priya, reverse("faxes"))
    assert "Which journey do pages 2\u20133 belong to?" in text_of(priya, sheets)
    with every_tenant(reason="the test looks"):
        kept = JourneyEvent.objects.filter(journey=journey, kind="message")
        assert len(kept) == 2
        assert not Notice.objects.filter(kind="message", asks=True).exists()
        assert AuditEntry.objects.filter(action="unfiled a part").exists()
    # It was right after all.
    assert priya.post(filing, {"journey": journey, "note": "Hers"}).status_code == 302
    again = text_of(ana, story)
    (link,) = re.findall(r'href="(/handed/[^"]+)" download>', again)
    assert len(PdfReader(io.BytesIO(ana.get(link).content)).pages) == 2


def test_each_page_ends_up_somewhere_before_the_fax_is_done(
    world: World, named_priya: Client, sheets: str
) -> None:
    priya = named_priya
    sam = signed_in(joined_before(world, "hub", Role.HUB_AGENT, name="Sam Ortiz"))
    assert "Fax of 4 pages" in text_of(sam, reverse("notices"))
    # What is not said, or of no page, changes nothing, and what was typed is kept.
    wrong = (split(priya, sheets), split(priya, sheets, 9), split(priya, sheets, 1, born_on="x"))
    assert split(priya, sheets, 1, name=",").status_code == 422
    for answer in wrong:
        assert (answer.status_code, "Delgado, Rose" in answer.content.decode()) == (422, True)
    split(priya, sheets, 2, 3)
    assert split(priya, sheets, 3, 4).status_code == 422
    priya.post(reverse("fax_part_back", args=[part_of(2, 3).id]))
    assert 'id="page-2"' in text_of(priya, sheets)
    # A part that is nobody's waits, and a page without a part keeps the fax open.
    split(priya, sheets, 4, name="Nobody Known", born_on="01/02/1950")
    assert "No open journey of yours looks like it." in text_of(priya, sheets)
    assert priya.post(f"{sheets}aside/", {"page": [1, 2, 3]}).status_code == 422
    priya.post(f"{sheets}aside/", {"page": [1, 2, 3], "why": "cover"})
    assert "1 fax waits to be sorted." in text_of(priya, reverse("faxes"))
    number = {"number": world.journey.number.lower()}
    filing = reverse("fax_part_file", args=[part_of(4).id])
    assert priya.post(filing, number).status_code == 302
    assert "Filed by Priya Raman with" in text_of(priya, sheets)
    assert "No fax waits to be sorted." in text_of(priya, reverse("faxes"))
    assert "617-555-0188" in text_of(priya, f"{reverse('faxes')}?show=done")
    # That it came is no news any more, also for who never opened it.
    assert "Fax of 4 pages" not in text_of(sam, reverse("notices"))
    # A mistake is mended: what was set aside comes back, and the fax waits again.
    priya.post(reverse("fax_part_back", args=[part_of(1, 2, 3).id]))
    assert "Fax of 4 pages" in text_of(sam, reverse("notices"))
    assert "1 fax waits to be sorted." in text_of(priya, reverse("faxes"))


def test_one_person_has_a_fax_and_a_colleague_takes_it_over_with_a_reason(
    world: World, named_priya: Client, sheets: str
) -> None:
    named_priya.post(f"{sheets}claim/")
    sam = world.browser(world.hub, Role.HUB_AGENT)
    assert "Priya Raman has this fax." in split(sam, sheets, 1).content.decode()
    assert "Priya Raman has this fax." in sam.post(f"{sheets}claim/", follow=True).content.decode()
    sam.post(f"{sheets}take-over/", {"reason": "because"})
    assert "Priya Raman has this fax." in text_of(sam, sheets)
    sam.post(f"{sheets}take-over/", {"reason": "away"})
    assert "You have this fax." in text_of(sam, sheets)
    sam.post(f"{sheets}release/")
    assert "Nobody has taken this fax yet." in text_of(sam, sheets)


def test_a_supervisor_gives_a_fax_to_a_colleague_with_a_reason(
    world: World, named_priya: Client, sheets: str
) -> None:
    named_priya.post(f"{sheets}claim/")
    lena = world.browser(world.hub, Role.HUB_SUPERVISOR)
    sam = member(world.hub, Role.HUB_AGENT, name="Sam Ortiz")
    stranger = member(OrganizationFactory.create(kind="hub"), Role.HUB_AGENT)
    # An agent takes a fax over and gives none away; nobody gives without a reason or to a stranger.
    to_sam = {"to": str(sam.user_id), "reason": "load"}
    assert "Give it to" not in text_of(named_priya, sheets)
    assert named_priya.post(f"{sheets}give/", to_sam).status_code == 403
    for wrong in ({"reason": ""}, {"reason": "no such"}, {"to": str(stranger.user_id)}, {"to": ""}):
        lena.post(f"{sheets}give/", {**to_sam, **wrong})
    assert "Priya Raman has this fax." in text_of(lena, sheets)
    assert (
        "Given to Sam Ortiz." in lena.post(f"{sheets}give/", to_sam, follow=True).content.decode()
    )
    assert "You have this fax." in text_of(signed_in(sam), sheets)
    with every_tenant(reason="the test looks"):
        given = AuditEntry.objects.get(action="gave a fax")
    assert given.purpose == "They have too many"
    # What is done is nobody's to give.
    signed_in(sam).post(f"{sheets}aside/", {"page": [1, 2, 3, 4], "why": "cover"})
    answer = lena.post(
        f"{sheets}give/", {**to_sam, "to": str(lena.session["_auth_user_id"])}, follow=True
    )
    assert "This fax is not waiting any more." in answer.content.decode()


def test_colleagues_are_told_that_a_fax_came_and_an_email_does_not_say_from_whom(
    world: World,
) -> None:
    priya, jonah = (
        joined_before(world, "hub", Role.HUB_AGENT, name=name) for name in ("Priya", "Jonah")
    )
    for person in (priya, jonah):
        signed_in(person).post(reverse("notices_read"))
        signed_in(person).post(reverse("notice_settings"), {"mailing": "at_once"})
    url = bring(signed_in(priya), pdf(2))["Location"]
    # Who brought it knows.
    assert url not in text_of(signed_in(priya), reverse("notices"))
    told = signed_in(jonah)
    page = text_of(told, reverse("notices"))
    assert "Fax of 2 pages" in page
    assert f'href="{url}"' in page
    assert send_due_mail(clock=timezone.now) == 1
    (letter,) = mail.outbox
    assert letter.to == [jonah.user.email]
    assert "- Fax came: 1" in letter.body
    assert "555" not in f"{letter.subject} {letter.body}"
    # Looking at the fax is reading of it.
    assert f"{url}seen/" in text_of(told, url)
    told.post(f"{url}seen/")
    assert url not in text_of(told, reverse("notices"))


def test_a_fax_stands_with_the_enrollments_and_the_most_pressing_is_taken_first(
    world: World,
) -> None:
    priya = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Priya Raman"))
    url = bring(priya, pdf(2), urgent="on")["Location"]
    intake = text_of(priya, reverse("intake"))
    assert "Fax of 2 pages from 617-555-0188" in intake
    assert priya.post(reverse("intake_next"))["Location"] == url
    assert "You have this fax." in text_of(priya, url)
    sam = world.browser(world.hub, Role.HUB_AGENT)
    taken = reverse("intake_review", args=[world.journey.id])
    assert sam.post(reverse("intake_next"))["Location"] == taken
    lena = world.browser(world.hub, Role.HUB_SUPERVISOR)
    assert "Faxes to sort" in text_of(lena, reverse("oversight"))


def test_what_is_no_fax_or_comes_from_the_future_is_not_kept(world: World, priya: Client) -> None:
    assert bring(priya, b"GIF89a, which nobody faxes").status_code == 422
    answer = bring(priya, pdf(), received_at="2999-01-01T10:00", from_number="12")
    assert answer.status_code == 422
    answer = bring(priya, pdf(), received_at="2999-01-01T10:00")
    assert "later than now" in answer.content.decode()
    with every_tenant(reason="the test looks"):
        assert not Fax.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_for_one_fax_as_for_thirty(
    world: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    agent = member(world.hub, Role.HUB_AGENT)
    by, now = actor_of(agent), timezone.now()
    stranger = actor_of(member(OrganizationFactory.create(kind="hub"), Role.HUB_AGENT))
    for actor, number in ((stranger, 99), *((by, number) for number in range(count))):
        paper = Paper("", "", "Fax", "image/jpeg", f"{number:064}", b"jpeg", (b"jpeg",))
        with acting_as(actor):
            keep_fax(paper, Arrival(received_at=now), by=actor, now=now)
    browser = signed_in(agent)
    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get(reverse("faxes")).content.decode()
    assert f"{count} fax" in page
    assert page.count('class="row-link"') == count
