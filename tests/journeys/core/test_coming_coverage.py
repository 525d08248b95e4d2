"""An insurance told before it counts: the old one rests until the day, the hub works ahead."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.state import JourneyState
from tests.journeys.core.story import AUTHORIZED, MONDAY, PARTIES, SELF_INJECTED, said

# Monday, April 6, begins at four in the morning, UTC.
DAY, MIDNIGHT = "2026-04-06", datetime(2026, 4, 6, 4, tzinfo=UTC)


def told_ahead(coverage: str, day: str, hours: float, payer: str = "Summit Mutual") -> Event:
    facts = {"next_coverage_on": day, "next_payer_name": payer, "payer_name": payer,
             "line_of_business": "commercial", "coverage_from_on": day}  # fmt: skip
    return said(
        "practice", None, None, hours, kind="coverage_ahead", coverage_id=coverage, facts=facts
    )


STORY = (
    said("practice", "enrollment_submitted", "submitted", 0, facts={"payer_name": "Meridian"}),
    said("hub", "intake_review", "accepted", 2),
    said("hub", "benefit_verification", "complete", 8, reason="covered_prior_authorization",
         facts={"prior_authorization_required": True, "out_of_pocket_estimate": "60.00"}),
    said("practice", "prior_authorization", "submitted", 20),
    said("hub", "prior_authorization_determination", "approved", 30, facts=AUTHORIZED),
)  # fmt: skip
AHEAD = told_ahead("new", DAY, 100)
VERIFIED = said(
    "hub", "reverification", "changed", 130, reason="new_plan", coverage_id="new",
    facts={"next_coverage_verified": DAY, "prior_authorization_required": False},
)  # fmt: skip


def at(now: datetime, *events: Event) -> JourneyState:
    kept: dict[str, Any] = {"started_at": MONDAY, "parties": PARTIES}
    return evaluate(SELF_INJECTED, (*STORY, *events), now=now, **kept)


def test_until_its_day_the_old_one_counts_and_the_hub_verifies_the_one_to_come() -> None:
    before = at(MONDAY + timedelta(hours=101), AHEAD)
    assert before.facts["payer_name"].value == "Meridian"
    assert before.facts["authorization_number"].value == "A-100"
    assert before.steps["prior_authorization_determination"].phase == "done"
    assert (before.facts["next_coverage_on"].value, before.coverage_id) == (DAY, None)
    step = before.steps["reverification"]
    assert (step.acts, step.phase) == ("hub", "now")
    assert before.wakes_at is not None
    assert before.wakes_at <= MIDNIGHT
    assert not before.elsewhere


def test_what_was_verified_ahead_waits_and_counts_from_the_day() -> None:
    done = at(MONDAY + timedelta(hours=131), AHEAD, VERIFIED)
    assert done.steps["reverification"].phase == "done"
    assert done.facts["prior_authorization_required"].value is True
    assert not [risk for risk in done.risks if risk.rule == "R8"]
    last = at(MIDNIGHT - timedelta(seconds=1), AHEAD, VERIFIED)
    assert last.facts["payer_name"].value == "Meridian"
    assert last.wakes_at == MIDNIGHT or (last.wakes_at and last.wakes_at < MIDNIGHT)
    day = at(MIDNIGHT, AHEAD, VERIFIED)
    assert (day.facts["payer_name"].value, day.coverage_id) == ("Summit Mutual", "new")
    assert day.facts["prior_authorization_required"].value is False
    assert "authorization_number" not in day.facts
    assert "next_coverage_on" not in day.facts
    assert day.steps["benefit_verification"].acts == "hub"
    assert day.steps["benefit_verification"].opened_at == MIDNIGHT
    assert day.steps["reverification"].phase == "done"


def test_without_a_word_the_work_ahead_ends_with_the_day() -> None:
    day = at(MIDNIGHT, AHEAD)
    assert day.steps["reverification"].phase == "ahead"
    assert day.steps["benefit_verification"].phase == "now"


def test_the_later_word_is_meant_and_every_order_of_arrival_comes_to_the_same() -> None:
    corrected = told_ahead("other", "2026-04-13", 110, "Harbor Mutual")
    now = MIDNIGHT + timedelta(hours=1)
    states = [at(now, *events) for events in permutations((AHEAD, corrected, VERIFIED))]
    assert all(state == states[0] for state in states)
    assert states[0].facts["payer_name"].value == "Meridian"
    assert states[0].facts["next_payer_name"].value == "Harbor Mutual"
    later = at(MIDNIGHT + timedelta(days=8), AHEAD, corrected)
    assert later.facts["payer_name"].value == "Harbor Mutual"
    # A second one that was told after the first counted replaces nothing.
    both = at(MIDNIGHT + timedelta(days=8), AHEAD, told_ahead("third", "2026-04-20", 1000))
    assert (both.coverage_id, both.facts["next_coverage_on"].value) == ("new", "2026-04-20")
