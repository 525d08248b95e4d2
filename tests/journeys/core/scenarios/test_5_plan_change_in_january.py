"""5. Plan change in January: commercial A becomes commercial B."""

import pytest

from tests.journeys.core.scenarios.told import (
    Journey,
    accepted,
    authorized,
    risk_of,
    tells,
    verified,
)


def on_therapy() -> Journey:
    """An existing patient of plan A, last sent four weeks on December 11."""
    start, review = accepted("2026-06-01", therapy_stage="continuing")
    first = tells(
        "practice",
        "2026-06-01 09:00",
        "enrollment_submitted",
        "submitted",
        facts=start.facts,
        coverage_id="plan-a",
    )
    return Journey(
        "2026-06-01 09:00",
        first,
        review,
        verified("2026-06-01"),
        tells("vendor", "2026-06-01 11:05", "copay_enrollment", "enrolled"),
        tells("practice", "2026-06-01 12:00", "prior_authorization", "submitted"),
        authorized("2026-06-03 12:00", until="2027-06-02"),
        tells("pharmacy", "2026-06-03 13:00", "pharmacy_triage", "accepted"),
        tells("pharmacy", "2026-06-04 12:00", "pharmacy_intake", "paid"),
        tells("pharmacy", "2026-06-08 12:00", "delivery", "delivered", facts={"days_supply": 180}),
        tells("hub", "2026-06-09 12:00", "first_dose", "confirmed"),
        tells(
            "pharmacy",
            "2026-12-11 12:00",
            "refill",
            "shipped",
            facts={"fill_number": 1, "days_supply": 28, "delivered_on": "2026-12-12"},
        ),
    )


NEW_PLAN = tells(
    "practice",
    "2027-01-01 00:05",
    kind="coverage_changed",
    coverage_id="plan-b",
    facts={"line_of_business": "commercial", "payer_name": "Harborview Benefit"},
)


def test_benefits_are_verified_again_from_the_fifteenth_of_november() -> None:
    journey = on_therapy()
    assert journey.phase("reverification", "2026-11-14 12:00") == "ahead"
    step = journey.stands("2026-11-15 12:00").steps["reverification"]
    assert (step.phase, step.acts) == ("now", "hub")


def test_the_worklist_can_be_sorted_by_the_next_dose() -> None:
    # Half a year from June 8, and four weeks more.
    assert on_therapy().stands("2026-12-20 12:00").steps["refill"].due_at is not None
    supply = on_therapy().stands("2026-12-20 12:00").supply
    assert [fill.days for fill in supply] == [180, 28]


def test_the_new_plan_opens_benefits_and_the_old_authorization_does_not_count() -> None:
    state = on_therapy().learns(NEW_PLAN).stands("2027-01-01 09:00")
    assert state.steps["benefit_verification"].phase == "now"
    assert "authorization_number" not in state.facts
    assert state.coverage_id == "plan-b"


def test_the_old_authorization_is_kept_in_the_story() -> None:
    told = on_therapy().learns(NEW_PLAN).story("hub", "2027-01-01 09:00")
    old = next(entry for entry in told if entry.what == "Prior authorization decision: approved")
    assert old.unplaced_why == "About another coverage than the one the journey stands on."
    assert "A-100" in {line.text for line in old.facts}


def test_what_was_delivered_stays_delivered_and_the_pharmacy_is_chosen_anew() -> None:
    state = on_therapy().learns(NEW_PLAN).stands("2027-01-01 09:00")
    assert state.steps["delivery"].phase == "done"
    assert state.steps["first_dose"].phase == "done"
    assert state.steps["pharmacy_triage"].phase == "ahead"
    assert state.steps["copay_enrollment"].phase == "ahead"


def test_the_next_fill_waits_for_the_new_plan_and_the_patient_is_flagged_in_time() -> None:
    journey = on_therapy().learns(NEW_PLAN)
    state = journey.stands("2027-01-04 09:00")
    risk = risk_of(state, "R10")
    assert risk is not None
    assert risk.who == "hub"
    assert risk.why.startswith("The medicine runs out")


def test_an_existing_patient_gets_no_bridge() -> None:
    again = tells(
        "hub",
        "2027-01-04 10:00",
        "benefit_verification",
        "complete",
        facts={"prior_authorization_required": True},
    )
    sent = tells("practice", "2027-01-04 12:00", "prior_authorization", "submitted")
    journey = on_therapy().learns(NEW_PLAN, again, sent)
    assert journey.phase("bridge", "2027-02-15 12:00") == "ahead"


@pytest.mark.parametrize("line", ["medicare", "medicare_d", "medicare_advantage"])
def test_if_the_new_plan_is_medicare_copay_help_ends_that_day(line: str) -> None:
    medicare = tells(
        "practice",
        "2027-01-01 09:00",
        kind="coverage_changed",
        coverage_id="plan-b",
        facts={"line_of_business": line},
    )
    state = on_therapy().learns(medicare).stands("2027-01-01 09:01")
    step = state.steps["copay_enrollment"]
    assert (step.phase, step.skipped_why) == (
        "skipped",
        "Copay help is not allowed with government coverage",
    )
    risk = risk_of(state, "R13")
    assert risk is not None
    assert risk.by.date().isoformat() == "2027-01-01"
