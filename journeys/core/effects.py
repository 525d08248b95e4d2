"""What has to happen because a journey moved from one state to another: data, not calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from journeys.core.graph import ORGANIZATIONS, Graph, Step
from journeys.core.state import JourneyState, StepState


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Somebody has something to do. The same `key` again gives the same work new dates."""

    key: str
    step: str | None
    owner: str
    action: str
    due_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class CloseWork:
    """The work under this `key` is no longer there for `owner`, and why."""

    key: str
    step: str | None
    owner: str
    why: str


@dataclass(frozen=True, slots=True)
class Send:
    """Hand something over to a party; `key` is the same for the same hand-over."""

    key: str
    kind: str
    to: str
    step: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell a party role that something changed, in words found under `text_key`."""

    to: str
    text_key: str
    step: str | None


@dataclass(frozen=True, slots=True)
class CallHandler:
    """Run the handler registered under `name`, once per `data["ref"]`."""

    name: str
    data: Mapping[str, str]


Effect = OpenWork | CloseWork | Send | Notice | CallHandler


def effects_between(graph: Graph, before: JourneyState | None, after: JourneyState) -> list[Effect]:
    """Everything to do because `before` (None for a new journey) became `after`."""
    effects: list[Effect] = [*_work(before, after)]
    for step in graph.order:
        was = before.steps.get(step.key) if before else None
        effects.extend(_of_step(step, was, after.steps[step.key], going=after.is_open))
    effects.extend(_notices(before, after))
    return effects


def _work(before: JourneyState | None, after: JourneyState) -> Iterator[Effect]:
    had = {action.key: action for action in before.actions} if before else {}
    has = {action.key: action for action in after.actions}
    for key, action in had.items():
        still = has.get(key)
        if still is None or still.owner != action.owner:
            why = _why_gone(after, key, action.step)
            yield CloseWork(key, action.step, action.owner, why)
    for key, action in has.items():
        if had.get(key) != action:
            yield OpenWork(
                key, action.step, action.owner, action.action, action.due_at, action.urgent
            )


def _why_gone(after: JourneyState, key: str, step: str | None) -> str:
    if not after.is_open:
        return "closed" if after.closed_at else "completed"
    if step is None or key != step:
        return "settled"
    phase = after.steps[step].phase
    return phase if phase in ("done", "skipped", "conflict", "blocked") else "moved on"


def _of_step(step: Step, was: StepState | None, now: StepState, *, going: bool) -> Iterator[Effect]:
    """Hand-overs and handlers that a change of one step sets off."""
    opened = now.opened_at is not None and (was is None or was.opened_at is None)
    done = now.phase == "done" and now.over and not (was and was.phase == "done" and was.over)
    for sending in step.sends:
        if going and (opened if sending.on == "opened" else done):
            key = f"{sending.kind}:{step.key}:{now.ref or 'opened'}"
            yield Send(key, sending.kind, sending.to, step.key)
    status = step.status(now.status)
    changed = was is None or (was.status, was.ref) != (now.status, now.ref)
    if status and status.calls and changed and now.ref:
        data = {
            "step": step.key,
            "status": status.key,
            "reason": now.reason or "",
            "ref": now.ref,
        }
        yield CallHandler(status.calls, data)


def _notices(before: JourneyState | None, after: JourneyState) -> Iterator[Effect]:
    had = {(action.key, action.owner) for action in before.actions} if before else set()
    for action in after.actions:
        if (action.key, action.owner) not in had:
            text_key = "work_opened" if action.key == action.step else "conflict"
            yield Notice(action.owner, text_key, action.step)
    known = {(risk.rule, risk.step) for risk in before.risks} if before else set()
    for risk in after.risks:
        if (risk.rule, risk.step) not in known and risk.rule != "R8":
            yield Notice(risk.who, "at_risk", risk.step)
    if before and before.is_open and not after.is_open:
        text_key = "closed" if after.closed_at else "completed"
        for role in ORGANIZATIONS:
            yield Notice(role, text_key, None)
