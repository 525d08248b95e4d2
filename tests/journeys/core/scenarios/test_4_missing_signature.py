"""4. Missing signature: the patient left before signing."""

from tests.journeys.core.scenarios.told import Journey, accepted, tells, verified, work_of


def unsigned() -> Journey:
    """Sent at 15:00 with the patient's signature still to come; the hub works under its
    agreement with the practice.
    """
    return Journey(
        "2026-03-02 09:00",
        *accepted("2026-03-02", patient_signed=False),
        verified("2026-03-02"),
    )


def test_benefits_and_prior_authorization_go_on() -> None:
    state = unsigned().stands("2026-03-02 15:00")
    assert state.steps["benefit_verification"].phase == "done"
    assert state.steps["prior_authorization"].phase == "now"


def test_what_the_manufacturer_pays_for_waits_for_the_signature() -> None:
    step = unsigned().stands("2026-03-02 11:10").steps["copay_enrollment"]
    assert (step.phase, step.blocked_why) == ("blocked", "Waits for the patient's authorization")
    assert (step.acts, step.action) == ("practice", "Ask the patient to sign")


def test_asking_the_patient_is_one_thing_to_do() -> None:
    state = unsigned().stands("2026-03-02 11:10")
    asked = [action.step for action in state.actions if "sign" in action.action]
    assert asked == ["patient_authorization"]


def test_signing_on_the_phone_at_21_14_lets_it_go_on_at_21_14() -> None:
    journey = unsigned()
    signed = tells("practice", "2026-03-02 21:14", facts={"patient_signed": True})
    assert work_of(journey.stands("2026-03-02 21:13"), "vendor") == []
    state = journey.learns(signed).stands("2026-03-02 21:14")
    assert [action.step for action in work_of(state, "vendor")] == ["copay_enrollment"]
    assert "Ask the patient to sign" not in {action.action for action in state.actions}


def test_until_it_is_submitted_the_practice_asks_the_patient_and_is_reminded() -> None:
    draft = tells(
        "practice", "2026-03-02 09:00", "enrollment_submitted", "awaiting_patient_signature"
    )
    state = Journey("2026-03-02 09:00", draft).stands("2026-03-02 12:00")
    assert (state.next_owner, state.actions[0].action) == ("practice", "Ask the patient to sign")
    assert state.steps["enrollment_submitted"].phase == "waiting"


def test_a_missing_signature_of_the_prescriber_is_another_thing() -> None:
    draft = tells(
        "practice", "2026-03-02 09:00", "enrollment_submitted", "awaiting_prescriber_signature"
    )
    state = Journey("2026-03-02 09:00", draft).stands("2026-03-02 12:00")
    assert state.steps["enrollment_submitted"].phase == "now"
    assert state.steps["intake_review"].phase == "ahead"


def test_withdrawing_the_consent_later_ends_everything_now() -> None:
    withdrawn = tells(
        "practice",
        "2026-03-04 09:00",
        "discontinuation",
        "consent_withdrawn",
        reason="consent_withdrawn",
    )
    state = unsigned().learns(withdrawn).stands("2026-03-04 09:00")
    assert (state.is_open, state.actions) == (False, ())
