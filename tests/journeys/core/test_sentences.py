"""Moments as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from journeys.core.evaluate import evaluate
from journeys.core.sentences import full_moment, name_of, near_day
from tests.journeys.core.story import MONDAY, PARTIES, SELF_INJECTED, at, happy_path, said

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # a Wednesday, 12:00 pm in New York
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2, "2:00 pm today"),
        (-11.5, "12:30 am today"),
        (24, "tomorrow"),
        (-24, "yesterday"),
        (48, "Friday"),
        (-48, "Monday"),
        (24 * 4, "Sunday"),
        (24 * 5, "Mon, Mar 9"),
        (-24 * 6, "Thursday"),
        (24 * 7, "Wed, Mar 11"),
        (24 * 365, "Thu, Mar 4, 2027"),
    ],
)
def test_a_day_near_now(hours: float, words: str) -> None:
    assert near_day(NOON + timedelta(hours=hours), now=NOON, zone=ZONE) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "Wed, Mar 4, 12:00 pm ET"),
        ("America/Los_Angeles", "Wed, Mar 4, 9:00 am PT"),
        ("Europe/Paris", "Wed, Mar 4, 6:00 pm CET"),
    ],
)
def test_a_full_moment_names_its_zone(zone: str, words: str) -> None:
    assert full_moment(NOON, zone) == words


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, "Say which pharmacy the referral went to, and what it answers"),
        ({"pharmacy_name": "Corner Pharmacy"}, "Ask the pharmacy for its answer, and report it"),
    ],
)
def test_the_hub_stands_in_for_a_pharmacy_that_takes_no_part(
    facts: dict[str, object], asked: str
) -> None:
    path = [event for event in happy_path() if event.step != "copay_enrollment"]
    before = path[: [event.step for event in path].index("pharmacy_triage")]
    sent = said("hub", "pharmacy_triage", "sent", 130, facts=facts)
    present = {role: party for role, party in PARTIES.items() if role != "pharmacy"}
    story = [*before, sent]
    state = evaluate(SELF_INJECTED, story, started_at=MONDAY, now=at(131), parties=present)
    assert state.steps["pharmacy_triage"].action == asked
    assert "Pharmacy choice is with Northstar Access" in state.headline


@pytest.mark.parametrize(
    ("source", "step", "status", "headline"),
    [
        ("hub", "pharmacy_triage", "sent",
         "The referral is with Crescent Specialty Pharmacy since yesterday; answer due"),
        ("hub", "prior_authorization_determination", "more_info_requested",
         "Prior authorization is with Lakeside Rheumatology since yesterday; answer was due"),
        ("hub", "prior_authorization_determination", "denied",
         "The denied prior authorization is with Lakeside Rheumatology since yesterday; decision"),
    ],
)  # fmt: skip
def test_the_headline_says_what_is_waited_for(
    source: str, step: str, status: str, headline: str
) -> None:
    path = happy_path()
    before = path[: [event.step for event in path].index(step)]
    story = [*before, said(source, step, status, 130)]
    state = evaluate(SELF_INJECTED, story, started_at=MONDAY, now=at(156), parties=PARTIES)
    assert state.headline.startswith(headline)


def test_the_clock_that_goes_on_to_the_next_attempt_moves_nothing_to_anybody() -> None:
    """Asked on Monday, due on Wednesday, asked the second time on Thursday by the clock."""
    asked = [*happy_path()[:1], said("hub", "intake_review", "returned", 2)]
    state = evaluate(SELF_INJECTED, asked, started_at=MONDAY, now=at(80), parties=PARTIES)
    assert state.steps["missing_information"].status == "contacted_2"
    assert "is with Lakeside Rheumatology since Monday; was due" in state.headline
    assert ", was due " in state.next_action


def test_a_party_nobody_named_is_called_by_what_it_is() -> None:
    assert name_of("payer", {}) == "the payer"
