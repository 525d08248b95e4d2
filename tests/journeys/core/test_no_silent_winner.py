"""Partners who disagree: nobody wins in silence, and what depends on it waits."""

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.events import Event, in_order
from tests.journeys.core.story import (
    AUTHORIZED,
    SELF_INJECTED,
    fact,
    happy_path,
    late,
    phases,
    quick,
    said,
    settled,
    stand,
    streams,
)

DETERMINATION = "prior_authorization_determination"
KEY = f"status:{DETERMINATION}"
APPROVED = said("hub", DETERMINATION, "approved", 49.5, facts=AUTHORIZED)
DENIED = said("pharmacy", DETERMINATION, "denied", 50, reason="step_therapy")
DISPUTED = [*happy_path(5), APPROVED, DENIED]


def test_two_partners_who_differ_on_a_decision_make_a_conflict() -> None:
    state = stand(DISPUTED, now=51)
    (conflict,) = state.conflicts
    assert conflict.open
    assert [(claim.source, claim.value) for claim in conflict.claims] == [
        ("hub", "approved"),
        ("pharmacy", "denied"),
    ]
    assert phases(state)[DETERMINATION] == "conflict"
    assert phases(state)["pharmacy_triage"] == "blocked"
    assert state.next_owner == "hub"
    assert state.headline == (
        "Partners disagree about prior authorization; Northstar Access settles it by 3:00 pm today"
    )


def test_the_side_with_number_and_dates_is_proposed_and_not_taken() -> None:
    (conflict,) = stand(DISPUTED).conflicts
    assert conflict.proposed == APPROVED.ref
    assert conflict.chosen is None


def test_without_number_and_dates_nothing_is_proposed() -> None:
    bare = said("hub", DETERMINATION, "approved", 49.5)
    (conflict,) = stand([*happy_path(5), bare, DENIED]).conflicts
    assert conflict.proposed is None


def test_a_later_word_outranks_an_earlier_one_of_the_same_source_only() -> None:
    again = said("pharmacy", DETERMINATION, "approved", 52)
    state = stand([*DISPUTED, again], now=52.5)
    assert state.conflicts == ()
    assert phases(state)[DETERMINATION] == "done"


@quick
@given(st.integers(0, 200), st.integers(0, 200), st.booleans())
def test_neither_time_nor_lateness_picks_a_winner(
    one: int, other: int, the_first_is_late: bool
) -> None:
    approved = said("hub", DETERMINATION, "approved", one, facts=AUTHORIZED)
    denied = said("pharmacy", DETERMINATION, "denied", other)
    if the_first_is_late:
        approved = late(approved, 300)
    state = stand([*happy_path(5), approved, denied], now=300)
    assert [conflict.open for conflict in state.conflicts] == [True]
    assert not state.steps["pharmacy_triage"].over


def test_a_person_settles_it_and_what_waited_goes_on() -> None:
    state = stand([*DISPUTED, settled(APPROVED, KEY, 51)], now=51.5)
    (conflict,) = state.conflicts
    assert not conflict.open
    assert conflict.chosen == APPROVED.ref
    assert phases(state)[DETERMINATION] == "done"
    assert phases(state)["pharmacy_triage"] == "now"


def test_the_system_cannot_settle_it() -> None:
    state = stand([*DISPUTED, settled(APPROVED, KEY, 51, by="system")])
    assert [conflict.open for conflict in state.conflicts] == [True]


def test_a_side_the_person_had_not_seen_opens_it_again() -> None:
    weighed = (APPROVED.ref, DENIED.ref)
    unseen = late(said("vendor", DETERMINATION, "cancelled", 49), 20)
    state = stand([*DISPUTED, unseen, settled(APPROVED, KEY, 51, weighed=weighed)])
    assert [conflict.open for conflict in state.conflicts] == [True]


def test_a_side_that_repeats_itself_does_not_open_it_again() -> None:
    repeated = said("pharmacy", DETERMINATION, "denied", 60, reason="step_therapy")
    state = stand([*DISPUTED, settled(APPROVED, KEY, 51), repeated])
    assert [conflict.open for conflict in state.conflicts] == [False]


def test_a_disputed_fact_holds_up_what_rests_on_it() -> None:
    state = stand([*happy_path(3), fact("pharmacy", 6, line_of_business="medicare")], now=7)
    (conflict,) = state.conflicts
    assert (conflict.key, conflict.step) == ("fact:line_of_business", "benefit_verification")
    assert phases(state)["benefit_verification"] == "conflict"
    assert not state.steps["copay_enrollment"].over
    assert "line_of_business" not in state.facts


def test_a_settled_fact_takes_effect() -> None:
    government = fact("pharmacy", 6, line_of_business="medicare")
    key = "fact:line_of_business"
    state = stand([*happy_path(3), government, settled(government, key, 7)], now=8)
    assert state.facts["line_of_business"].value == "medicare"
    assert phases(state)["copay_enrollment"] == "skipped"


def test_case_and_spaces_are_no_disagreement() -> None:
    state = stand([*happy_path(6), fact("pharmacy", 60, authorization_number=" a-100 ")])
    assert state.conflicts == ()


def test_each_partners_own_number_is_no_disagreement() -> None:
    told = [fact("hub", 3, hub_case_number="H1"), fact("northstar", 4, hub_case_number="N7")]
    assert stand([*happy_path(2), *told]).conflicts == ()


def test_reports_about_different_coverages_do_not_disagree() -> None:
    first = [*happy_path(5), APPROVED]
    other = said("pharmacy", DETERMINATION, "denied", 50, coverage_id="new plan")
    changed = said("practice", "enrollment_submitted", "submitted", 0, coverage_id="old plan")
    state = stand([*first, changed, other], now=51)
    assert state.conflicts == ()
    assert phases(state)[DETERMINATION] == "done"
    assert [one.why for one in state.unplaced] == [
        "About another coverage than the one the journey stands on."
    ]


def test_a_new_coverage_reopens_what_was_true_of_the_old_one() -> None:
    old = said("practice", "enrollment_submitted", "submitted", 0, id="s", coverage_id="old")
    new = said("practice", None, None, 60, kind="coverage_changed", coverage_id="new")
    state = stand([old, *happy_path(6), new], now=61)
    assert state.coverage_id == "new"
    assert phases(state)["benefit_verification"] == "now"
    assert "authorization_number" not in state.facts


def test_the_first_change_replaces_a_coverage_that_nobody_named() -> None:
    new = said("practice", None, None, 60, kind="coverage_changed", coverage_id="new")
    state = stand([*happy_path(6), new], now=61)
    assert phases(state)["benefit_verification"] == "now"
    assert "authorization_number" not in state.facts


@quick
@given(streams(closing=False))
def test_sources_that_end_a_step_differently_are_always_shown(events: list[Event]) -> None:
    state = stand(events)
    told = [event for event in in_order(events) if event.confirmed]
    if state.closed_at or any(event.kind == "coverage_changed" for event in told):
        return
    for step in SELF_INJECTED.path:
        last = {e.source: e.status for e in told if (e.kind, e.step) == ("status", step.key)}
        ends = {s.key for s in step.statuses if s.kind != "open"} & {*last.values()}
        key = f"status:{step.key}"
        if len(ends) > 1:
            assert key in {conflict.key for conflict in state.conflicts}
            if not any(event.conflict == key for event in told):
                assert state.steps[step.key].phase != "done"
