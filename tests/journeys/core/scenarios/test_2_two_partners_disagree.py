"""2. Two partners disagree on the prior authorization's status."""

from datetime import timedelta

from tests.journeys.core.scenarios.told import (
    Journey,
    accepted,
    at,
    authorized,
    opened_by,
    risk_of,
    tells,
    verified,
    work_of,
)

STEP = "prior_authorization_determination"
APPROVED = authorized("2026-03-05 09:30")
DENIED = tells("pharmacy", "2026-03-05 10:00", STEP, "denied", reason="step_therapy")


def asked(coverage: str | None = None) -> Journey:
    """The request is with the payer, copay help in place."""
    start, review = accepted("2026-03-02")
    return Journey(
        "2026-03-02 09:00",
        tells(
            "practice",
            "2026-03-02 09:00",
            "enrollment_submitted",
            "submitted",
            facts=start.facts,
            coverage_id=coverage,
        ),
        review,
        verified("2026-03-02"),
        tells("vendor", "2026-03-02 11:05", "copay_enrollment", "enrolled"),
        tells("practice", "2026-03-03 09:00", "prior_authorization", "submitted"),
    )


def test_neither_wins_in_silence_and_both_are_shown_with_their_evidence() -> None:
    for order in ([DENIED, APPROVED], [APPROVED, DENIED]):
        journey = asked().learns(*order)
        entry = next(e for e in journey.story("hub", "2026-03-05 10:01") if e.kind == "conflict")
        assert [(c.who, c.what, c.backed) for c in entry.columns] == [
            ("Northstar Access", "approved", True),
            ("Crescent Specialty Pharmacy", "denied (step therapy comes first)", False),
        ]
        assert journey.phase("pharmacy_triage", "2026-03-05 10:01") == "blocked"


def test_number_and_dates_propose_the_approval_and_the_hub_has_to_confirm() -> None:
    state = asked().learns(DENIED, APPROVED).stands("2026-03-05 10:01")
    (conflict,) = state.conflicts
    assert conflict.proposed == APPROVED.ref
    assert conflict.chosen is None
    assert work_of(state, "hub")[0].action.startswith("Settle")


def test_the_age_of_the_conflict_is_told() -> None:
    state = asked().learns(DENIED, APPROVED).stands("2026-03-05 13:00")
    (conflict,) = state.conflicts
    assert conflict.age(at("2026-03-05 13:00")) == timedelta(hours=3)
    assert risk_of(state, "R8") is not None


def test_once_confirmed_the_referral_goes_on_and_both_sides_stay_in_the_record() -> None:
    journey = asked().learns(DENIED, APPROVED)
    confirmed = tells(
        "hub",
        "2026-03-05 11:00",
        kind="conflict_settled",
        conflict=f"status:{STEP}",
        chosen=APPROVED.ref,
        weighed=(APPROVED.ref, DENIED.ref),
    )
    opened = opened_by(journey, confirmed, "2026-03-05 11:00")
    assert [(each.owner, each.step) for each in opened] == [("hub", "pharmacy_triage")]
    state = journey.learns(confirmed).stands("2026-03-05 11:00")
    (conflict,) = state.conflicts
    assert not conflict.open
    assert len(conflict.claims) == 2
    assert conflict.age(at("2026-03-09 09:00")) == timedelta(hours=1)


def test_a_source_that_corrects_itself_ends_the_conflict() -> None:
    corrected = tells("pharmacy", "2026-03-05 12:00", STEP, "approved")
    state = asked().learns(DENIED, APPROVED, corrected).stands("2026-03-05 12:01")
    assert state.conflicts == ()
    assert state.steps[STEP].phase == "done"


def test_the_plan_changed_overnight_and_both_are_true_for_different_coverages() -> None:
    denied = tells(
        "pharmacy", "2026-03-05 10:00", STEP, "denied", coverage_id="plan-b", reason="step_therapy"
    )
    journey = asked("plan-a").learns(APPROVED, denied)
    state = journey.stands("2026-03-05 10:01")
    assert state.conflicts == ()
    assert state.steps[STEP].status == "approved"
    risk = risk_of(state, "R8")
    assert risk is not None
    assert risk.why == "Crescent Specialty Pharmacy speaks of another coverage than the others"
    changed = tells("hub", "2026-03-05 11:00", kind="coverage_changed", coverage_id="plan-b")
    after = journey.learns(changed).stands("2026-03-05 11:01")
    assert after.steps["benefit_verification"].phase == "now"
    assert after.steps[STEP].status == "denied"
    assert "authorization_number" not in after.facts
