"""What is missing is asked for on the first, third and fifth day; then somebody calls."""

import pytest

from journeys.core.events import Event
from journeys.core.state import StepState
from tests.journeys.core.story import happy_path, phases, said, stand

DAY = 24
# Returned on Monday at 11:00 am; the business days end with the week.
RETURNED = [happy_path()[0], said("hub", "intake_review", "returned", 2)]


def step(events: list[Event], now: float) -> StepState:
    return stand(events, now=now).steps["missing_information"]


@pytest.mark.parametrize(
    ("days", "status", "acts"),
    [
        (0.5, "open", "practice"),
        (1.2, "contacted_1", "practice"),
        (3.2, "contacted_2", "practice"),
        (7.2, "contacted_3", "practice"),
        (8.2, "to_call", "hub"),
        (14.2, "lapsed", "hub"),
    ],
)
def test_the_clock_asks_again_and_then_the_hub_calls(days: float, status: str, acts: str) -> None:
    state = step(RETURNED, days * DAY)
    assert (state.status, state.acts) == (status, acts)


def test_the_answer_ends_every_reminder_and_brings_the_review_back() -> None:
    story = [*RETURNED, said("practice", "missing_information", "provided", 4 * DAY)]
    state = stand(story, now=20 * DAY)
    assert phases(state)["missing_information"] == "done"
    assert state.steps["intake_review"].status == "in_review"
    assert state.steps["intake_review"].acts == "hub"
    assert "missing_information" not in state.current


def test_a_second_return_is_asked_for_from_its_own_day() -> None:
    story = [
        *RETURNED,
        said("practice", "missing_information", "provided", 4 * DAY),
        said("hub", "intake_review", "returned", 7 * DAY + 2),
    ]
    assert step(story, 7.5 * DAY).status == "open"
    assert step(story, 8.2 * DAY).status == "contacted_1"


def test_what_never_came_is_ended_by_the_hub() -> None:
    story = [*RETURNED, said("hub", "missing_information", "expired", 15 * DAY)]
    state = stand(story, now=15.1 * DAY)
    assert state.steps["intake_review"].acts == "hub"
    assert state.steps["missing_information"].status == "expired"
