"""7. Refill missed because of a side effect."""

import pytest

from journeys.core.supply import gaps, proportion_covered
from journeys.core.timeline import timeline
from tests.journeys.core.scenarios.told import (
    Journey,
    accepted,
    at,
    authorized,
    on,
    risk_of,
    tells,
    verified,
    work_of,
)

DAY_0 = "2026-04-06"


def day(number: int, hour: str = "12:00") -> str:
    return on(DAY_0, hour, plus=number)


def shipped() -> Journey:
    """Delivered on day 0 with four weeks of medicine."""
    return Journey(
        "2026-03-23 09:00",
        *accepted("2026-03-23"),
        verified("2026-03-23"),
        tells("vendor", "2026-03-23 11:05", "copay_enrollment", "enrolled"),
        tells("practice", "2026-03-23 12:00", "prior_authorization", "submitted"),
        authorized("2026-03-26 12:00"),
        tells("pharmacy", "2026-03-26 13:00", "pharmacy_triage", "accepted"),
        tells("pharmacy", "2026-03-30 12:00", "pharmacy_intake", "paid"),
        tells(
            "pharmacy",
            day(0, "11:00"),
            "delivery",
            "delivered",
            facts={"days_supply": 28, "delivered_on": DAY_0, "lot_number": "L-77"},
        ),
        tells("hub", day(1), "first_dose", "confirmed"),
    )


NO_ANSWER = tells("pharmacy", day(19), "refill", "attempting_contact_1")
# "Rash after last shot, stopped": the patient's text at 16:40, and who read it opened a report.
CAPTURED = tells(
    "hub", day(21, "16:40"), "adverse_event", "captured", reason="side_effect", note="rash"
)
STOPPED = tells("hub", day(21, "16:41"), "refill", "on_hold", reason="side_effect")


def held() -> Journey:
    return shipped().learns(NO_ANSWER, CAPTURED, STOPPED)


def test_the_report_must_reach_the_safety_desk_within_a_business_day_of_the_text() -> None:
    step = held().stands(day(21, "17:00")).steps["adverse_event"]
    assert (step.acts, step.opened_at) == ("hub", at(day(21, "16:40")))
    assert step.due_at == at(day(22, "16:40"))
    late = held().stands(day(22, "16:41"))
    assert "adverse_event" in {risk.step for risk in late.risks if risk.rule == "R1"}


def test_the_refill_is_on_hold_for_the_side_effect_and_not_lost() -> None:
    for when in (day(21, "17:00"), day(30), day(45)):
        step = held().stands(when).steps["refill"]
        assert (step.status, step.reason) == ("on_hold", "side_effect")
        assert (step.acts, step.action) == ("practice", "Decide whether the therapy goes on")
    assert held().stands(day(45)).is_open


def test_nobody_is_asked_to_call_the_patient_about_the_refill() -> None:
    assert work_of(held().stands(day(22)), "pharmacy") == []


def test_the_open_side_effect_is_a_risk_until_it_is_closed() -> None:
    assert risk_of(held().stands(day(21, "17:00")), "R9") is not None


def test_safety_acknowledges_and_reconciles() -> None:
    journey = held().learns(
        tells("hub", day(22, "09:00"), "adverse_event", "forwarded"),
        tells("hub", day(22, "15:00"), "adverse_event", "acknowledged"),
    )
    step = journey.stands(day(23)).steps["adverse_event"]
    assert (step.status, step.action) == (
        "acknowledged",
        "Reconcile the report with the safety desk",
    )
    journey.learns(tells("hub", day(40), "adverse_event", "reconciled"))
    assert journey.phase("adverse_event", day(41)) == "done"


def resumed() -> Journey:
    return held().learns(
        tells("hub", day(30), "adverse_event", "reconciled"),
        tells("practice", day(35, "09:00"), "refill", "resumed"),
        tells(
            "pharmacy",
            day(35, "15:00"),
            "refill",
            "shipped",
            facts={"fill_number": 1, "days_supply": 28, "ship_on": day(35)[:10]},
        ),
    )


def test_when_the_prescriber_resumes_on_day_35_a_gap_of_seven_days_is_recorded() -> None:
    state = resumed().stands(day(36))
    assert [length for _, length in gaps(state.supply)] == [7]
    assert state.steps["refill"].status == "not_due"


def test_the_days_covered_leave_the_gap_out() -> None:
    supply = resumed().stands(day(63)).supply
    covered = proportion_covered(supply, until=at(day(63)).date())
    assert covered == pytest.approx(56 / 63)


def test_neither_the_vendor_nor_the_manufacturer_reads_anything_of_it() -> None:
    journey = held()
    state = journey.stands(day(22))
    for viewer in ("vendor", "manufacturer"):
        told = timeline(journey.graph, journey.events, state, viewer)
        assert not any("rash" in entry.note or "dverse" in entry.what for entry in told)
        assert not any("side effect" in entry.what for entry in told)
    assert "dverse" not in state.headline
