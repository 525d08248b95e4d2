"""Turns off the path and back: missing information after an intake was returned."""

from journeys.core.conflicts import Conflict
from journeys.core.decisions import detour_when_returned, go_back_when_answered
from journeys.core.events import Event
from journeys.core.graph import Detour, Step
from journeys.core.outcomes import NO_WORD, Outcome, outcome_of, runs_of
from journeys.core.state import StepState
from journeys.core.turning import turned
from journeys.core.walking import Walk, in_hand, state_of, untouched

OPENS = detour_when_returned.__name__
GOES_BACK = go_back_when_answered.__name__


def take_outcome(on: Walk, step: Step) -> None:
    """Find a step's outcome by the word of its sources, its detours counted."""
    claims = on.ledger.claims.get(step.key, [])
    outcome = outcome_of(step, runs_of(claims), on.ledger)
    disputed = outcome.conflict
    if disputed:
        on.conflicts.append(disputed)
    for detour in on.graph.detours.get(step.key, ()):
        if detour.detour:
            _tell(on, step, detour, detour.detour, disputed)
            outcome = _through(on, step, detour, detour.detour, outcome)
    on.outcomes[step.key] = outcome


def _through(on: Walk, step: Step, detour: Step, rule: Detour, outcome: Outcome) -> Outcome:
    """The outcome of a step once its detour, open or answered, is counted."""
    if outcome.status is None or not _opens(rule, outcome.status.key, outcome.reason):
        return outcome
    opening = _opening(on, step, detour, outcome)
    claims = on.ledger.claims.get(detour.key, [])
    since = [c for c in claims if opening is None or c.order > opening.order]
    answer = outcome_of(detour, runs_of(since), on.ledger)
    if answer.conflict:
        on.conflicts.append(answer.conflict)
    back = step.status(rule.returns.get(answer.status.key)) if answer.status else None
    opened_at = opening.occurred_at if opening else answer.since
    if back is None:
        on.put(in_hand(detour, answer, opened_at))
        # The moments of its reminders hang on its opening, which is known only now.
        on.put(in_hand(detour, turned(on, detour, answer), opened_at))
        return outcome._replace(since=opened_at, event=opening)
    on.put(state_of(detour, answer, phase="done", opened_at=opened_at, settled_at=answer.since))
    return Outcome(back, answer.since, None, answer.event, answer.last, restarted_at=answer.since)


def _opens(rule: Detour, status: str | None, reason: str | None) -> bool:
    return status in rule.opened_by and reason not in rule.but_for


def _opening(on: Walk, step: Step, detour: Step, outcome: Outcome) -> Event | None:
    """The report that sent the step on this turn: the first one not answered before."""
    first, last = outcome.event, outcome.last
    if first is None or last is None:
        return first
    answered = [c.order for c in _ends(on, detour) if c.order < last.order]
    turns = [
        claim
        for claim in on.ledger.claims.get(step.key, [])
        if claim.source == last.source
        and claim.status == last.status
        and claim.order >= first.order
        and (not answered or claim.order > answered[-1])
    ]
    return turns[0] if turns else last


def _ends(on: Walk, step: Step) -> list[Event]:
    """Reports that say the step is over."""
    open_keys = {status.key for status in step.statuses if status.kind == "open"}
    return [c for c in on.ledger.claims.get(step.key, []) if c.status not in open_keys]


def _tell(on: Walk, step: Step, detour: Step, rule: Detour, disputed: Conflict | None) -> None:
    """Keep the decision for every time the detour was opened or answered."""
    for claim in on.ledger.claims.get(step.key, []):
        if _opens(rule, claim.status, claim.reason) and not _waits(claim, disputed):
            opening = {
                "status": claim.status,
                "reason": claim.reason,
                "opened_by": list(rule.opened_by),
                "but_for": list(rule.but_for),
            }
            on.decide(OPENS, detour.key, opening, claim.ref, claim.occurred_at)
    for claim in _ends(on, detour):
        answer = {"status": claim.status, "returns": dict(rule.returns)}
        on.decide(GOES_BACK, step.key, answer, claim.ref, claim.occurred_at)


def _waits(claim: Event, disputed: Conflict | None) -> bool:
    """Whether the report is a side of a disagreement that was not, or not yet, found right."""
    if disputed is None:
        return False
    right = [side.value for side in disputed.claims if side.ref == disputed.chosen]
    return any(
        side.source == claim.source
        and side.value == claim.status
        and side.value not in right
        and side.occurred_at <= claim.occurred_at
        for side in disputed.claims
    )


def unused(on: Walk, step: Step, rule: Detour) -> StepState:
    """A detour that is not open: still possible, taken before, or never needed."""
    ends = _ends(on, step)
    if ends:
        outcome = outcome_of(step, runs_of(ends[-1:]), on.ledger)
        return state_of(step, outcome, phase="done", settled_at=outcome.since)
    if on.steps[rule.of].over:
        return state_of(step, NO_WORD, phase="skipped", skipped_why=rule.unused_why)
    return untouched(step)
