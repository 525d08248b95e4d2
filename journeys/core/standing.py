"""Walk the steps in order and find where each one stands."""

from collections.abc import Container
from datetime import datetime

from journeys.core.decisions import open_when_needs_are_settled, skip_when_not_needed
from journeys.core.detours import take_outcome, unused
from journeys.core.gates import gated, skip_holds
from journeys.core.graph import Skip, Step
from journeys.core.outcomes import Outcome
from journeys.core.state import StepState
from journeys.core.walking import Walk, in_hand, state_of, untouched

OPENS = open_when_needs_are_settled.__name__
SKIPS = skip_when_not_needed.__name__


def walk(on: Walk, *, only: Container[str] | None = None) -> None:
    """Place every step of the path and its detours, or `only` some and all they hang on.

    What is beside the path is for asides.
    """
    graph = on.graph
    for step in graph.path:
        if only is None or step.key in only:
            take_outcome(on, step)
            on.put(_place(on, step))
    for step in graph.steps:
        if step.detour and step.key not in on.steps and step.detour.of in on.steps:
            on.put(unused(on, step, step.detour))


def _place(on: Walk, step: Step) -> StepState:
    needs = [on.steps[key] for key in step.needs]
    missing = [need for need in needs if not need.over]
    opened_at = max((n.settled_at for n in needs if n.settled_at), default=on.started_at)
    if step.per_coverage and on.ledger.coverage_since:
        opened_at = max(opened_at, on.ledger.coverage_since)
    outcome = on.outcomes[step.key]
    skip = _skip(on, step, outcome)
    if skip:
        return _skipped(on, step, skip, None if missing else opened_at)
    if missing and _was_before_the_change(on, step, outcome):
        return _over(step, outcome, on.started_at, skipped=False)
    if missing:
        return _not_yet(step, outcome, missing)
    _tell_opening(on, step, needs, opened_at)
    return _ready(on, step, outcome, opened_at)


def _ready(on: Walk, step: Step, outcome: Outcome, opened_at: datetime) -> StepState:
    """The state of a step that has all it needs."""
    if _in_conflict(on, step, outcome):
        return state_of(step, outcome, phase="conflict", opened_at=opened_at)
    disputed = _disputed_need(on, step)
    if disputed:
        why = f"Waits until the disagreement about {disputed} is settled"
        return state_of(step, outcome, phase="blocked", opened_at=opened_at, blocked_why=why)
    away = _away(on, step)
    if away:
        return state_of(
            step,
            outcome,
            phase="waiting",
            owner=away.owner,
            acts=away.acts,
            opened_at=opened_at,
            kept_by=away.key,
        )
    status = outcome.status or step.statuses[0]
    if status.kind in ("open", "failed"):
        return gated(on, step, in_hand(step, outcome, opened_at))
    return _over(step, outcome, opened_at, skipped=status.kind == "skipped")


def _over(step: Step, outcome: Outcome, opened_at: datetime, *, skipped: bool) -> StepState:
    at = max(outcome.since or opened_at, opened_at)
    label = outcome.status.label if outcome.status else ""
    return state_of(
        step,
        outcome,
        phase="skipped" if skipped else "done",
        skipped_why=(step.label_of(outcome.reason) or label) if skipped else "",
        opened_at=opened_at,
        since=at,
        settled_at=at,
    )


def _skip(on: Walk, step: Step, outcome: Outcome) -> tuple[Skip, frozenset[str]] | None:
    """The skip that holds over what is known; a reported end stands unless the skip is firm."""
    ended = outcome.conflict or (outcome.status and outcome.status.kind != "open")
    for skip, names in on.graph.skips[step.key]:
        if ended and not skip.firm:
            continue
        if skip.presumed and outcome.status is not None:
            continue
        if skip_holds(on, skip, names):
            return skip, names
    return None


def _skipped(
    on: Walk, step: Step, found: tuple[Skip, frozenset[str]], ready_at: datetime | None
) -> StepState:
    skip, names = found[0], sorted(found[1])
    ref, at = on.cause_of(names)
    ref = None if skip.presumed else ref
    on.decide(SKIPS, step.key, {"when": skip.when, "facts": on.known_of(names)}, ref, at)
    return StepState(
        key=step.key,
        title=step.title,
        phase="skipped",
        since=at,
        settled_at=max(ready_at, at) if ready_at else None,
        skipped_why=skip.why,
        skipped_by=tuple(name for name in names if name in on.known.facts),
        presumed=skip.presumed,
        ref=ref,
    )


def _was_before_the_change(on: Walk, step: Step, outcome: Outcome) -> bool:
    """Whether the step was done under an earlier coverage: what was delivered stays delivered."""
    changed, status = on.ledger.coverage_since, outcome.status
    if step.per_coverage or changed is None or outcome.since is None or outcome.conflict:
        return False
    return status is not None and status.kind == "done" and outcome.since < changed


def _not_yet(step: Step, outcome: Outcome, missing: list[StepState]) -> StepState:
    """Ahead, or blocked when it was reported or when what it needs has stopped."""
    if outcome.status and outcome.status.kind != "open":
        label = outcome.status.label.lower()
        why = f"Reported as {label}, but {missing[0].title} is not settled yet"
        return state_of(step, outcome, phase="blocked", blocked_why=why)
    for need in missing:
        if need.phase in ("conflict", "blocked"):
            why = f"Waits for {need.title}"
            return state_of(step, outcome, phase="blocked", blocked_why=why)
    return state_of(step, outcome, phase="ahead") if outcome.event else untouched(step)


def _tell_opening(on: Walk, step: Step, needs: list[StepState], opened_at: datetime) -> None:
    last = _last_settled(on, needs, opened_at)
    inputs = {"needs": {need.key: need.phase for need in needs}}
    on.decide(OPENS, step.key, inputs, last.ref if last else None, opened_at)


def _last_settled(on: Walk, needs: list[StepState], opened_at: datetime) -> StepState | None:
    """What was waited for to the end; behind a skipped step, what that one waited for itself."""
    last = max(needs, key=lambda need: need.settled_at or opened_at, default=None)
    while last and last.phase == "skipped" and last.since and last.settled_at != last.since:
        before = [on.steps[key] for key in on.graph.by_key[last.key].needs]
        if not before:
            return last
        last = max(before, key=lambda need: need.settled_at or opened_at)
    return last


def _in_conflict(on: Walk, step: Step, outcome: Outcome) -> bool:
    if outcome.conflict and outcome.conflict.open:
        return True
    return any(c.open and c.step == step.key for c in on.known.conflicts)


def _disputed_need(on: Walk, step: Step) -> str | None:
    """A disputed fact this step rests on, in words."""
    if not on.known.disputed:
        return None
    rests_on = set(step.uses).union(*(names for _, names in on.graph.skips[step.key]))
    disputed = sorted(rests_on & on.known.disputed)
    return disputed[0].replace("_", " ") if disputed else None


def _away(on: Walk, step: Step) -> StepState | None:
    """The open detour the step waits for."""
    states = (on.steps.get(detour.key) for detour in on.graph.detours.get(step.key, ()))
    return next((state for state in states if state and not state.over), None)
