"""Every automatic decision is kept with its inputs, and comes out the same again."""

import json

from hypothesis import given

from journeys.core.decisions import RULES, replay
from journeys.core.events import Event
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import (
    fact,
    good_story,
    happy_path,
    quick,
    said,
    settled,
    stand,
    streams,
)

_A_WEEK = {"days_supply": 7}


@quick
@given(streams())
def test_every_decision_replays_to_its_outcome(events: list[Event]) -> None:
    for decision in stand(events).decisions:
        kept = decision._replace(inputs=json.loads(json.dumps(decision.inputs)))
        assert replay(kept) == decision.outcome


def test_each_kind_of_decision_is_kept() -> None:
    approved = said("hub", "prior_authorization_determination", "approved", 50)
    denied = said("pharmacy", "prior_authorization_determination", "denied", 51)
    story = [
        *happy_path(1),
        said("hub", "intake_review", "returned", 1),
        said("practice", "missing_information", "provided", 2),
        *happy_path(5)[1:],
        fact("hub", 6, line_of_business="commercial"),
        approved,
        denied,
        settled(approved, "status:prior_authorization_determination", 52),
    ]
    government = [*happy_path(3), fact("practice", 6, line_of_business="medicare")]
    rejected = [*happy_path(1), said("hub", "intake_review", "rejected", 1)]
    given_up = [*happy_path(1), said("practice", None, None, 1, kind="closed", reason="cost")]
    sent = said("pharmacy", "delivery", "delivered", 96, facts={"days_supply": 28})
    side_effect = said("hub", "adverse_event", "captured", 130)
    on_therapy = [*happy_path(8), sent, side_effect]
    overdue = [*happy_path(8), said("pharmacy", "delivery", "delivered", 96, facts=_A_WEEK)]
    stories = (story, government, rejected, given_up, on_therapy, overdue)
    rules = {decision.rule for told in stories for decision in stand(told).decisions}
    told = good_story(GRAPHS["rems"])
    lapsed = fact("practice", 75, rems_authorized_until_on="2026-03-04")
    stopped = stand([*told[:-2], lapsed], graph=GRAPHS["rems"]).decisions
    # What was observed elsewhere is nothing a story tells: see test_eta.
    told_rules = rules | {decision.rule for decision in stopped}
    assert told_rules == set(RULES) - {"expect_as_observed"}


def test_a_skip_keeps_the_fact_it_rests_on() -> None:
    told = fact("hub", 6, prior_authorization_required=False)
    decisions = stand([*happy_path(2), told]).decisions
    skip = next(one for one in decisions if one.step == "prior_authorization")
    assert skip.inputs["facts"] == {"prior_authorization_required": False}
    assert (skip.outcome, skip.ref) == ("skipped", told.ref)
