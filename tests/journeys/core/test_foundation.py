"""A patient with government coverage may have no copay help: a high cost opens a foundation."""

from dataclasses import replace

import pytest

from tests.journeys.core.story import happy_path, phases, stand


@pytest.mark.parametrize(
    ("line", "cost", "phase"),
    [
        ("medicare_d", "250.00", "now"),
        ("medicare_d", "249.99", "ahead"),
        ("commercial", "900.00", "ahead"),
    ],
)
def test_high_cost_with_government_coverage_opens_a_foundation(
    line: str, cost: str, phase: str
) -> None:
    start, accepted, verified, *_ = happy_path()
    facts = {**start.facts, "line_of_business": line}
    told = {**verified.facts, "out_of_pocket_estimate": cost}
    story = [replace(start, facts=facts), accepted, replace(verified, facts=told)]
    state = stand(story, now=6)
    assert phases(state)["foundation_referral"] == phase
    if phase == "now":
        assert phases(state)["copay_enrollment"] == "skipped"
        assert state.steps["foundation_referral"].acts == "hub"
