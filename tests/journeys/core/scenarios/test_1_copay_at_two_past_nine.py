"""1. Copay approved 9:02, pharmacy learns 9:02."""

from datetime import timedelta

from journeys.core.effects import Send
from journeys.core.visibility import visible_facts
from tests.journeys.core.scenarios.told import (
    Journey,
    accepted,
    ended_by,
    opened_by,
    risk_of,
    tells,
    verified,
    work_of,
)

CARD = {
    "copay_bin": "610524",
    "copay_pcn": "CPR",
    "copay_group": "EC1",
    "copay_member_id": "0044170022",
}


def waiting() -> Journey:
    """Accepted by the pharmacy; only copay help is missing."""
    return Journey(
        "2026-03-02 09:00",
        *accepted("2026-03-02"),
        verified("2026-03-02", needs_authorization=False, out_of_pocket_estimate="900"),
        tells("pharmacy", "2026-03-02 15:00", "pharmacy_triage", "accepted"),
    )


APPROVED = tells("vendor", "2026-03-03 09:02", "copay_enrollment", "enrolled", facts=CARD)


def test_practice_hub_and_pharmacy_read_it_at_two_past_nine() -> None:
    journey = waiting().learns(APPROVED)
    for role in ("practice", "hub", "pharmacy"):
        told = journey.story(role, "2026-03-03 09:02")[0]
        assert told.what == "Copay enrollment: enrolled"
        assert told.learnt_late_by is None


def test_the_claim_appears_for_the_pharmacy_with_the_card() -> None:
    journey = waiting()
    assert work_of(journey.stands("2026-03-03 09:01"), "pharmacy") == []
    opened = opened_by(journey, APPROVED, "2026-03-03 09:02")
    assert [(each.owner, each.action) for each in opened] == [
        ("pharmacy", "Check the prescription and run the claim")
    ]
    ended = ended_by(journey, APPROVED, "2026-03-03 09:02")
    assert [each.owner for each in ended] == ["vendor"]
    sent = journey.follows(APPROVED, "2026-03-03 09:02")
    assert [each.kind for each in sent if isinstance(each, Send)] == ["copay_card"]
    state = journey.learns(APPROVED).stands("2026-03-03 09:02")
    known = {fact.name: fact.value for fact in visible_facts(state, "pharmacy")}
    assert CARD.items() <= known.items()


def test_the_risk_that_the_patient_decides_over_the_cost_closes() -> None:
    journey = waiting()
    assert risk_of(journey.stands("2026-03-03 09:01"), "R6") is not None
    assert risk_of(journey.learns(APPROVED).stands("2026-03-03 09:02"), "R6") is None


def test_in_a_batch_at_eleven_at_night_the_lag_is_counted_against_the_vendor() -> None:
    late = tells(
        "vendor",
        "2026-03-03 09:02",
        "copay_enrollment",
        "enrolled",
        facts=CARD,
        learnt="2026-03-03 23:00",
    )
    told = waiting().learns(late).story("hub", "2026-03-03 23:00")[0]
    assert told.occurred_at == APPROVED.occurred_at
    assert told.learnt_late_by == timedelta(hours=13, minutes=58)


def test_the_same_event_again_changes_nothing() -> None:
    journey = waiting().learns(APPROVED)
    again = journey.stands("2026-03-03 09:03", [*journey.events, APPROVED])
    assert again == journey.stands("2026-03-03 09:03")
    assert journey.follows(APPROVED, "2026-03-03 09:03") == []
