"""10. Wrong NPI: the core's part is the way back to the practice, and who is told again."""

from journeys.core.effects import CallHandler
from journeys.core.visibility import visible_step
from tests.journeys.core.scenarios.told import Journey, accepted, tells

SENT = Journey("2026-03-02 09:00", accepted("2026-03-02")[0])
RETURNED = tells(
    "hub",
    "2026-03-02 11:00",
    "intake_review",
    "returned",
    reason="missing_npi",
    facts={"corrections": [{"field": "D4", "sentence": "This NPI is another Dr. Smith's."}]},
)
CORRECTED = tells("practice", "2026-03-02 15:00", "missing_information", "provided")


def test_the_hub_returns_it_at_the_very_field() -> None:
    journey = Journey("2026-03-02 09:00", *SENT.events)
    (call,) = [
        each
        for each in journey.follows(RETURNED, "2026-03-02 11:00")
        if isinstance(each, CallHandler)
    ]
    assert (call.name, call.data["reason"]) == ("return_for_correction", "missing_npi")
    state = journey.learns(RETURNED).stands("2026-03-02 11:00")
    assert (state.next_owner, state.current[0]) == ("practice", "missing_information")
    assert state.facts["corrections"].value == RETURNED.facts["corrections"]


def test_the_correction_gives_it_back_to_the_hub_with_a_fresh_clock() -> None:
    state = Journey("2026-03-02 09:00", *SENT.events, RETURNED, CORRECTED).stands(
        "2026-03-02 15:01"
    )
    assert state.next_owner == "hub"
    assert state.due_at is not None
    assert state.due_at > CORRECTED.occurred_at


def test_the_vendor_does_not_learn_what_was_wrong() -> None:
    journey = Journey("2026-03-02 09:00", *SENT.events, RETURNED)
    state = journey.stands("2026-03-02 11:00")
    seen = visible_step(journey.graph, state.steps["intake_review"], "vendor")
    assert (seen.reason, seen.reason_label) == (None, "")
    assert not any("Smith" in str(entry) for entry in journey.story("vendor", "2026-03-02 11:00"))


def test_the_same_correction_asked_for_twice_is_told_as_a_risk() -> None:
    again = tells("hub", "2026-03-02 16:00", "intake_review", "returned", reason="missing_npi")
    state = Journey("2026-03-02 09:00", *SENT.events, RETURNED, CORRECTED, again).stands(
        "2026-03-02 16:01"
    )
    assert "R5" in {risk.rule for risk in state.risks}
