"""Where a journey stands, as a pure function of its graph, its events and the moment."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from journeys.core import summary
from journeys.core.clocks import Around, conflict_action, step_action, with_clock
from journeys.core.closing import Closing, closing_of
from journeys.core.conflicts import (
    Conflict,
    proposal_inputs,
    settlement_inputs,
)
from journeys.core.decisions import (
    Decision,
    evidence_outranks_status_text,
    person_settles,
)
from journeys.core.eta import outlook
from journeys.core.events import Event, in_order
from journeys.core.fold import fold
from journeys.core.graph import Graph
from journeys.core.known import Known, known
from journeys.core.risks import risks_of, silent_at
from journeys.core.standing import walk
from journeys.core.state import JourneyState, NextAction, Party, StepState
from journeys.core.walking import Walk

NOBODY: Mapping[str, Party] = {}


def evaluate(
    graph: Graph,
    events: Iterable[Event],
    *,
    started_at: datetime,
    now: datetime,
    parties: Mapping[str, Party] = NOBODY,
) -> JourneyState:
    """Evaluate the journey.

    `events` may come in any order and more than once. `parties` gives each role its
    organization's name and time zone; a role nobody fills is stood in for by the hub, then
    the practice. Without parties, roles are called by what they are.
    """
    story = in_order(events)
    closing = closing_of(graph, story)
    ledger = fold(graph, story[: closing.index + 1] if closing else story)
    facts = known(ledger)
    on = walk(graph, ledger, facts, started_at=started_at)
    people = _with_payer(parties, facts)
    around = Around(graph, people, facts.values, ledger.followed_up, now)
    last_at = max(story[-1].occurred_at, started_at) if story else started_at
    return _ended(around, on, closing, last_at) if closing else _going(around, on, last_at)


def _with_payer(parties: Mapping[str, Party], facts: Known) -> Mapping[str, Party]:
    """The parties, with the payer called by the name of the coverage."""
    payer = facts.values.get("payer_name")
    if "payer" in parties or not payer:
        return parties
    return {**parties, "payer": Party("payer", str(payer))}


def _going(around: Around, on: Walk, last_at: datetime) -> JourneyState:
    """The state of a journey that goes on, or whose every step is over."""
    steps = {
        step.key: with_clock(around, step, on.steps[step.key])
        for step in around.graph.steps
        if step.key in on.steps
    }
    conflicts = _conflicts(on)
    ahead = outlook(around, steps)
    actions = _actions(around, steps, conflicts, ahead.critical_path)
    risks = risks_of(around, steps, actions, conflicts, last_at)
    late = {risk.step for risk in risks if risk.rule == "R1"}
    steps = {key: _at_risk(state) if key in late else state for key, state in steps.items()}
    lead = actions[0] if actions else None
    completed_at = None if actions else _last_over(steps)
    return JourneyState(
        steps=steps,
        current=_current(actions),
        actions=actions,
        next_owner=lead.owner if lead else None,
        next_action=summary.next_action(around, lead),
        due_at=lead.due_at if lead else None,
        headline=summary.headline(around, steps, lead, completed_at),
        stage=summary.stage(around.graph, steps),
        facts=on.known.facts,
        coverage_id=on.ledger.coverage_id,
        conflicts=conflicts,
        risks=risks,
        eta=ahead.eta,
        critical_path=ahead.critical_path,
        completed_at=completed_at,
        last_event_at=last_at,
        wakes_at=_wakes_at(around, steps, actions, last_at),
        decisions=_decisions(on, conflicts),
        unplaced=tuple(on.ledger.unplaced),
    )


def _ended(around: Around, on: Walk, closing: Closing, last_at: datetime) -> JourneyState:
    """The state of a journey that was closed: nothing is open any more."""
    steps = {
        step.key: _left_undone(on.steps[step.key])
        for step in around.graph.steps
        if step.key in on.steps
    }
    conflicts = _conflicts(on)
    return JourneyState(
        steps=steps,
        current=(),
        actions=(),
        next_owner=None,
        next_action="",
        due_at=None,
        headline=summary.closed(around, closing.event.source_name, closing.at),
        stage="closed",
        facts=on.known.facts,
        coverage_id=on.ledger.coverage_id,
        conflicts=conflicts,
        risks=(),
        eta=None,
        critical_path=(),
        closed_at=closing.at,
        closed_reason=closing.reason,
        closed_label=closing.label,
        closed_by=closing.event.source_name,
        closing_ref=closing.event.ref,
        last_event_at=last_at,
        decisions=(*_decisions(on, conflicts), closing.decision),
        unplaced=tuple(on.ledger.unplaced),
    )


def _left_undone(state: StepState) -> StepState:
    if state.over or state.phase == "skipped":
        return state
    why = "The journey was closed before this"
    return replace(
        state, phase="skipped", skipped_why=why, blocked_why="", owner=None, acts=None, action=""
    )


def _at_risk(state: StepState) -> StepState:
    return replace(state, phase="at_risk") if state.phase in ("now", "waiting") else state


def _conflicts(on: Walk) -> tuple[Conflict, ...]:
    return tuple(sorted(on.conflicts, key=lambda c: (c.since, c.key)))


def _actions(
    around: Around,
    steps: Mapping[str, StepState],
    conflicts: Iterable[Conflict],
    critical: tuple[str, ...],
) -> tuple[NextAction, ...]:
    """Everything an organization has to do now, what decides the end first."""
    found = [step_action(around, state) for state in steps.values()]
    actions = [action for action in found if action]
    actions += [conflict_action(around, conflict) for conflict in conflicts if conflict.open]

    def rank(action: NextAction) -> tuple[bool, datetime, str]:
        step = around.graph.by_key.get(action.step or "")
        of = step.detour.of if step and step.detour else action.step
        return (of not in critical, action.due_at, action.key)

    return tuple(sorted(actions, key=rank))


def _current(actions: Iterable[NextAction]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(action.step for action in actions if action.step))


def _last_over(steps: Mapping[str, StepState]) -> datetime | None:
    return max((state.settled_at for state in steps.values() if state.settled_at), default=None)


def _wakes_at(
    around: Around,
    steps: Mapping[str, StepState],
    actions: tuple[NextAction, ...],
    last_at: datetime,
) -> datetime | None:
    """The next moment at which time alone changes the state."""
    if not actions:
        return None
    moments = [silent_at(around, last_at), *(action.due_at for action in actions)]
    moments += [state.due_at for state in steps.values() if state.due_at]
    return min((moment for moment in moments if moment >= around.now), default=None)


def _decisions(on: Walk, conflicts: Iterable[Conflict]) -> tuple[Decision, ...]:
    """Every automatic decision, in the order of what set it off."""
    made = list(on.decisions)
    by_id = {event.ref: event for event in on.ledger.settlements.values()}
    for conflict in conflicts:
        made.append(_proposal(conflict))
        if conflict.settled_by:
            made.append(_settlement(conflict, by_id[conflict.settled_by]))
    return tuple(sorted(made, key=lambda one: (one.at, one.ref or "", one.rule)))


def _proposal(conflict: Conflict) -> Decision:
    rule, inputs = evidence_outranks_status_text, proposal_inputs(conflict.claims)
    cause = conflict.claims[-1].ref
    return _decision(rule.__name__, conflict, inputs, rule(inputs), cause, conflict.since)


def _settlement(conflict: Conflict, event: Event) -> Decision:
    rule, inputs = person_settles, settlement_inputs(conflict.claims, event)
    return _decision(rule.__name__, conflict, inputs, rule(inputs), event.ref, event.occurred_at)


def _decision(
    rule: str, conflict: Conflict, inputs: Mapping[str, Any], outcome: str, cause: str, at: datetime
) -> Decision:
    return Decision(rule, conflict.step, {**inputs, "conflict": conflict.key}, outcome, cause, at)
