"""What keeps a step from being needed, and what stops one that has all it needs."""

from journeys.core.decisions import skip_when_not_needed, stop_at_the_gate
from journeys.core.graph import Skip, Step
from journeys.core.state import StepState
from journeys.core.walking import Walk
from programs.core.conditions import fields_of, holds

STOPS = stop_at_the_gate.__name__


def skip_holds(on: Walk, skip: Skip, names: frozenset[str]) -> bool:
    """Whether a skip holds over what is known and, when it waits for a moment, has come."""
    if not skip.presumed and not all(name in on.values for name in names):
        return False
    if skip_when_not_needed({"when": skip.when, "facts": on.values}) != "skipped":
        return False
    if skip.at is None:
        return True
    at = on.moment(skip.at)
    return at is not None and on.has_come(at)


def gated(on: Walk, step: Step, state: StepState) -> StepState:
    """The state of an open step, or of one that a gate stops: somebody then has to act."""
    for gate in step.gates:
        if not holds(gate.when, on.values):
            continue
        names = fields_of(gate.when)
        ref, at = on.cause_of(names)
        on.decide(STOPS, step.key, {"when": gate.when, "known": on.known_of(names)}, ref, at)
        return state._replace(
            phase="blocked",
            blocked_why=gate.why,
            owner=gate.owner,
            acts=step.acting(gate.owner),
            action=gate.action,
            kept_by=gate.kept_by,
        )
    return state
