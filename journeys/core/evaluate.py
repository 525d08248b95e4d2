"""Where a journey stands, as a pure function of its graph, its events and the moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.core import summary
from journeys.core.asides import beside
from journeys.core.clocks import (
    DEFAULT_ZONE,
    Around,
    conflict_action,
    kept,
    step_action,
    with_clock,
)
from journeys.core.closing import Closing, closing_of
from journeys.core.coming_coverage import as_of, counts_from, waiting
from journeys.core.conflicts import (
    Conflict,
    proposal_inputs,
    settlement_inputs,
)
from journeys.core.decisions import (
    Decision,
    evidence_outranks_status_text,
    expect_as_observed,
    person_settles,
)
from journeys.core.derived import DERIVED, before_the_path, beside_the_path
from journeys.core.eta import outlook, weighed
from journeys.core.events import Event, in_order
from journeys.core.fold import fold
from journeys.core.graph import Graph
from journeys.core.known import Known, known
from journeys.core.payers import payer_class
from journeys.core.risks import Scene, watch
from journeys.core.standing import walk
from journeys.core.state import JourneyState, NextAction, Observed, Party, Risk, StepState
from journeys.core.walking import Walk

NOBODY: Mapping[str, Party] = {}
Observations = Mapping[str, Mapping[str, Observed]]
NOTHING: Observations = {}


def evaluate(
    graph: Graph,
    events: Iterable[Event],
    *,
    started_at: datetime,
    now: datetime,
    parties: Mapping[str, Party] = NOBODY,
    observed: Observations = NOTHING,
) -> JourneyState:
    """Evaluate the journey.

    `events` may come in any order and more than once. `parties` gives each role its
    organization's name and time zone; a role nobody fills is stood in for by the hub, then
    the practice. Without parties, roles are called by what they are. `observed` says by payer
    class how long steps took in other journeys, for the expected days.
    """
    story = as_of(in_order(events), now=now, zone=_zone(parties))
    closing = closing_of(graph, story)
    around, on = _walked(graph, story, closing, started_at, _Now(now, parties, observed))
    last_at = max(story[-1].occurred_at, started_at) if story else started_at
    return _ended(around, on, closing, last_at) if closing else _going(around, on, last_at)


def steps_after(
    graph: Graph,
    events: Iterable[Event],
    *,
    started_at: datetime,
    now: datetime,
    parties: Mapping[str, Party] = NOBODY,
) -> Mapping[str, StepState]:
    """Where each step stands, without who acts by when: all that effects follow from.

    What is over, opened and reported is as `evaluate` says; dates, risks and words are left out,
    and after the end steps that nobody did still stand as they did.
    """
    story = as_of(in_order(events), now=now, zone=_zone(parties))
    closing = closing_of(graph, story)
    return _walked(graph, story, closing, started_at, _Now(now, parties, NOTHING))[1].steps


def steps_with_effects(
    graph: Graph,
    events: Iterable[Event],
    *,
    started_at: datetime,
    now: datetime,
    parties: Mapping[str, Party] = NOBODY,
) -> Mapping[str, StepState]:
    """The same of the steps that set something off alone, and of what they hang on.

    They are few and come early, so it takes a fraction of the time.
    """
    story = as_of(in_order(events), now=now, zone=_zone(parties))
    closing = closing_of(graph, story)
    on = _begun(graph, story, closing, started_at, _Now(now, parties, NOTHING))[1]
    walk(on, only=graph.leading_to_effects)
    return on.steps


@dataclass(frozen=True, slots=True)
class _Now:
    """What is known besides the story."""

    moment: datetime
    parties: Mapping[str, Party]
    observed: Observations


def _walked(
    graph: Graph, story: list[Event], closing: Closing | None, started_at: datetime, at: _Now
) -> tuple[Around, Walk]:
    """Every step placed where the events leave it."""
    around, on = _begun(graph, story, closing, started_at, at)
    walk(on)
    around.supply = beside_the_path(on)
    beside(on)
    return around, on


def _begun(
    graph: Graph, story: list[Event], closing: Closing | None, started_at: datetime, at: _Now
) -> tuple[Around, Walk]:
    """What the events tell, before any step is placed."""
    ledger = fold(graph, _counted(graph, story, closing))
    facts = known(ledger)
    people = _with_payer(at.parties, facts)
    values = dict(facts.values)
    seen = at.observed.get(payer_class(values.get("line_of_business")), {})
    around = Around(graph, people, values, ledger.followed_up, at.moment, seen)
    on = Walk(
        graph,
        ledger,
        facts,
        started_at,
        at.moment,
        around.calendar("practice"),
        around.values,
        conflicts=list(facts.conflicts),
    )
    if (ahead := waiting(story)) and (day := counts_from(ahead, _zone(at.parties))):
        on.wakes.append(day)
    before_the_path(on)
    return around, on


def _zone(parties: Mapping[str, Party]) -> str:
    """The zone whose days count: the practice's."""
    practice = parties.get("practice")
    return practice.time_zone if practice else DEFAULT_ZONE


def _counted(graph: Graph, story: list[Event], closing: Closing | None) -> list[Event]:
    """The events that count: after the end only those about what outlives it."""
    if closing is None:
        return story
    after = story[closing.index + 1 :]
    return story[: closing.index + 1] + [e for e in after if e.step in graph.outliving]


def _with_payer(parties: Mapping[str, Party], facts: Known) -> Mapping[str, Party]:
    """The parties, with the payer called by the name of the coverage."""
    payer = facts.values.get("payer_name")
    if "payer" in parties or not payer:
        return parties
    return {**parties, "payer": Party("payer", str(payer))}


def _going(around: Around, on: Walk, last_at: datetime) -> JourneyState:
    """The state of a journey that goes on, or whose every step is over."""
    steps = {
        step.key: with_clock(around, step, on.steps[step.key], on.steps)
        for step in around.graph.steps
        if step.key in on.steps
    }
    conflicts = _conflicts(on)
    ahead = outlook(around, steps)
    actions = _actions(around, steps, conflicts, ahead.critical_path)
    watched = watch(Scene(around, on, steps, actions, conflicts, ahead, last_at))
    risks = tuple(risk for risk in watched if risk.since <= around.now)
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
        kept_headline=summary.headline(around, steps, lead, completed_at, kept=True),
        stage=summary.stage(around.graph, steps),
        facts=on.known.facts,
        coverage_id=on.ledger.coverage_id,
        conflicts=conflicts,
        risks=risks,
        eta=ahead.eta,
        critical_path=ahead.critical_path,
        completed_at=completed_at,
        last_event_at=last_at,
        wakes_at=_wakes_at(on, actions, watched),
        decisions=_decisions(on, conflicts, expected=_expected(around, steps)),
        unplaced=tuple(on.ledger.unplaced),
        supply=around.supply,
        elsewhere=tuple(event.ref for event in on.ledger.elsewhere),
        private=around.graph.private,
        any_time=around.graph.any_time,
        worked_out={name: on.values[name] for name in DERIVED if name in on.values},
        said=on.ledger.claims,
    )


def _ended(around: Around, on: Walk, closing: Closing, last_at: datetime) -> JourneyState:
    """The state of a journey that was closed: nothing is open but what outlives it."""
    outliving = around.graph.outliving
    steps = {
        step.key: with_clock(around, step, on.steps[step.key], on.steps)
        if step.key in outliving
        else _left_undone(on.steps[step.key])
        for step in around.graph.steps
        if step.key in on.steps
    }
    steps = {
        key: _left_undone(state) if state.acts is None else state for key, state in steps.items()
    }
    conflicts = _conflicts(on)
    actions = _actions(around, steps, (), ())
    lead = actions[0] if actions else None
    return JourneyState(
        steps=steps,
        current=_current(actions),
        actions=actions,
        next_owner=lead.owner if lead else None,
        next_action=summary.next_action(around, lead),
        due_at=lead.due_at if lead else None,
        headline=summary.closed(around, closing.event.source_name, closing.at),
        kept_headline=summary.closed(around, closing.event.source_name, closing.at, kept=True),
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
        closing_ref=closing.event.ref,
        last_event_at=last_at,
        wakes_at=_wakes_at(on, actions, ()) if actions else None,
        decisions=(*_decisions(on, conflicts), closing.decision),
        unplaced=tuple(on.ledger.unplaced),
        supply=around.supply,
        private=around.graph.private,
        any_time={k: v for k, v in around.graph.any_time.items() if k in outliving},
        said=on.ledger.claims,
    )


def _left_undone(state: StepState) -> StepState:
    if state.over or state.phase == "skipped":
        return state
    why = "The journey was closed before this"
    return state._replace(
        phase="skipped", skipped_why=why, blocked_why="", owner=None, acts=None, action=""
    )


def _at_risk(state: StepState) -> StepState:
    return state._replace(phase="at_risk") if state.phase in ("now", "waiting") else state


def _conflicts(on: Walk) -> tuple[Conflict, ...]:
    return tuple(sorted(on.conflicts, key=lambda c: (c.since, c.key)))


def _actions(
    around: Around,
    steps: Mapping[str, StepState],
    conflicts: Iterable[Conflict],
    critical: tuple[str, ...],
) -> tuple[NextAction, ...]:
    """Everything an organization has to do now, what decides the end first."""
    found = [step_action(around, state) for state in steps.values() if not kept(state, steps)]
    actions = [action for action in found if action]
    actions += [conflict_action(around, conflict) for conflict in conflicts if conflict.open]

    def rank(action: NextAction) -> tuple[bool, bool, datetime, str]:
        step = around.graph.by_key.get(action.step or "")
        of = step.detour.of if step and step.detour else action.step
        hidden = action.step in around.graph.private
        return (hidden, of not in critical, action.due_at, action.key)

    return tuple(sorted(actions, key=rank))


def _current(actions: Iterable[NextAction]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(action.step for action in actions if action.step))


def _last_over(steps: Mapping[str, StepState]) -> datetime | None:
    return max((state.settled_at for state in steps.values() if state.settled_at), default=None)


def _wakes_at(on: Walk, actions: Sequence[NextAction], watched: Iterable[Risk]) -> datetime | None:
    """The next moment at which time alone changes the state."""
    moments = [*on.wakes, *(risk.since for risk in watched), *(one.due_at for one in actions)]
    return min((moment for moment in moments if moment > on.now), default=None)


def _expected(around: Around, steps: Mapping[str, StepState]) -> list[Decision]:
    """From what the expected days were worked out, for each step that was observed."""
    rule = expect_as_observed
    return [
        Decision(rule.__name__, key, inputs, rule(inputs), None, around.now)
        for key, inputs in weighed(around, steps)
    ]


def _decisions(
    on: Walk, conflicts: Iterable[Conflict], *, expected: Iterable[Decision] = ()
) -> tuple[Decision, ...]:
    """Every automatic decision, in the order of what set it off."""
    made = [*on.decisions, *expected]
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
