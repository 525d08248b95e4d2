"""Review, signatures, sending once, and what comes back."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as
from enrollment.domain import signatures
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Signature
from journeys.models import Journey, Packet
from tests.enrollment.views.conftest import Queries
from tests.factories.enrollments import EnrollmentFactory, PrescriberFactory
from tests.factories.offices import Office, stored
from tests.factories.people import member, proven, signed_in

pytestmark = pytest.mark.django_db


def review(client: Client, enrollment: Enrollment) -> str:
    return client.get(f"/enrollments/{enrollment.id}/review/").content.decode()


def ask(lakeside: Office, enrollment: Enrollment) -> None:
    with acting_as(lakeside.coordinator):
        signatures.ask_to_sign(enrollment.id, by=lakeside.coordinator, now=timezone.now())


def now(lakeside: Office, enrollment: Enrollment) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return stored(enrollment)


def signed(lakeside: Office, enrollment: Enrollment) -> dict[str, Signature]:
    with acting_as(lakeside.coordinator):
        return signatures.standing(enrollment)


def reading(client: Client, *enrollments: Enrollment) -> dict[str, Any]:
    """Open what is signed, and give back what pressing Sign with every box ticked posts."""
    shown = client.get("/signing/read/", {"enrollment": [str(each.id) for each in enrollments]})
    page = shown.content.decode()
    digests = re.findall(r'name="(digest-[^"]+)"\s+value="([^"]+)"', page)
    return {"sign": re.findall(r'name="sign"\s+value="([^"]+)"', page), **dict(digests)}


def test_a_half_filled_form_says_at_each_section_what_is_missing_and_loses_nothing(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    lakeside.answer(draft, E12="None known", A13="617")
    kept = now(lakeside, draft).answers
    page = review(ana, draft)
    assert "Send to hub" not in page
    assert "Rosa" in page
    missing = set(re.findall(rf'href="/enrollments/{draft.id}/\?open=([^#"]+)#slot-([^"]+)"', page))
    form = ana.get(f"/enrollments/{draft.id}/").context["page"]
    # Of every section, exactly what its own count says is to go or to correct.
    told = {part.key: part.to_go + part.wrong for part in form.parts if part.to_go + part.wrong}
    assert told
    assert {section: [each[0] for each in missing].count(section) for section in told} == told
    assert {section for section, _ in missing} == set(told)
    for section, key in missing:
        opened = ana.get(f"/enrollments/{draft.id}/?open={section}").content.decode()
        assert f'id="slot-{key}"' in opened
    for path in ("send", "ask"):
        ana.post(f"/enrollments/{draft.id}/{path}/")
    after = now(lakeside, draft)
    assert (after.answers, after.status) == (kept, EnrollmentStatus.DRAFT)


def test_a_complete_form_waits_for_two_signatures_in_words(ana: Client, lakeside: Office) -> None:
    page = review(ana, lakeside.complete())
    assert "waiting for the signature of the patient and Maya Okafor" in page
    assert "Send to hub" not in page


def test_asking_puts_it_into_the_prescribers_queue(
    ana: Client, maya: Client, lakeside: Office
) -> None:
    unfinished, complete = lakeside.draft(), lakeside.complete()
    for each in (unfinished, complete):
        ana.post(f"/enrollments/{each.id}/ask/")
    queue = maya.get("/signing/").content.decode()
    assert f'value="{complete.id}"' in queue
    assert f'value="{unfinished.id}"' not in queue


def test_several_are_signed_in_one_sitting_as_they_were_shown(
    maya: Client, lakeside: Office
) -> None:
    both = [lakeside.complete(), lakeside.complete()]
    for each in both:
        ask(lakeside, each)
    sent = reading(maya, *both)
    assert len(sent["sign"]) == 2
    assert maya.post("/signing/read/", sent).status_code == 302
    assert all("prescriber" in signed(lakeside, each) for each in both)


def test_the_page_to_sign_shows_every_answer_and_the_whole_text(
    maya: Client, lakeside: Office
) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    page = maya.get(f"/signing/read/?enrollment={enrollment.id}").content.decode()
    with acting_as(lakeside.doctor):
        row = Enrollment.objects.select_related("program_version").get(id=enrollment.id)
        shown = signatures.statement_of(row, "prescriber", today=timezone.localdate())
    for item in shown.items:
        assert escape(item.question) in page
    for consent in shown.consents:
        assert consent.title["en"] in page
    assert not re.search(r'name="sign"[^>]*checked', page)


def test_what_changed_while_it_was_read_is_not_signed(maya: Client, lakeside: Office) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    sent = reading(maya, enrollment)
    lakeside.answer(enrollment, F6="3")
    answer = maya.post("/signing/read/", sent, follow=True)
    assert "read it again" in answer.content.decode()
    assert signed(lakeside, enrollment) == {}


def test_nothing_ticked_is_nothing_signed(maya: Client, lakeside: Office) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    sent = {**reading(maya, enrollment), "sign": []}
    maya.post("/signing/read/", sent)
    assert signed(lakeside, enrollment) == {}


@pytest.mark.asvs("7.5.3")
def test_signing_asks_again_who_it_is(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    sent = reading(proven(signed_in(lakeside.maya), lakeside.maya), enrollment)
    unproven = signed_in(lakeside.maya)
    read = unproven.get(f"/signing/read/?enrollment={enrollment.id}")
    assert read.status_code == 302
    assert "reauthenticate" in read.headers["Location"]
    assert unproven.post("/signing/read/", sent).status_code == 302
    assert signed(lakeside, enrollment) == {}


def test_another_prescriber_neither_sees_nor_signs_it(maya: Client, lakeside: Office) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    sent = reading(maya, enrollment)
    ruth = member(lakeside.practice, Role.PRESCRIBER, name="Ruth Adler")
    PrescriberFactory.create(organization=lakeside.practice, user=ruth.user, name="Ruth Adler")
    browser = proven(signed_in(ruth), ruth)
    assert str(enrollment.id) not in browser.get("/signing/").content.decode()
    assert browser.get(f"/signing/read/?enrollment={enrollment.id}").status_code == 302
    browser.post("/signing/read/", sent)
    assert signed(lakeside, enrollment) == {}


def test_a_coordinator_does_not_sign(ana: Client, maya: Client, lakeside: Office) -> None:
    enrollment = lakeside.complete()
    ask(lakeside, enrollment)
    sent = reading(maya, enrollment)
    assert proven(ana, lakeside.ana).post("/signing/read/", sent).status_code == 403
    assert signed(lakeside, enrollment) == {}


@pytest.mark.parametrize("broken", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_broken_post_signs_nothing(maya: Client, broken: str) -> None:
    assert maya.post("/signing/read/", {"sign": broken}).status_code == 302


def test_sending_gives_a_receipt_with_the_journeys_number(ana: Client, lakeside: Office) -> None:
    enrollment = lakeside.signed()
    assert "Send to hub" in review(ana, enrollment)
    answer = ana.post(f"/enrollments/{enrollment.id}/send/", {"urgent": "yes"})
    assert answer.headers["Location"] == f"/enrollments/{enrollment.id}/receipt/"
    page = ana.get(answer.headers["Location"]).content.decode()
    with acting_as(lakeside.coordinator):
        journey = Journey.objects.get()
        assert journey.urgent
    assert journey.number in page
    assert f"/journeys/{journey.id}/" in page


def test_a_double_click_sends_once_and_the_way_back_shows_the_receipt(
    ana: Client, lakeside: Office
) -> None:
    enrollment = lakeside.signed()
    answers = [ana.post(f"/enrollments/{enrollment.id}/send/") for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with acting_as(lakeside.coordinator):
        assert Journey.objects.count() == Packet.objects.count() == 1
    for tail in ("", "review/"):
        back = ana.get(f"/enrollments/{enrollment.id}/{tail}")
        assert back.headers["Location"] == f"/enrollments/{enrollment.id}/receipt/"
        assert back.headers["Cache-Control"] == "no-store"


@pytest.mark.asvs("2.3.1")
def test_an_unsigned_form_cannot_be_sent_by_hand(ana: Client, lakeside: Office) -> None:
    for enrollment in (lakeside.draft(), lakeside.complete()):
        answer = ana.post(f"/enrollments/{enrollment.id}/send/")
        assert answer.status_code == 422
        assert "It was not sent" in answer.content.decode()
        assert now(lakeside, enrollment).status == EnrollmentStatus.DRAFT


def test_what_the_hub_returned_is_corrected_signed_again_and_sent_again(
    ana: Client, maya: Client, lakeside: Office
) -> None:
    enrollment = lakeside.returned({"field": "B7", "sentence": "The payer knows no such member."})
    assert (
        "returned this for correction" in ana.get(f"/enrollments/{enrollment.id}/").content.decode()
    )
    assert "othing has changed since" in review(ana, enrollment)
    lakeside.answer(enrollment, B7="MH204418891")
    ana.post(f"/enrollments/{enrollment.id}/ask/")
    maya.post("/signing/read/", reading(maya, enrollment))
    answer = ana.post(f"/enrollments/{enrollment.id}/send/")
    assert answer.headers["Location"].endswith("/receipt/")
    with acting_as(lakeside.coordinator):
        assert Packet.objects.count() == 2
    assert now(lakeside, enrollment).status == EnrollmentStatus.SUBMITTED


def test_a_journey_leads_to_the_form_it_began_with(ana: Client, lakeside: Office) -> None:
    enrollment = lakeside.sent()
    answer = ana.get(f"/enrollments/of/{enrollment.journey_id}/")
    assert answer.headers["Location"] == f"/enrollments/{enrollment.id}/"


def test_a_program_that_leads_to_no_hub_says_so(ana: Client, lakeside: Office) -> None:
    enrollment = lakeside.signed()
    Organization.objects.filter(slug="northstar").update(active=False)
    answer = ana.post(f"/enrollments/{enrollment.id}/send/", follow=True)
    assert "names no hub" in answer.content.decode()
    assert now(lakeside, enrollment).status == EnrollmentStatus.DRAFT


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_takes_the_same_queries_for_one_and_for_thirty(
    maya: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    first = lakeside.complete()
    ask(lakeside, first)
    for _ in range(rows - 1):
        EnrollmentFactory.create(
            organization=lakeside.practice,
            patient=lakeside.rosa,
            prescriber=lakeside.prescriber,
            program_version=lakeside.version,
            signing_requested_at=timezone.now(),
        )
    assert queries(maya, "/signing/") == 7


@pytest.mark.parametrize("rows", [1, 30])
def test_reading_before_signing_takes_the_same_queries_for_one_and_for_thirty(
    maya: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    complete = lakeside.complete()
    made = [
        EnrollmentFactory.create(
            organization=lakeside.practice,
            patient=lakeside.rosa,
            prescriber=lakeside.prescriber,
            program_version=lakeside.version,
            answers=complete.answers,
            signing_requested_at=timezone.now(),
        )
        for _ in range(rows)
    ]
    query = "&".join(f"enrollment={each.id}" for each in made)
    assert queries(maya, f"/signing/read/?{query}") == 7
