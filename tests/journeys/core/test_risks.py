"""Trouble shows at the earliest knowable moment: why, who and by when; and ends by itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.graph import Clock, Graph, Thresholds
from journeys.core.state import JourneyState, Party, Risk
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import (
    AUTHORIZED,
    MONDAY,
    PARTIES,
    SELF_INJECTED,
    at,
    fact,
    happy_path,
    quick,
    said,
    stand,
    streams,
)

DAY = 24.0
DETERMINATION = "prior_authorization_determination"
DELIVERED = said(
    "pharmacy",
    "delivery",
    "delivered",
    96,
    facts={"delivered_on": "2026-03-06", "days_supply": 28},
)
ON_THERAPY = [*happy_path(8), DELIVERED, happy_path()[-1]]


def found(state: JourneyState, rule: str) -> list[Risk]:
    return [risk for risk in state.risks if risk.rule == rule]


def one(state: JourneyState, rule: str) -> Risk:
    (risk,) = found(state, rule)
    assert risk.why
    assert risk.who
    assert risk.by.tzinfo is not None
    return risk


def test_r1_a_step_past_due() -> None:
    risk = one(stand(happy_path(1), now=6), "R1")
    assert (risk.step, risk.who) == ("intake_review", "hub")
    assert found(stand(happy_path(2), now=6), "R1") == []


RETURNED = [*happy_path(1), said("hub", "intake_review", "returned", 1, reason="missing_npi")]


def test_r1_a_returned_form_is_not_overdue_at_the_hub() -> None:
    # Friday: the hub's four hours are long over, and so are the practice's two days.
    state = stand(RETURNED, now=96)
    assert state.steps["intake_review"].due_at is None
    risk = one(state, "R1")
    assert (risk.step, risk.who) == ("missing_information", "practice")
    assert found(stand(RETURNED, now=24), "R1") == []


def test_r1_the_hub_has_its_whole_time_again_once_it_is_answered() -> None:
    answered = said("practice", "missing_information", "provided", 49)
    due_at = stand([*RETURNED, answered], now=50).steps["intake_review"].due_at
    assert due_at == at(53)
    assert found(stand([*RETURNED, answered], now=52), "R1") == []
    assert one(stand([*RETURNED, answered], now=54), "R1").who == "hub"


def test_r2_silence_and_any_touch_ends_it() -> None:
    quiet = stand(happy_path(5), now=97)
    assert one(quiet, "R2").why == "Nothing was heard since Tue, Mar 3, 9:00 am ET"
    called = said("hub", DETERMINATION, None, 96, kind="follow_up")
    assert found(stand([*happy_path(5), called], now=97), "R2") == []


def test_r2_is_silent_while_only_a_refill_is_ahead() -> None:
    assert found(stand(ON_THERAPY, now=20 * DAY), "R2") == []


def test_r3_what_is_left_takes_longer_than_until_the_start() -> None:
    soon = fact("practice", 0.5, start_by_on="2026-03-10")
    later = fact("practice", 0.5, start_by_on="2026-06-30")
    risk = one(stand([*happy_path(3), soon], now=6), "R3")
    assert risk.why.endswith("the start on Tue, Mar 10, 2026")
    assert found(stand([*happy_path(3), later], now=6), "R3") == []


def test_r3_fires_without_any_event_when_a_step_drags_on() -> None:
    started = fact("practice", 0.5, start_by_on="2026-04-10")
    story = [*happy_path(2), started]
    hours = [h for h in range(3, 24 * 30, 24) if found(stand(story, now=h), "R3")]
    assert hours[0] > 3
    assert hours == list(range(hours[0], 24 * 30, 24))
    # Every moment before it, the state says when to look again, and never too late.
    for hour in (3, hours[0] - 24):
        state = stand(story, now=hour)
        assert state.wakes_at is not None
        assert state.wakes_at <= at(hours[0])


DUAL = GRAPHS["dual_iv_to_sc"]


def test_r3_counts_only_what_comes_before_the_first_infusion() -> None:
    # The starting infusions and the injections after them take another two months or so.
    wanted = fact("practice", 0.5, start_by_on="2026-05-15")
    assert found(stand([*happy_path(3), wanted], now=6, graph=DUAL), "R3") == []
    soon = fact("practice", 0.5, start_by_on="2026-03-06")
    assert one(stand([*happy_path(3), soon], now=6, graph=DUAL), "R3").why.endswith("Mar 6, 2026")


def test_r3_ends_with_the_first_infusion() -> None:
    soon = fact("practice", 0.5, start_by_on="2026-03-06")
    sited = said("practice", "site_of_care", "scheduled", 40)
    ready = [*happy_path(9), sited, soon]
    begun = said("practice", "infusion_course", "first_given", 100)
    assert found(stand(ready, now=104, graph=DUAL), "R3")
    assert found(stand([*ready, begun], now=104, graph=DUAL), "R3") == []


def test_r4_three_failed_contacts() -> None:
    twice = said("pharmacy", "delivery", "attempting_contact_2", 74)
    thrice = said("pharmacy", "delivery", "attempting_contact_3", 75)
    assert found(stand([*happy_path(8), twice], now=76), "R4") == []
    assert one(stand([*happy_path(8), thrice], now=76), "R4").who == "pharmacy"
    scheduled = said("pharmacy", "delivery", "scheduled", 76)
    assert found(stand([*happy_path(8), thrice, scheduled], now=77), "R4") == []


def test_r5_the_same_step_sent_back_twice() -> None:
    story = [
        *happy_path(1),
        said("hub", "intake_review", "returned", 1),
        said("practice", "missing_information", "provided", 2),
        said("hub", "intake_review", "returned", 3),
    ]
    assert found(stand(story[:3], now=4), "R5") == []
    assert one(stand(story, now=4), "R5").why == "Intake review was sent back 2 times"
    accepted = said("hub", "intake_review", "accepted", 5)
    assert found(stand([*story, accepted], now=6), "R5") == []


def test_r6_a_high_cost_until_help_is_in_place() -> None:
    costly = fact("hub", 5, out_of_pocket_estimate="1,240.50")
    risk = one(stand([*happy_path(3), costly], now=5.5), "R6")
    assert risk.why == "The patient would pay $1,240.50, and no help with the cost is in place"
    assert found(stand([*happy_path(4), costly], now=6.5), "R6") == []
    cheap = fact("hub", 5, out_of_pocket_estimate="250")
    assert found(stand([*happy_path(3), cheap], now=5.5), "R6") == []


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("authorization_ends_on", "practice"),
        ("consent_ends_on", "hub"),
        ("prescription_ends_on", "practice"),
        ("rems_authorized_until_on", "practice"),
        ("assistance_ends_on", "hub"),
    ],
)
def test_r7_something_ends_before_the_next_dose(name: str, who: str) -> None:
    story = [event for event in ON_THERAPY if event.status != "approved"]
    story.append(replace(happy_path()[5], facts={}))
    # The medicine lasts until April 3; two weeks of lead make it April 17.
    ending = fact("hub", 130, **{name: "2026-04-16"})
    lasting = fact("hub", 130, **{name: "2026-09-30"})
    risk = one(stand([*story, ending], now=8 * DAY), "R7")
    assert risk.who == who
    assert risk.why.endswith("ends Thu, Apr 16, 2026")
    assert found(stand([*story, lasting], now=8 * DAY), "R7") == []
    state = stand([*story, lasting], now=30 * DAY)
    assert found(stand([*story, lasting], now=211 * DAY), "R7")
    assert state.wakes_at is not None


def test_r7_the_last_days_to_appeal() -> None:
    denied = said(
        "hub",
        DETERMINATION,
        "denied",
        50,
        reason="step_therapy",
        facts={"appeal_by_on": "2026-04-30"},
    )
    story = [*happy_path(5), denied]
    assert found(stand(story, now=40 * DAY), "R7") == []
    assert one(stand(story, now=46 * DAY), "R7").step == "appeal"
    sent = said("practice", "appeal", "submitted", 45 * DAY)
    assert found(stand([*story, sent], now=46 * DAY), "R7") == []


def test_the_law_gives_the_last_day_to_appeal_when_the_payer_does_not() -> None:
    denied = said("hub", DETERMINATION, "denied", 50, reason="step_therapy")
    # 180 days from Wednesday, March 4.
    assert found(stand([*happy_path(5), denied], now=165 * DAY), "R7") == []
    risk = one(stand([*happy_path(5), denied], now=170 * DAY), "R7")
    assert risk.why == "The last day to appeal is Mon, Aug 31, 2026"


def test_r8_partners_disagree_until_a_person_settles_it() -> None:
    approved = said("hub", DETERMINATION, "approved", 49.5, facts=AUTHORIZED)
    denied = said("pharmacy", DETERMINATION, "denied", 50)
    state = stand([*happy_path(5), approved, denied], now=51)
    assert one(state, "R8").who == "hub"


def test_r8_a_partner_speaks_of_another_coverage() -> None:
    start = replace(happy_path(1)[0], coverage_id="old")
    denied = said("pharmacy", DETERMINATION, "denied", 50, coverage_id="new")
    state = stand([start, *happy_path(6)[1:], denied], now=51)
    risk = one(state, "R8")
    assert risk.why == "Crescent Specialty Pharmacy speaks of another coverage than the others"
    assert state.conflicts == ()
    assert state.elsewhere == (denied.ref,)
    changed = said("hub", None, None, 52, kind="coverage_changed", coverage_id="new")
    assert found(stand([start, *happy_path(6)[1:], denied, changed], now=53), "R8") == []


def test_r9_an_open_side_effect() -> None:
    captured = said("pharmacy", "adverse_event", "captured", 130)
    assert one(stand([*ON_THERAPY, captured], now=131), "R9").who == "hub"
    done = said("hub", "adverse_event", "reconciled", 140)
    assert found(stand([*ON_THERAPY, captured, done], now=141), "R9") == []


def test_r10_five_days_on_hand_and_nothing_scheduled() -> None:
    assert found(stand(ON_THERAPY, now=26 * DAY), "R10") == []
    risk = one(stand(ON_THERAPY, now=27.5 * DAY), "R10")
    assert risk.why == ("The medicine runs out Fri, Apr 3, 2026, and no shipment is scheduled")
    scheduled = said("pharmacy", "refill", "scheduled", 27 * DAY)
    assert found(stand([*ON_THERAPY, scheduled], now=27.5 * DAY), "R10") == []


def test_r11_nobody_has_the_part() -> None:
    people = {role: party for role, party in PARTIES.items() if role != "pharmacy"}
    state = evaluate(SELF_INJECTED, happy_path(7), started_at=MONDAY, now=at(60), parties=people)
    risk = one(state, "R11")
    assert (risk.step, risk.who) == ("pharmacy_intake", "hub")
    assert found(stand(happy_path(7), now=60), "R11") == []


def test_r11_an_organization_that_no_longer_takes_part_is_stood_in_for() -> None:
    gone = Party("pharmacy", "Crescent Specialty Pharmacy", active=False)
    people = {**PARTIES, "pharmacy": gone}
    state = evaluate(SELF_INJECTED, happy_path(7), started_at=MONDAY, now=at(60), parties=people)
    assert state.next_owner == "hub"
    assert "no longer takes part" in one(state, "R11").why


def test_r11_an_organization_where_nobody_is_left_keeps_its_work_and_another_is_told() -> None:
    empty = Party("pharmacy", "Crescent Specialty Pharmacy", unstaffed_since=at(50))
    people = {**PARTIES, "pharmacy": empty}
    state = evaluate(SELF_INJECTED, happy_path(7), started_at=MONDAY, now=at(60), parties=people)
    risk = one(state, "R11")
    assert (state.next_owner, risk.who, risk.since) == (
        "pharmacy",
        "hub",
        max(at(50), state.steps["pharmacy_intake"].since or at(0)),
    )
    assert "nobody of Crescent Specialty Pharmacy can sign in" in risk.why


def test_r12_a_feed_beyond_its_heartbeat() -> None:
    hub = Party("hub", "Northstar Access", heard_at=at(0), heartbeat=Clock(4, "hours"))
    people = {**PARTIES, "hub": hub}

    def state(hours: float) -> JourneyState:
        now = at(hours)
        return evaluate(SELF_INJECTED, happy_path(1), started_at=MONDAY, now=now, parties=people)

    assert found(state(3), "R12") == []
    assert one(state(5), "R12").why == (
        "Northstar Access has not reported anything since Mon, Mar 2, 9:00 am ET"
    )


def test_r13_copay_help_with_a_government_payer() -> None:
    corrected = fact("practice", 10, line_of_business="medicare")
    state = stand([*happy_path(4), corrected], now=11)
    risk = one(state, "R13")
    assert risk.who == "vendor"
    assert risk.by.date() == date(2026, 3, 2)
    ended = said("vendor", "copay_enrollment", "ended", 12)
    assert found(stand([*happy_path(4), corrected, ended], now=13), "R13") == []


def test_r14_two_enrollments_for_one_patient() -> None:
    twice = fact("system", 1, duplicate_of="TL-8KDW2MF")
    assert one(stand([*happy_path(1), twice], now=2), "R14").who == "hub"
    cleared = fact("system", 2, duplicate_of="")
    assert found(stand([*happy_path(1), twice, cleared], now=3), "R14") == []


def test_a_program_sets_its_own_thresholds() -> None:
    graph = replace(SELF_INJECTED, thresholds=Thresholds(out_of_pocket=2000))
    costly = fact("hub", 5, out_of_pocket_estimate="1240")
    assert found(stand([*happy_path(3), costly], now=5.5, graph=graph), "R6") == []


@quick
@given(streams())
def test_a_rule_opens_one_issue_for_a_step(events: list[Event]) -> None:
    risks = stand(events).risks
    keys = [(risk.rule, risk.step) for risk in risks]
    assert len(keys) == len(set(keys))
    assert all(risk.why and risk.since <= at(400) for risk in risks)


@quick
@given(streams(closing=False))
def test_nothing_but_time_changes_a_journey_before_it_wakes(events: list[Event]) -> None:
    state = stand([*events, DELIVERED], now=200)
    if state.wakes_at is None:
        return
    before = state.wakes_at - timedelta(seconds=1)
    later = evaluate(
        SELF_INJECTED, [*events, DELIVERED], started_at=MONDAY, now=before, parties=PARTIES
    )
    assert [(r.rule, r.step) for r in later.risks] == [(r.rule, r.step) for r in state.risks]
    assert {k: s.phase for k, s in later.steps.items()} == {
        k: s.phase for k, s in state.steps.items()
    }
    assert [(a.key, a.owner, a.due_at) for a in later.actions] == [
        (a.key, a.owner, a.due_at) for a in state.actions
    ]


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_every_template_has_its_thresholds(graph: Graph) -> None:
    assert graph.thresholds == Thresholds()
