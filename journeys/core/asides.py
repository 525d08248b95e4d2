"""Steps beside the path: they open by themselves or by a report, and may come again."""

from dataclasses import dataclass
from datetime import datetime

from journeys.core.decisions import hold_while_open, open_beside_the_path
from journeys.core.gates import gated, skip_holds
from journeys.core.graph import Opening, Skip, Step
from journeys.core.outcomes import NO_WORD, Outcome, outcome_of, runs_of
from journeys.core.state import StepState
from journeys.core.times import Time
from journeys.core.turning import turned
from journeys.core.walking import Walk, in_hand, state_of, untouched

OPENS = open_beside_the_path.__name__
HOLDS = hold_while_open.__name__
SKIPS = "skip_when_not_needed"


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where one time of a step stands by the word of its sources."""

    time: Time
    outcome: Outcome
    opened_at: datetime

    @property
    def over(self) -> bool:
        status, conflict = self.outcome.status, self.outcome.conflict
        settled = conflict is None or not conflict.open
        return settled and status is not None and status.kind in ("done", "skipped")


def beside(on: Walk) -> None:
    """Place every step beside the path; the path has been walked."""
    for step in on.graph.asides:
        on.put(_place(on, step))


def _place(on: Walk, step: Step) -> StepState:
    known = [_standing(on, step, time) for time in on.ledger.times.get(step.key, ())]
    sequence = step.key in on.graph.openings
    going = [one for one in known if not one.over]
    current = going[0] if going and not sequence else (known[-1] if known else None)
    if current and not current.over:
        return _open(on, step, current.outcome, current.opened_at, current.time)
    since = current.outcome.since if current else None
    opened_at = _opens_at(on, step, after=since)
    if opened_at is not None:
        return _open(on, step, NO_WORD, opened_at, None)
    if current is None:
        return untouched(step)
    return _over(step, current)


def _standing(on: Walk, step: Step, time: Time) -> _Standing:
    number = time.number or (time.key[1] if step.aside and step.aside.numbered_by else "")
    outcome = outcome_of(step, runs_of(time.reports), on.ledger, number=number)
    if outcome.conflict:
        on.conflicts.append(outcome.conflict)
    return _Standing(time, outcome, time.reports[0].occurred_at)


def _over(step: Step, last: _Standing) -> StepState:
    outcome = last.outcome
    skipped = outcome.status is not None and outcome.status.kind == "skipped"
    return state_of(
        step,
        outcome,
        phase="skipped" if skipped else "done",
        skipped_why=(step.label_of(outcome.reason) or _label(outcome)) if skipped else "",
        opened_at=last.opened_at,
        settled_at=outcome.since,
        number=last.time.number,
    )


def _label(outcome: Outcome) -> str:
    return outcome.status.label if outcome.status else ""


def _opens_at(on: Walk, step: Step, *, after: datetime | None) -> datetime | None:
    """When the step opened by itself after its last time; None while it has not."""
    openings = on.graph.openings.get(step.key, ())
    needs = [on.steps[key] for key in step.needs]
    if not openings or any(need.settled_at is None for need in needs):
        return None
    if _unneeded(on, step):
        return None
    ready = max((need.settled_at for need in needs if need.settled_at), default=on.started_at)
    each_at = (_opening_at(on, step, one, names, ready, after) for one, names in openings)
    found = [at for at in each_at if at]
    return min(found, default=None)


def _opening_at(
    on: Walk,
    step: Step,
    opening: Opening,
    names: frozenset[str],
    ready: datetime,
    after: datetime | None,
) -> datetime | None:
    ref, at = on.cause_of(names)
    come: datetime | None = None
    if opening.at is not None:
        come = on.moment(opening.at)
        if come is None or (after is not None and come <= after):
            return None
        on.has_come(come)
    inputs = {
        "from": come.isoformat() if come else None,
        "now": on.now.isoformat(),
        "when": opening.when,
        "known": on.known_of(names),
    }
    if open_beside_the_path(inputs) != "opened":
        return None
    opened_at = max(filter(None, (ready, at, come, after)))
    on.decide(OPENS, step.key, inputs, ref, opened_at)
    return opened_at


def _unneeded(on: Walk, step: Step) -> tuple[Skip, frozenset[str]] | None:
    skips = on.graph.skips[step.key]
    return next(((skip, names) for skip, names in skips if skip_holds(on, skip, names)), None)


def _open(
    on: Walk, step: Step, outcome: Outcome, opened_at: datetime, time: Time | None
) -> StepState:
    """The state of a time that is not over: in dispute, ended by what is known, or in hand."""
    number = time.number if time else ""
    if outcome.conflict and outcome.conflict.open:
        return state_of(step, outcome, phase="conflict", opened_at=opened_at, number=number)
    found = _unneeded(on, step)
    if found:
        return _ended(on, step, outcome, found, opened_at)
    outcome = _held(on, step, outcome, time) or turned(on, step, outcome)
    state = in_hand(step, outcome, opened_at, number=number)
    return gated(on, step, state)


def _ended(
    on: Walk,
    step: Step,
    outcome: Outcome,
    found: tuple[Skip, frozenset[str]],
    opened_at: datetime,
) -> StepState:
    skip, names = found
    ref, at = on.cause_of(names)
    at = max(at, opened_at)
    on.decide(SKIPS, step.key, {"when": skip.when, "facts": on.known_of(names)}, ref, at)
    status = step.status(skip.ends_as)
    ended = Outcome(status, at, None, outcome.event, outcome.last) if status else Outcome()
    return state_of(
        step,
        ended,
        phase="done" if status and status.kind == "done" else "skipped",
        skipped_why=skip.why,
        skipped_by=tuple(name for name in names if name in on.known.facts),
        since=at,
        opened_at=opened_at,
        settled_at=at,
        ref=ref,
    )


def _held(on: Walk, step: Step, outcome: Outcome, time: Time | None) -> Outcome | None:
    """The status in which another open step holds this one, unless it was reported since."""
    told = time.reports[-1].occurred_at if time else None
    for key, status_key in on.graph.held_by.get(step.key, ()):
        holder, status = on.steps[key], step.status(status_key)
        if holder.acts is None or holder.opened_at is None or status is None:
            continue
        inputs = {
            "status": status_key,
            "opened": holder.opened_at.isoformat(),
            "told": told.isoformat() if told else None,
        }
        if hold_while_open(inputs) == status_key:
            on.decide(HOLDS, step.key, inputs, holder.ref, holder.opened_at)
            return Outcome(status, holder.opened_at, None, outcome.event, outcome.last)
    return None
