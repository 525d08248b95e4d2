"""The hub's intake: accept, return field by field, reject; each in one screen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from journeys.domain import handlers
from journeys.models import Journey, JourneyEvent
from tests.factories.exchange import submitted
from tests.factories.people import signed_in
from tests.journeys.conftest import Writes
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

RETURNED = "return_for_correction"
LIST_QUERIES = 11


@pytest.fixture
def told_the_enrollment() -> Iterator[list[dict[str, Any]]]:
    """What the app above was asked to do, in place of its own handler."""
    calls: list[dict[str, Any]] = []
    before = handlers.HANDLERS.get(RETURNED)
    handlers.HANDLERS[RETURNED] = lambda **asked: calls.append(asked)
    yield calls
    if before is not None:
        handlers.HANDLERS[RETURNED] = before


def url_of(world: World, name: str) -> str:
    return reverse(f"intake_{name}", args=[world.journey.id])


def row(world: World) -> Journey:
    with every_tenant(reason="the test looks"):
        found: Journey = Journey.objects.get(pk=world.journey.id)
        return found


def test_the_queue_holds_what_waits_for_this_hub(world: World, priya: Client) -> None:
    page = priya.get(reverse("intake")).content.decode()
    assert PATIENT in page
    assert "1 enrollment waits for your review." in page
    world.hears("intake_review", "accepted")
    assert PATIENT not in priya.get(reverse("intake")).content.decode()


def test_taking_the_next_one_claims_it_and_opens_it(world: World) -> None:
    first = signed_in(world.person(world.hub, Role.HUB_AGENT, name="Priya Raman"))
    answer = first.post(reverse("intake_next"))
    assert answer["Location"] == url_of(world, "review")
    assert "You have this review." in first.get(answer["Location"]).content.decode()
    second = world.browser(world.hub, Role.HUB_AGENT)
    assert second.post(reverse("intake_next"))["Location"] == reverse("intake")


def test_the_form_stands_beside_what_was_checked(world: World, priya: Client) -> None:
    page = priya.get(url_of(world, "review")).content.decode()
    assert "MH204418890" in page
    assert "has no answer yet." in page
    # A signature that the practice waits for is no line to return.
    assert "The patient has not signed yet." in page
    assert "health information: signature\u201d has no answer yet." not in page
    assert "ertification: signature\u201d has no answer yet." in page
    with every_tenant(reason="the test looks"):
        assert AuditEntry.objects.filter(purpose="intake review").count() == 1


def test_accepting_opens_what_comes_next(world: World, priya: Client) -> None:
    answer = priya.post(url_of(world, "accept"))
    assert answer["Location"] == reverse("journey", args=[world.journey.id])
    assert (row(world).stage, row(world).step) == ("accepted", "benefit_verification")


def test_accepting_twice_says_that_it_no_longer_waits(world: World, priya: Client) -> None:
    priya.post(url_of(world, "accept"))
    answer = priya.post(url_of(world, "accept"), follow=True)
    assert "not waiting for your review" in answer.content.decode()
    with every_tenant(reason="the test looks"):
        assert JourneyEvent.objects.filter(status="accepted").count() == 1


def test_returning_tells_the_enrollment_which_fields_and_why(
    world: World, priya: Client, told_the_enrollment: list[dict[str, Any]]
) -> None:
    priya.post(
        url_of(world, "return"),
        {"field": ["B7"], "sentence-B7": "Two digits are missing.", "note": "Call us if unsure."},
    )
    (call,) = told_the_enrollment
    assert call["journey_id"] == world.journey.id
    assert call["data"]["facts"]["corrections"] == [
        {"field": "B7", "sentence": "Two digits are missing."}
    ]
    assert call["data"]["note"] == "Call us if unsure."
    assert row(world).step == "missing_information"
    told = priya.get(reverse("journey", args=[world.journey.id])).content.decode()
    assert "Member ID: Two digits are missing." in told
    # The practice has somebody to call about it.
    assert row(world).case_owner is not None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"note": "x"}, "Tick at least one field"),
        ({"field": ["B7"], "sentence-B7": " "}, "Say what is wrong with “Member ID”."),
        ({"field": ["Z9"], "sentence-Z9": "?"}, "not on this form"),
    ],
)
def test_a_return_that_says_nothing_is_refused_and_kept(
    world: World, priya: Client, data: dict[str, Any], sentence: str
) -> None:
    answer = priya.post(url_of(world, "return"), {"note": "Kept words", **data})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert row(world).step == "intake_review"
    if data.get("note") is None:
        assert "Kept words" in answer.content.decode()


def test_rejecting_ends_the_journey_with_its_reason(world: World, priya: Client) -> None:
    refused = priya.post(url_of(world, "reject"), {"note": "no reason"})
    assert refused.status_code == 422
    priya.post(url_of(world, "reject"), {"reason": "not_participating"})
    assert row(world).closed_at is not None


@pytest.mark.parametrize("name", ["accept", "return", "reject"])
def test_only_the_hub_that_has_it_decides(
    world: World, ana: Client, ben: Client, name: str
) -> None:
    assert ana.post(url_of(world, name)).status_code == 403
    assert ben.post(url_of(world, name)).status_code == 403
    other = world.browser(type(world.hub).objects.create(kind="hub", slug="o"), Role.HUB_AGENT)
    assert other.post(url_of(world, name)).status_code == 404
    assert other.get(url_of(world, "review")).status_code == 404
    assert row(world).step == "intake_review"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    world: World, priya: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows - 1):
        submitted(world.journey.program_version, practice=world.practice)
    priya.get(reverse("intake"))
    with django_assert_num_queries(LIST_QUERIES):
        page = priya.get(reverse("intake")).content.decode()
    assert page.count("row-linked") == rows


def test_reading_writes_the_audit_and_nothing_else(
    world: World, priya: Client, writes: Writes
) -> None:
    priya.get(url_of(world, "review"))
    with writes() as tables:
        priya.get(url_of(world, "review"))
        priya.get(reverse("intake"))
    assert tables == {"accounts_auditentry"}


def test_what_was_found_wrong_is_asked_for_at_once(
    world: World, priya: Client, told_the_enrollment: list[dict[str, Any]]
) -> None:
    page = " ".join(priya.get(url_of(world, "review"), {"ask": "missing"}).content.decode().split())
    ticked = re.findall(r'name="field" value="([^"]+)" [^>]*checked', page)
    assert ticked
    sentences = {key: sentence_of(page, key) for key in ticked}
    assert all(sentences.values())
    data = {f"sentence-{key}": sentence for key, sentence in sentences.items()}
    priya.post(url_of(world, "return"), {"field": ticked, **data})
    (call,) = told_the_enrollment
    assert {each["field"] for each in call["data"]["facts"]["corrections"]} == set(ticked)


def sentence_of(page: str, key: str) -> str:
    found = re.search(f'name="sentence-{re.escape(key)}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def test_a_question_without_an_answer_can_be_asked_for(
    world: World, priya: Client, told_the_enrollment: list[dict[str, Any]]
) -> None:
    page = priya.get(url_of(world, "review")).content.decode()
    assert "Without an answer" in page
    assert 'name="sentence-E12"' in page
    priya.post(
        url_of(world, "return"), {"field": ["E12"], "sentence-E12": "Send both sides of the card."}
    )
    (call,) = told_the_enrollment
    assert call["data"]["facts"]["corrections"][0]["field"] == "E12"
