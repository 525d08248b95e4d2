"""The main job, told as a practice would: enrolled, reviewed, verified, authorized, delivered."""

from datetime import timedelta

import pytest

from journeys.core.evaluate import evaluate
from journeys.core.graph import Graph
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import (
    MONDAY,
    PARTIES,
    SELF_INJECTED,
    fact,
    good_story,
    happy_path,
    phases,
    said,
    stand,
)


def test_each_report_hands_the_journey_to_the_next_party() -> None:
    owners = [stand(happy_path(n), now=0.5).next_owner for n in range(11)]
    assert owners == [
        "practice",
        "hub",
        "hub",
        "practice",
        "practice",
        "hub",
        "hub",
        "pharmacy",
        "pharmacy",
        "hub",
        None,
    ]


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
def test_every_template_runs_to_its_end(graph: Graph) -> None:
    state = stand(good_story(graph), graph=graph)
    assert not state.is_open
    assert state.completed_at is not None
    assert state.stage == ("accepted" if graph.key == "copay_only" else "on_therapy")


def test_milestones_are_reached_in_turn() -> None:
    assert [stand(happy_path(n)).stage for n in range(11)] == [
        "submitted",
        "submitted",
        "accepted",
        "verified",
        "verified",
        "verified",
        "authorized",
        "authorized",
        "authorized",
        "dispensed",
        "on_therapy",
    ]


def test_the_headline_says_who_has_it_since_when_and_what_is_due() -> None:
    # Sent on Tuesday at 9:00; read on Thursday.
    state = stand(happy_path(5), now=72)
    assert state.headline == (
        "Prior authorization is with Meridian Health since Tuesday; decision due Tue, Mar 10"
    )
    assert state.next_action == (
        "Follow up with Meridian Health on the prior authorization:"
        " Northstar Access, by 9:00 am today"
    )


def test_the_headline_that_is_kept_stays_true_until_the_journey_is_looked_at_again() -> None:
    for length in range(len(happy_path()) + 1):
        path = happy_path(length)
        since = max((event.occurred_at for event in path), default=MONDAY)
        written = evaluate(SELF_INJECTED, path, started_at=MONDAY, now=since, parties=PARTIES)
        until = written.wakes_at or since + timedelta(days=400)
        read = until - timedelta(seconds=1)
        later = evaluate(SELF_INJECTED, path, started_at=MONDAY, now=read, parties=PARTIES)
        assert written.kept_headline == later.kept_headline
    assert stand(happy_path(5), now=50).kept_headline == (
        "Prior authorization is with Meridian Health since Tue, Mar 3;"
        " decision due Tue, Mar 10, 9:00 am ET"
    )
    assert stand(happy_path()).kept_headline == ("Every step is done; the last on Sat, Mar 7, 2026")


def test_no_prior_authorization_needed_skips_both_its_steps_and_says_why() -> None:
    told = fact("hub", 5, prior_authorization_required=False)
    done = said("hub", "benefit_verification", "complete", 5)
    state = stand([*happy_path(2), done, told], now=5.1)
    for key in ("prior_authorization", "prior_authorization_determination"):
        assert state.steps[key].phase == "skipped"
        assert state.steps[key].skipped_why == "The payer asks for no prior authorization"
    assert phases(state)["pharmacy_triage"] == "now"


def test_a_skip_told_early_does_not_open_what_comes_after() -> None:
    state = stand([*happy_path(2), fact("hub", 3, prior_authorization_required=False)], now=4)
    assert phases(state)["prior_authorization"] == "skipped"
    assert phases(state)["pharmacy_triage"] == "ahead"
    assert state.current == ("benefit_verification",)


@pytest.mark.parametrize("line", ["medicare", "medicare_d", "medicaid", "tricare", "government"])
def test_government_coverage_gets_no_copay_help(line: str) -> None:
    start = said(
        "practice", "enrollment_submitted", "submitted", 0, facts={"line_of_business": line}
    )
    state = stand([start, *happy_path(3)[1:]])
    assert phases(state)["copay_enrollment"] == "skipped"
    assert state.steps["copay_enrollment"].skipped_why == (
        "Copay help is not allowed with government coverage"
    )


def test_copay_help_ends_when_the_coverage_turns_out_to_be_a_governments() -> None:
    corrected = fact("practice", 10, line_of_business="medicare")
    state = stand([*happy_path(4), corrected], now=11)
    assert phases(state)["copay_enrollment"] == "skipped"


def test_a_returned_intake_waits_for_the_practice_and_comes_back() -> None:
    returned = said("hub", "intake_review", "returned", 1, reason="missing_npi")
    waiting = stand([*happy_path(1), returned], now=2)
    assert phases(waiting)["intake_review"] == "waiting"
    assert phases(waiting)["missing_information"] == "now"
    assert waiting.next_owner == "practice"
    provided = said("practice", "missing_information", "provided", 20)
    back = stand([*happy_path(1), returned, provided], now=21)
    assert phases(back)["intake_review"] == "now"
    assert phases(back)["missing_information"] == "done"
    assert back.next_owner == "hub"
    assert back.due_at is not None
    assert back.due_at > provided.occurred_at


def test_a_second_return_opens_it_again() -> None:
    story = [
        *happy_path(1),
        said("hub", "intake_review", "returned", 1),
        said("practice", "missing_information", "provided", 2),
        said("hub", "intake_review", "returned", 3, reason="illegible"),
    ]
    state = stand(story, now=4)
    assert state.next_owner == "practice"
    assert state.steps["missing_information"].opened_at == story[-1].occurred_at


def test_missing_information_opens_only_after_a_return() -> None:
    assert phases(stand(happy_path(1), now=1))["missing_information"] == "ahead"
    step = stand(happy_path(2)).steps["missing_information"]
    assert (step.phase, step.skipped_why) == ("skipped", "Nothing was missing")


def test_a_rejection_closes_the_journey_with_its_reason() -> None:
    rejected = said("hub", "intake_review", "rejected", 2, reason="under_age")
    state = stand([*happy_path(1), rejected])
    assert not state.is_open
    assert (state.stage, state.closed_reason) == ("closed", "under_age")
    assert state.closed_label == "Intake review: rejected, patient is too young for the program"
    assert state.actions == ()
    assert set(phases(state).values()) == {"done", "skipped"}


def test_a_withdrawal_closes_the_journey() -> None:
    state = stand([*happy_path(3), said("practice", None, None, 9, kind="closed", reason="cost")])
    assert (state.closed_reason, state.closed_label) == ("cost", "Cost")


def test_a_closed_journey_takes_late_events_and_opens_nothing() -> None:
    closed = [*happy_path(1), said("hub", "intake_review", "rejected", 2)]
    before = stand(closed)
    after = stand([*closed, said("hub", "intake_review", "accepted", 3), *happy_path()[2:]])
    assert after.steps == before.steps
    assert after.actions == ()


def test_a_report_ahead_of_its_turn_waits_for_what_it_needs() -> None:
    early = said("pharmacy", "pharmacy_intake", "paid", 3)
    state = stand([*happy_path(3), early], now=6)
    step = state.steps["pharmacy_intake"]
    assert (step.phase, step.blocked_why) == (
        "blocked",
        "Reported as claim paid, but Pharmacy choice is not settled yet",
    )
    later = stand([*happy_path(7), early], now=60)
    assert later.steps["pharmacy_intake"].phase == "done"


def test_what_cannot_be_placed_is_kept_with_why() -> None:
    odd = [
        said("hub", "no_such_step", "done", 1),
        said("hub", "intake_review", "no_such_status", 1),
        said("hub", "intake_review", "accepted", 1, confirmed=False),
        said("hub", "intake_review", "accepted", 1, kind="rumor"),
    ]
    state = stand([*happy_path(1), *odd], now=2)
    assert [one.why for one in state.unplaced] == [
        "This journey has no such step.",
        "Intake review has no such status.",
        "Nobody has confirmed this report yet.",
        "Nobody knows this kind of report.",
    ]
    assert state.current == ("intake_review",)


def test_a_step_past_due_is_at_risk_until_it_is_done() -> None:
    overdue = stand(happy_path(1), now=6)
    assert phases(overdue)["intake_review"] == "at_risk"
    (risk,) = overdue.risks
    assert (risk.rule, risk.who) == ("R1", "hub")
    assert risk.why == "Intake review was due Mon, Mar 2, 1:00 pm ET"
    assert stand(happy_path(2), now=6).risks == ()


def test_silence_for_three_business_days_is_a_risk() -> None:
    assert "R2" not in {risk.rule for risk in stand(happy_path(5), now=95).risks}
    assert "R2" in {risk.rule for risk in stand(happy_path(5), now=97).risks}


def test_the_state_tells_when_time_alone_will_change_it() -> None:
    state = stand(happy_path(1), now=1)
    assert state.wakes_at == state.due_at
    assert state.wakes_at is not None


def test_a_fax_gives_the_hub_longer() -> None:
    by_portal = stand(happy_path(1), now=1).due_at
    by_fax = stand([*happy_path(1), fact("hub", 0.5, submission_channel="fax")], now=1).due_at
    assert by_portal is not None
    assert by_fax is not None
    assert by_fax > by_portal


def test_the_eta_narrows_and_ends_with_the_last_step() -> None:
    first, later = stand(happy_path(1), now=1).eta, stand(happy_path(8), now=73).eta
    assert first is not None
    assert later is not None
    assert (later.high - later.low) < (first.high - first.low)
    assert stand(happy_path()).eta is None
