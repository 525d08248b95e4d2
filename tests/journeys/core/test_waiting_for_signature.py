"""An enrollment sent before the patient signed: what goes on, what waits, who is reminded."""

import datetime as dt
from collections.abc import Mapping

import pytest

from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.state import JourneyState
from journeys.core.templates import GRAPHS

BEGAN = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
GRAPH = GRAPHS["self_injected_pharmacy_benefit"]
UNSIGNED = {
    "patient_signed": False,
    "patient_asked_on": "2026-03-02",
    "line_of_business": "commercial",
}


def said(
    role: str,
    step: str,
    status: str,
    *,
    hours: float = 0,
    facts: Mapping[str, object] | None = None,
) -> Event:
    at = BEGAN + dt.timedelta(hours=hours)
    return Event(
        id=f"{step}:{status}:{hours}",
        kind="status",
        step=step,
        status=status,
        source=role,
        source_name=role,
        facts=facts or {},
        occurred_at=at,
        received_at=at,
    )


def story() -> list[Event]:
    verified = {"prior_authorization_required": False, "coverage_active": True}
    return [
        said("practice", "enrollment_submitted", "submitted", facts=UNSIGNED),
        said("hub", "intake_review", "accepted", hours=2),
        said("hub", "benefit_verification", "complete", hours=4, facts=verified),
    ]


def signature(*, hours: float) -> Event:
    at = BEGAN + dt.timedelta(hours=hours)
    return Event(
        id="authorization:2",
        kind="authorization",
        status="given",
        source="practice",
        source_name="practice",
        facts={"patient_signed": True},
        occurred_at=at,
        received_at=at,
    )


def after(days: float, *more: Event) -> JourneyState:
    now = BEGAN + dt.timedelta(days=days)
    return evaluate(GRAPH, [*story(), *more], started_at=BEGAN, now=now)


def test_the_plan_is_verified_and_copay_help_waits() -> None:
    state = after(0.5)
    assert state.steps["benefit_verification"].phase == "done"
    copay = state.steps["copay_enrollment"]
    assert copay.phase == "blocked"
    assert "patient's authorization" in copay.blocked_why
    assert state.steps["pharmacy_triage"].acts is not None


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (0.5, "asked"),
        (2, "reminder_1"),
        (4, "reminder_2"),
        (5.2, "reminder_3"),
        (7.5, "to_call"),
    ],
)
def test_reminders_come_on_days_one_three_and_five_and_then_a_call(
    days: float, status: str
) -> None:
    state = after(days)
    assert state.steps["patient_authorization"].status == status
    mine = [action for action in state.actions if action.step == "patient_authorization"]
    assert [action.owner for action in mine] == ["practice"]


def test_signing_lets_everything_go_on_at_that_moment() -> None:
    state = after(2, signature(hours=47))
    assert state.steps["patient_authorization"].acts is None
    assert state.steps["copay_enrollment"].phase in ("now", "at_risk")
    assert all(action.step != "patient_authorization" for action in state.actions)


def test_signed_before_it_was_sent_nothing_of_this_is_there() -> None:
    first = said("practice", "enrollment_submitted", "submitted", facts={"patient_signed": True})
    state = evaluate(
        GRAPH, [first, *story()[1:]], started_at=BEGAN, now=BEGAN + dt.timedelta(days=1)
    )
    assert state.steps["copay_enrollment"].phase in ("now", "at_risk")
    assert state.steps["patient_authorization"].acts is None


@pytest.mark.parametrize("days", [0.5, 2, 7.5])
def test_what_waits_for_the_signature_is_no_work_beside_asking_for_it(days: float) -> None:
    state = after(days)
    asking = [one.step for one in state.actions if "sign" in one.action]
    assert asking == ["patient_authorization"]
    # Its own quarter of an hour does not run meanwhile.
    copay = state.steps["copay_enrollment"]
    assert (copay.phase, copay.due_at) == ("blocked", None)
    assert "copay_enrollment" not in [risk.step for risk in state.risks]
