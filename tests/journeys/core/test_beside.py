"""What stands beside the path: it opens by itself or by a report, comes again, and ends."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core import graph_json
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.state import JourneyState
from journeys.core.supply import gaps, proportion_covered
from journeys.core.templates import GRAPHS
from journeys.core.timeline import timeline
from journeys.core.tuning import tuned
from journeys.core.visibility import visible_actions, visible_risks
from journeys.core.worksheets import worksheet_of
from tests.journeys.core.story import (
    AUTHORIZED,
    SELF_INJECTED,
    fact,
    good_story,
    happy_path,
    phases,
    quick,
    said,
    settled,
    stand,
)

DAY = 24.0
DETERMINATION = "prior_authorization_determination"
# Delivered on Friday, March 6, for 28 days.
FIRST_FILL = said(
    "pharmacy",
    "delivery",
    "delivered",
    96,
    facts={"delivered_on": "2026-03-06", "days_supply": 28, "fill_number": 0},
)
ON_THERAPY = [*happy_path(8), FIRST_FILL, happy_path()[-1]]
PENDING = [
    replace(happy_path(1)[0], facts={**happy_path(1)[0].facts, "therapy_stage": "new"}),
    *happy_path(5)[1:],
]
DENIED = said("hub", DETERMINATION, "denied", 9 * DAY, reason="step_therapy")


def refill(status: str, day: float, source: str = "pharmacy", **facts: object) -> Event:
    return said(source, "refill", status, day * DAY, facts=facts)


def on_day(day: float, *more: Event, graph: Graph = SELF_INJECTED) -> JourneyState:
    return stand([*ON_THERAPY, *more], now=day * DAY, graph=graph)


def test_after_the_first_fill_the_pharmacy_has_the_next_one() -> None:
    state = on_day(8)
    step = state.steps["refill"]
    assert (step.phase, step.status, state.next_owner) == ("now", "not_due", "pharmacy")
    assert state.is_open
    # 28 days from March 6 is April 3; five days before that it must be on its way.
    assert state.due_at is not None
    assert state.due_at.date() == date(2026, 3, 29)


def test_the_clock_moves_a_refill_from_due_soon_to_a_gap() -> None:
    statuses = [on_day(day).steps["refill"].status for day in (10, 24, 36, 47)]
    assert statuses == ["not_due", "due_soon", "overdue", "gap"]
    assert on_day(47).next_owner == "practice"


def test_the_state_wakes_when_the_clock_moves_a_refill() -> None:
    state = on_day(10)
    assert state.wakes_at is not None
    assert stand(ON_THERAPY, now=22.9 * DAY).steps["refill"].status == "due_soon"
    assert state.wakes_at.date() == date(2026, 3, 24)


def test_each_shipped_fill_is_followed_by_the_next() -> None:
    shipped = refill("shipped", 25, fill_number=1, days_supply=28, ship_on="2026-03-27")
    state = on_day(26, refill("contacted", 20), shipped)
    step = state.steps["refill"]
    assert (step.status, step.opened_at) == ("not_due", shipped.occurred_at)
    # What is left of the first fill is used first: 56 days from March 6.
    assert [fill.days for fill in state.supply] == [28, 28]
    assert state.due_at is not None
    assert state.due_at.date() == date(2026, 4, 26)


def test_what_is_told_of_the_next_fill_replaces_what_was_told_of_the_last() -> None:
    told = refill("shipped", 25, fill_number=1, days_supply=90, ship_on="2026-03-27")
    hub = said("hub", "delivery", "shipped", 90, facts={"days_supply": 28})
    state = stand([*ON_THERAPY, hub, told], now=26 * DAY)
    assert state.conflicts == ()
    assert state.facts["days_supply"].value == 90


def test_another_partner_that_repeats_a_fill_starts_no_new_one() -> None:
    shipped = refill("shipped", 25, fill_number=1, days_supply=28)
    echo = refill("shipped", 26, source="hub")
    delivered = refill("delivered", 27)
    state = on_day(28, shipped, echo, delivered)
    assert len(state.supply) == 2


def test_a_fill_is_told_late_and_counts_where_it_belongs() -> None:
    second = refill("shipped", 53, fill_number=2, days_supply=28, ship_on="2026-04-24")
    first = refill("shipped", 25, fill_number=1, days_supply=28, ship_on="2026-03-27")
    assert on_day(54, second, first) == on_day(54, first, second)
    assert len(on_day(54, second, first).supply) == 3


def test_a_side_effect_holds_the_refill_and_is_reported_in_one_business_day() -> None:
    captured = said("hub", "adverse_event", "captured", 21 * DAY, reason="side_effect")
    state = on_day(21.1, captured)
    assert state.steps["refill"].status == "on_hold"
    assert state.steps["refill"].acts == "practice"
    event = state.steps["adverse_event"]
    assert (event.acts, event.phase) == ("hub", "now")
    assert event.due_at is not None
    assert event.due_at.date() == date(2026, 3, 24)
    assert "R9" in {risk.rule for risk in state.risks}


def test_the_refill_goes_on_when_somebody_says_so() -> None:
    captured = said("hub", "adverse_event", "captured", 21 * DAY, reason="side_effect")
    resumed = said("practice", "refill", "resumed", 30 * DAY)
    step = on_day(30.1, captured, resumed).steps["refill"]
    assert (step.status, step.acts) == ("resumed", "pharmacy")


def test_a_side_effect_blocks_nothing_on_the_path() -> None:
    captured = said("pharmacy", "adverse_event", "captured", 60)
    with_it = phases(stand([*happy_path(7), captured], now=61))
    without = phases(stand(happy_path(7), now=61))
    path = [step.key for step in SELF_INJECTED.path]
    assert [with_it[key] for key in path] == [without[key] for key in path]


def test_each_side_effect_has_its_own_report() -> None:
    one = said("hub", "adverse_event", "captured", 500, facts={"safety_report_number": "S1"})
    two = said("hub", "adverse_event", "captured", 510, facts={"safety_report_number": "S2"})
    over = said("hub", "adverse_event", "reconciled", 520, facts={"safety_report_number": "S1"})
    state = on_day(22, one, two, over)
    assert state.steps["adverse_event"].number == "S2"
    assert state.steps["adverse_event"].status == "captured"


def test_the_vendor_never_knows_of_a_side_effect() -> None:
    captured = said("hub", "adverse_event", "captured", 500, note="rash")
    state = on_day(22, captured)
    told = timeline(SELF_INJECTED, [*ON_THERAPY, captured], state, "vendor")
    assert not any("dverse" in entry.what or "rash" in entry.note for entry in told)
    assert not any("dverse" in words for entry in told for words in entry.set_in_motion)
    steps = {action.step for action in visible_actions(SELF_INJECTED, state, "vendor")}
    assert "adverse_event" not in steps
    assert "adverse_event" in {one.step for one in visible_actions(SELF_INJECTED, state, "hub")}
    seen = {risk.step for risk in visible_risks(SELF_INJECTED, state, "vendor")}
    assert "adverse_event" not in seen
    assert "dverse" not in state.headline
    assert state.lead is not None
    assert state.lead.key == "refill"


def test_when_only_a_side_effect_is_open_the_headline_does_not_tell_it() -> None:
    captured = said("hub", "adverse_event", "captured", 130)
    state = stand([*happy_path(), captured], now=131)
    assert state.is_open
    assert state.lead is None
    assert state.headline.startswith("Northstar Access has a follow-up, which is due")


def test_a_side_effect_is_followed_up_after_the_therapy_ended() -> None:
    ended = said("practice", "discontinuation", "discontinued", 520, reason="adverse_event")
    captured = said("hub", "adverse_event", "captured", 521)
    state = on_day(22, ended, captured)
    assert state.closed_reason == "adverse_event"
    assert [action.step for action in state.actions] == ["adverse_event"]
    reconciled = said("hub", "adverse_event", "reconciled", 525)
    assert on_day(22, ended, captured, reconciled).actions == ()


def test_the_therapy_does_not_end_without_a_reason() -> None:
    ended = said("practice", "discontinuation", "discontinued", 520)
    state = on_day(22, ended)
    assert state.closed_at is None
    assert [one.why for one in state.unplaced] == [
        "End of therapy is not discontinued without a reason."
    ]
    closed = said("practice", None, None, 9, kind="closed")
    assert stand([*happy_path(3), closed]).closed_at is None


def test_five_business_days_of_silence_from_the_payer_open_the_bridge() -> None:
    # With the payer since Tuesday, March 3; on Sunday the clocks go forward.
    assert phases(stand(PENDING, now=8 * DAY - 1.1))["bridge"] == "ahead"
    state = stand(PENDING, now=8 * DAY - 1)
    assert state.steps["bridge"].phase == "now"
    assert state.steps["bridge"].acts == "hub"
    assert state.wakes_at is not None


def test_a_denial_opens_the_bridge_at_once_unless_information_was_missing() -> None:
    early = replace(DENIED, occurred_at=PENDING[-1].occurred_at)
    assert phases(stand([*PENDING, early], now=30))["bridge"] == "now"
    missing = replace(early, reason="missing_information")
    state = stand([*PENDING, missing], now=30)
    assert phases(state)["bridge"] == "ahead"
    assert phases(state)["appeal"] == "ahead"
    assert state.actions[0].action == "Send the request again with what was missing"


@pytest.mark.parametrize(
    "facts",
    [
        {"therapy_stage": "continuing"},
        {"therapy_stage": "new", "line_of_business": "medicare_d"},
    ],
)
def test_the_bridge_is_for_new_patients_with_commercial_coverage(facts: dict[str, object]) -> None:
    start = replace(PENDING[0], facts={**PENDING[0].facts, **facts})
    assert phases(stand([start, *PENDING[1:]], now=12 * DAY))["bridge"] == "ahead"


def test_the_bridge_ends_when_the_plans_own_supply_is_scheduled() -> None:
    first = said("hub", "bridge", "requested", 8 * DAY)
    approved = said("hub", DETERMINATION, "approved", 10 * DAY, facts=AUTHORIZED)
    later = [replace(event, occurred_at=approved.occurred_at) for event in happy_path(8)[6:]]
    going = stand([*PENDING, first, approved, *later], now=10.5 * DAY)
    assert "bridge" in going.current
    scheduled = said("pharmacy", "delivery", "scheduled", 11 * DAY)
    ended = stand([*PENDING, first, approved, *later, scheduled], now=12 * DAY)
    step = ended.steps["bridge"]
    assert (step.phase, step.status) == ("done", "ended_covered")
    assert "bridge" not in ended.current


def test_two_free_fills_and_no_more() -> None:
    def fill(number: int, day: float) -> Event:
        facts = {"bridge_fill_number": number, "days_supply": 30}
        return said("hub", "bridge", "shipped", day * DAY, facts=facts)

    once = stand([*PENDING, DENIED, fill(1, 9)], now=20 * DAY)
    assert phases(once)["bridge"] == "done"
    again = stand([*PENDING, DENIED, fill(1, 9)], now=34 * DAY)
    assert phases(again)["bridge"] == "now"
    both = stand([*PENDING, DENIED, fill(1, 9), fill(2, 34)], now=60 * DAY)
    assert phases(both)["bridge"] == "done"
    assert "R7" in {risk.rule for risk in both.risks if risk.step == "bridge"}
    # A program may give one only.
    graph = tuned(SELF_INJECTED, {"steps": {"bridge": {"most": 1}}})
    one = stand([*PENDING, DENIED, fill(1, 9)], now=34 * DAY, graph=graph)
    assert phases(one)["bridge"] == "done"
    assert "R7" in {risk.rule for risk in one.risks if risk.step == "bridge"}
    stop = worksheet_of(graph.by_key["bridge"]).stops[-1]
    assert stop.why == "This program gives 1 at most."
    assert graph_json.from_json(graph_json.to_json(graph)) == graph


def test_an_appeal_that_is_won_gives_the_approval_back() -> None:
    story = [
        *PENDING,
        DENIED,
        said("practice", "appeal", "submitted", 12 * DAY),
        said("hub", "appeal", "upheld", 31 * DAY),
        said("practice", "appeal", "second_level", 33 * DAY),
    ]
    waiting = stand(story, now=34 * DAY)
    assert waiting.steps["appeal"].owner == "payer"
    assert waiting.headline.startswith("Appeal is with Meridian Health since")
    won = said("hub", "appeal", "overturned", 44 * DAY, facts=AUTHORIZED)
    state = stand([*story, won], now=44 * DAY + 1)
    assert state.steps[DETERMINATION].status == "approved"
    assert phases(state)["pharmacy_triage"] == "now"
    assert state.facts["authorization_number"].value == "A-100"


def test_an_appeal_that_is_lost_opens_patient_assistance() -> None:
    lost = said("practice", "appeal", "not_pursued", 12 * DAY)
    state = stand([*PENDING, DENIED, lost], now=13 * DAY)
    assert state.steps[DETERMINATION].status == "not_covered"
    assert phases(state)["patient_assistance"] == "now"
    approved = said("hub", "patient_assistance", "approved", 14 * DAY)
    helped = stand([*PENDING, DENIED, lost, approved], now=14 * DAY + 1)
    assert phases(helped)["pharmacy_triage"] == "now"
    assert phases(helped)["pharmacy_intake"] == "skipped"


def test_benefits_are_verified_again_from_mid_november() -> None:
    assert phases(on_day(255))["reverification"] == "ahead"
    step = on_day(259).steps["reverification"]
    assert (step.phase, step.acts) == ("now", "hub")
    assert step.due_at is not None
    assert step.due_at.date() == date(2026, 12, 15)
    done = said("hub", "reverification", "unchanged", 270 * DAY)
    assert phases(on_day(290, done))["reverification"] == "done"
    # A year later it comes again.
    assert phases(on_day(258 + 366, done))["reverification"] == "now"


def test_an_authorization_is_renewed_45_days_before_it_ends() -> None:
    # It ends on March 3, 2027: day 366.
    assert phases(on_day(318))["reauthorization"] == "ahead"
    step = on_day(322).steps["reauthorization"]
    assert (step.phase, step.acts) == ("now", "practice")
    assert on_day(368).steps["reauthorization"].status == "lapsed"
    facts = {"authorization_number": "A-200", "authorization_ends_on": "2028-03-03"}
    renewed = said("pharmacy", "reauthorization", "renewed", 330 * DAY, facts=facts)
    state = on_day(368, renewed)
    assert phases(state)["reauthorization"] == "done"
    assert state.conflicts == ()
    assert state.facts["authorization_ends_on"].value == "2028-03-03"


def test_nothing_is_dispensed_while_the_safety_program_does_not_allow_it() -> None:
    graph = GRAPHS["rems"]
    story = good_story(graph)[:-2]
    waiting = [event for event in story if event.step != "rems"]
    assert phases(stand(waiting, graph=graph, now=80))["delivery"] == "ahead"
    assert phases(stand(story, graph=graph, now=80))["delivery"] == "now"
    lapsed = fact("practice", 75, rems_authorized_until_on="2026-03-04")
    state = stand([*story, lapsed], graph=graph, now=80)
    step = state.steps["delivery"]
    assert (step.phase, step.acts) == ("blocked", "practice")
    assert step.blocked_why == "The safety program's authorization has ended"
    ahead = fact("practice", 75, rems_authorized_until_on="2026-03-20")
    assert stand([*story, ahead], graph=graph, now=80).steps["delivery"].phase == "now"


def test_two_partners_who_end_one_fill_differently_disagree_about_that_fill() -> None:
    events = [refill("shipped", 25, fill_number=1), refill("delivered", 26, "hub", fill_number=1)]
    (conflict,) = on_day(27, *events).conflicts
    assert conflict.key == "status:refill#1"
    chosen = settled(events[0], conflict.key, 27 * DAY)
    assert [one.open for one in on_day(28, *events, chosen).conflicts] == [False]


def test_days_covered_and_the_gap_after_a_hold() -> None:
    shipped = refill("shipped", 39, fill_number=1, days_supply=28, delivered_on="2026-04-10")
    state = on_day(45, shipped)
    assert gaps(state.supply) == [(date(2026, 4, 3), 7)]
    # 49 days from March 6 to April 24, of which 7 without medicine.
    assert proportion_covered(state.supply, until=date(2026, 4, 24)) == pytest.approx(42 / 49)


def test_early_fills_cover_no_day_twice() -> None:
    shipped = refill("shipped", 10, fill_number=1, days_supply=28, delivered_on="2026-03-12")
    supply = on_day(45, shipped).supply
    assert proportion_covered(supply, until=date(2026, 5, 1)) == 1.0
    assert proportion_covered((), until=date(2026, 5, 1)) is None


_LOOSE = st.sampled_from(
    [
        refill("contacted", 20),
        refill("shipped", 25),
        refill("shipped", 26, source="hub", days_supply=28),
        refill("shipped", 53, fill_number=2),
        refill("overdue", 60, source="hub"),
        said("practice", "refill", "resumed", 500),
        said("hub", "adverse_event", "captured", 480),
        said("hub", "adverse_event", "reconciled", 490),
        said("hub", "bridge", "shipped", 200, facts={"bridge_fill_number": 1}),
        said("hub", "reauthorization", "submitted", 900),
        said("practice", "discontinuation", "discontinued", 950, reason="cost"),
        said("practice", None, None, 700, kind="coverage_changed", coverage_id="new"),
        fact("pharmacy", 300, days_supply="?"),
    ]
)


@quick
@given(st.lists(_LOOSE, max_size=9), st.randoms(use_true_random=True), st.integers(1, 400))
def test_any_order_of_what_comes_again_gives_the_same_state(
    extra: list[Event], random: object, day: int
) -> None:
    shuffled = [*ON_THERAPY, *extra, *extra[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's Random
    state = stand(shuffled, now=day * DAY)
    assert state == on_day(day, *extra)
    if state.is_open:
        assert state.actions
    assert all(
        state.steps[action.step or ""].acts for action in state.actions if action.step == action.key
    )
