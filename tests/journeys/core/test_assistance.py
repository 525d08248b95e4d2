"""Free medicine for who has no coverage: decided at once, and renewed before it ends."""

from dataclasses import replace
from datetime import date

import pytest

from journeys.core.events import Event
from journeys.core.state import StepState
from journeys.core.templates import GRAPHS
from journeys.core.timeline import timeline
from tests.journeys.core.story import SELF_INJECTED, happy_path, phases, said, stand

DAY = 24


def test_patient_assistance_is_there_for_who_has_no_coverage_and_hidden_otherwise() -> None:
    start = replace(happy_path()[0], facts={"line_of_business": "uninsured"})
    state = stand([start, *happy_path(3)[1:]], now=10)
    assert phases(state)["patient_assistance"] == "now"
    # There is nothing to verify and nobody to ask: the hub decides at once.
    story = [start, *happy_path(2)[1:]]
    accepted = stand(story, now=10)
    assert accepted.headline.startswith("Patient assistance is with Northstar Access")
    assert accepted.steps["benefit_verification"].skipped_why == "There is no coverage to verify"
    # What was waited for opened it, not what had skipped the steps between.
    told = timeline(SELF_INJECTED, story, accepted, "hub")
    moved = {entry.step: entry.set_in_motion for entry in told}
    assert "opened Patient assistance" in moved["intake_review"]
    assert phases(stand(happy_path(6)))["patient_assistance"] == "skipped"


@pytest.mark.parametrize("template", ["self_injected_pharmacy_benefit", "pap_only"])
def test_assistance_is_renewed_45_days_before_it_ends(template: str) -> None:
    graph = GRAPHS[template]
    start = replace(happy_path()[0], facts={"line_of_business": "uninsured"})
    helped = said(
        "hub", "patient_assistance", "approved", 30, facts={"assistance_ends_on": "2026-12-31"}
    )
    story = [start, happy_path()[1], helped]

    def renewal(month: int, day: int, *more: Event, year: int = 2026) -> StepState:
        days = (date(year, month, day) - date(2026, 3, 2)).days
        return stand([*story, *more], now=days * DAY, graph=graph).steps["assistance_renewal"]

    assert renewal(11, 15).phase == "ahead"
    step = renewal(11, 17)
    assert (step.phase, step.acts, step.action) == ("now", "hub", "Renew the assistance")
    assert step.due_at is not None
    assert step.due_at.date() == date(2026, 12, 17)
    assert renewal(1, 2, year=2027).status == "lapsed"
    anew = said("hub", "assistance_renewal", "renewed", 270 * DAY)
    anew = replace(anew, facts={"assistance_ends_on": "2027-12-31"})
    assert renewal(1, 2, anew, year=2027).phase == "done"
    # And a year later once more.
    assert renewal(11, 17, anew, year=2027).phase == "now"
