"""6. Denial, appeal, overturned while bridge supply runs."""

import pytest

from journeys.core.supply import gaps
from tests.journeys.core.scenarios.told import Journey, accepted, on, tells, verified

DAY_0 = "2026-03-02"
STEP = "prior_authorization_determination"
BRIDGE_FILLS = [
    tells(
        "hub",
        on(DAY_0, plus=day),
        "bridge",
        "shipped",
        facts={
            "bridge_fill_number": number,
            "days_supply": 30,
            "ship_on": on(DAY_0, plus=day)[:10],
        },
    )
    for number, day in ((1, 8), (2, 25))
]


def day(number: int, hour: str = "12:00") -> str:
    return on(DAY_0, hour, plus=number)


def submitted() -> Journey:
    return Journey(
        f"{DAY_0} 09:00",
        *accepted(DAY_0),
        verified(DAY_0),
        tells("vendor", day(0, "11:05"), "copay_enrollment", "enrolled"),
        tells("practice", day(0), "prior_authorization", "submitted"),
    )


def denied(reason: str = "step_therapy") -> Journey:
    told = tells("hub", day(9), STEP, "denied", reason=reason)
    return submitted().learns(BRIDGE_FILLS[0], told)


def test_after_five_business_days_without_a_ruling_the_bridge_is_open() -> None:
    assert submitted().phase("bridge", day(6)) == "ahead"
    step = submitted().stands(day(7, "12:01")).steps["bridge"]
    assert (step.phase, step.acts) == ("now", "hub")


def test_the_denial_gives_the_practice_an_appeal_with_its_dates() -> None:
    state = denied().stands(day(9, "13:00"))
    step = state.steps["appeal"]
    assert (step.phase, step.acts, step.action) == ("now", "practice", "Decide whether to appeal")
    assert step.due_at is not None
    assert step.due_at.date().isoformat() == "2026-03-18"
    # By law 180 days from the denial: September 7; two weeks earlier it is at risk.
    assert any(r.rule == "R7" for r in denied().stands("2026-08-25 12:00").risks)


def test_without_an_appeal_within_90_days_the_bridge_ends() -> None:
    assert denied().phase("bridge", day(34)) in ("now", "at_risk")
    step = denied().stands(day(100)).steps["bridge"]
    assert step.phase == "done"
    assert "bridge" not in denied().stands(day(100)).current


def appealed() -> Journey:
    return denied().learns(
        tells("practice", day(12), "appeal", "submitted"),
        BRIDGE_FILLS[1],
        tells("hub", day(31), "appeal", "upheld"),
        tells("practice", day(33), "appeal", "second_level"),
        tells("practice", day(34), "appeal", "peer_to_peer"),
    )


def won() -> Journey:
    facts = {
        "authorization_number": "A-44",
        "authorization_starts_on": day(44)[:10],
        "authorization_ends_on": "2027-04-14",
    }
    return appealed().learns(tells("hub", day(44), "appeal", "overturned", facts=facts))


def test_on_day_44_the_authorization_counts_from_day_44() -> None:
    state = won().stands(day(44, "12:01"))
    assert state.steps[STEP].status == "approved"
    assert state.facts["authorization_starts_on"].value == "2026-04-15"
    assert state.steps["pharmacy_triage"].phase == "now"


def commercial() -> Journey:
    return won().learns(
        tells("pharmacy", day(45), "pharmacy_triage", "accepted"),
        tells("pharmacy", day(46), "pharmacy_intake", "paid"),
        tells("pharmacy", day(47), "delivery", "scheduled"),
    )


def test_the_bridge_stops_after_the_plans_own_fill_is_scheduled() -> None:
    third = tells("hub", day(46, "15:00"), "bridge", "requested", facts={"bridge_fill_number": 3})
    asked_again = won().learns(third)
    assert "bridge" not in asked_again.stands(day(46, "16:00")).current
    state = commercial().stands(day(47, "13:00"))
    assert "bridge" not in state.current
    assert state.steps["delivery"].status == "scheduled"


def test_nothing_of_the_bridge_is_claimed() -> None:
    journey = appealed()
    for moment in (day(8, "13:00"), day(26), day(40)):
        assert journey.stands(moment).steps["pharmacy_intake"].status is None


def test_the_refill_clock_runs_on_across_bridge_and_plan() -> None:
    delivered = tells(
        "pharmacy",
        day(49),
        "delivery",
        "delivered",
        facts={"days_supply": 30, "delivered_on": day(49)[:10]},
    )
    state = commercial().learns(delivered).stands(day(50))
    assert [(fill.step, fill.days) for fill in state.supply] == [
        ("bridge", 30),
        ("bridge", 30),
        ("delivery", 30),
    ]
    assert gaps(state.supply) == []
    assert state.conflicts == ()
    # 90 days from day 8, five days before which the next one must be on its way.
    assert state.steps["refill"].due_at is not None
    assert state.steps["refill"].due_at.date().isoformat() == day(93)[:10]


def test_both_lanes_are_told() -> None:
    told = [entry.step for entry in commercial().story("practice", day(47, "13:00"))]
    assert {"bridge", "appeal", "delivery"} <= set(told)


@pytest.mark.parametrize("when", [day(9, "13:00"), day(20)])
def test_when_information_was_missing_there_is_no_bridge_but_the_request_again(when: str) -> None:
    told = tells("hub", day(3), STEP, "denied", reason="missing_information")
    journey = submitted().learns(told)
    state = journey.stands(when)
    assert state.steps["bridge"].phase == "ahead"
    assert state.steps["appeal"].phase == "ahead"
    assert state.next_owner == "practice"
    assert state.actions[0].action == "Send the request again with what was missing"
