"""What has to happen because a journey moved from one state to another: data, not calls.

Whose work it is and who is told follow from the state itself, which is evaluated each time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journeys.core.graph import Graph, Step
from journeys.core.state import JourneyState, StepState


@dataclass(frozen=True, slots=True)
class Send:
    """Hand something over to a party; `key` is the same for the same hand-over."""

    key: str
    kind: str
    to: str
    step: str


@dataclass(frozen=True, slots=True)
class CallHandler:
    """Run the handler registered under `name`, once per `data["ref"]`."""

    name: str
    data: Mapping[str, str]


Effect = Send | CallHandler


def effects_between(
    graph: Graph, before: Mapping[str, StepState] | None, after: JourneyState
) -> list[Effect]:
    """Everything to do because the steps of `before` (None for a new journey) became `after`."""
    effects: list[Effect] = []
    for step in graph.order:
        was = before.get(step.key) if before else None
        effects.extend(_of_step(step, was, after.steps[step.key], going=after.is_open))
    return effects


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
