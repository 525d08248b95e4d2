"""The hub's pages: each answer with the page it was read off, signatures by two people, calls."""

import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import every_tenant
from enrollment.enums import CameBy
from enrollment.models import Document, Enrollment, Keying, Signature
from journeys.models import Journey, JourneyEvent
from tests.enrollment.keying.conftest import Desk, draft_of, text_of
from tests.enrollment.keying.test_sending import fill

pytestmark = pytest.mark.django_db


def answer(browser: Client, kept: Keying, page: str, **fields: str) -> Any:
    address = f"{reverse('keying_answers', args=[kept.pk])}?page={page}"
    (name,) = fields
    return browser.post(address, {"version": "99", "field": name, **fields})


def test_an_answer_is_kept_with_the_page_it_was_read_off(desk: Desk, priya: Client) -> None:
    kept = desk.keyed()
    said = answer(priya, kept, "3", A10="Quincy")
    assert said.status_code == 200
    assert "You key this for Lakeside Rheumatology" in json.dumps(said.json()["fragments"])
    change = draft_of(kept).changes["A10"]
    assert change["source"].endswith(", page 3")
    assert change["name"] == f"Priya Raman, {desk.hub.name}"
    # A page that is not of this part is not believed.
    answer(priya, kept, "1", A10="Boston")
    assert "page" not in draft_of(kept).changes["A10"]["source"]


def test_what_the_practice_wrote_meanwhile_is_shown_beside_ones_own(
    desk: Desk, priya: Client
) -> None:
    kept = desk.keyed()
    desk.office.answer(draft_of(kept), A10="Boston")
    address = f"{reverse('keying_answers', args=[kept.pk])}?page=2"
    said = priya.post(address, {"version": "0", "field": "A10", "A10": "Quincy"})
    assert said.status_code == 409
    assert said.json()["theirs"] == {"A10": "Boston"}
    posted = {"version": "0", "seen": "{}", "A10": "Quincy"}
    whole = priya.post(reverse("keying", args=[kept.pk]), posted)
    assert whole.status_code == 409
    assert "Somebody else changed the same fields" in whole.content.decode()


def test_without_scripts_the_whole_form_is_saved_and_a_page_is_attached(
    desk: Desk, priya: Client
) -> None:
    kept = desk.keyed()
    address = reverse("keying", args=[kept.pk])
    saved = priya.post(f"{address}?page=2", {"version": "0", "A10": "Quincy", "attach": "B2:2"})
    assert saved.status_code == 302
    row = draft_of(kept)
    assert row.answers["A10"] == "Quincy"
    with every_tenant(reason="the test looks"):
        assert (Document.objects.get().title, Document.objects.get().pages) == ("Fax, page 2", 1)
    finishing = priya.post(address, {"version": "1", "finish": "yes"})
    assert finishing["Location"] == reverse("keying_finish", args=[kept.pk])


def test_two_people_of_the_hub_bring_a_signature_to_count(
    desk: Desk, priya: Client, sam: Client
) -> None:
    kept = desk.keyed()
    fill(desk, kept)
    reading, looking = (
        reverse(name, args=[kept.pk]) for name in ("keying_read_off", "keying_look")
    )
    lacking = priya.post(reading, {"kind": "prescriber", "prescriber-page": "3"})
    assert lacking.status_code == 422
    assert "Type the date that stands beside the signature." in lacking.content.decode()
    on = timezone.localdate(kept.came_at).isoformat()
    read = {"kind": "prescriber", "prescriber-page": "3", "prescriber-signed_on": on}
    assert priya.post(reading, read).status_code == 302
    assert "You read this signature off the page" in text_of(priya, "keying_finish", kept.pk)
    priya.post(looking, {"kind": "prescriber", "check": "yes"})
    with every_tenant(reason="the test looks"):
        assert not Signature.objects.exists()
    assert "Page 3 shows this, by hand" in text_of(sam, "keying_finish", kept.pk)
    assert "A colleague checks the signatures" in text_of(sam, "keyings")
    sam.post(looking, {"kind": "prescriber", "remove": "yes"})
    priya.post(reading, read)
    sam.post(looking, {"kind": "prescriber", "check": "yes"})
    with every_tenant(reason="the test looks"):
        assert Signature.objects.get().method == "Paper, faxed"
    assert sam.post(looking, {"kind": "nothing"}).status_code == 404


def call_of(desk: Desk, **changed: str) -> dict[str, str]:
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {
        "token": str(uuid.uuid4()),
        "called_at": when,
        "caller": "Ana Whitfield",
        "caller_phone": "617-555-0100",
        "name": "Tomas Ferreira",
        "born_on": "11/02/1979",
        "note": "The card follows by mail.",
        "words": "1679576722",
        "prescriber": f"{desk.office.practice.id}:{desk.office.prescriber.id}",
        "version": str(desk.office.version.id),
        "begin": "yes",
        **changed,
    }


def test_a_call_is_keyed_and_always_signed_and_sent_by_the_practice(
    desk: Desk, priya: Client, ana: Client
) -> None:
    address = reverse("keying_call")
    for wrong in ({"caller": ""}, {"called_at": "2999-01-01T10:00"}, {"version": "x"}):
        assert priya.post(address, call_of(desk, **wrong)).status_code == 422
    begun = priya.post(address, call_of(desk))
    page = priya.get(begun["Location"]).content.decode()
    assert "Ana Whitfield called" in page
    assert "The card follows by mail." in page
    with every_tenant(reason="the test looks"):
        kept = Keying.objects.get()
    row = draft_of(kept)
    assert (row.came_by, row.changes["A5"]["source"][:11]) == (CameBy.PHONE, "the call of")
    fill(desk, kept)
    refused = priya.post(reverse("keying_send", args=[kept.pk]), follow=True).content.decode()
    assert "The practice has a call signed, and sends it." in refused
    priya.post(reverse("keying_hand", args=[kept.pk]))
    assert "from a call" in text_of(ana, "enrollment_review", row.id)
    with every_tenant(reason="the test signs"):
        assert Enrollment.objects.get().signing_requested_at is not None
    desk.office.authorize(row)
    desk.office.certify(row)
    ana.post(reverse("enrollment_send", args=[row.id]))
    with every_tenant(reason="the test looks"):
        journey = Journey.objects.get()
        told = JourneyEvent.objects.get(kind="message")
    assert told.body["transport"] == "phone"
    assert "Ana Whitfield called; Priya Raman keyed" in text_of(ana, "journey", journey.pk)


def test_a_call_that_is_posted_twice_is_keyed_once(desk: Desk, priya: Client) -> None:
    address, call = reverse("keying_call"), call_of(desk)
    asked = {**call, "token": token_of(priya.get(address).content.decode())}
    del asked["begin"]
    found = priya.post(address, {**asked, "find": "yes"}).content.decode()
    token = token_of(found)
    assert token == asked["token"]
    once, twice = (priya.post(address, {**call, "token": token}) for _ in range(2))
    assert once.status_code == 302
    assert once["Location"] == twice["Location"]
    with every_tenant(reason="the test looks"):
        assert Keying.objects.count() == Enrollment.objects.count() == 1
    # What another call says in the same words is another call.
    assert priya.post(address, call_of(desk))["Location"] != once["Location"]


def token_of(page: str) -> str:
    (found,) = re.findall(r'name="token" value="([^"]+)"', page)
    return str(found)


def test_a_draft_that_the_practice_withdrew_is_given_up(
    desk: Desk, priya: Client, ana: Client
) -> None:
    kept = desk.keyed()
    priya.post(reverse("keying_hand", args=[kept.pk]))
    assert "Form that a hub keyed" in text_of(ana, "notices")
    ana.post(reverse("enrollment_withdraw", args=[draft_of(kept).id]))
    assert "Form that a hub keyed" not in text_of(ana, "notices")
    assert priya.get(reverse("keying", args=[kept.pk]))["Location"] == reverse(
        "keying_finish", args=[kept.pk]
    )
    assert "withdrew this draft" in text_of(priya, "keying_finish", kept.pk)
    assert answer(priya, kept, "2", A10="Boston").status_code == 422
    priya.post(reverse("keying_give_up", args=[kept.pk]), {"why": "withdrawn"})
    with every_tenant(reason="the test looks"):
        assert Enrollment.objects.get().status == "withdrawn"
        assert Keying.objects.get().ended_at is not None
