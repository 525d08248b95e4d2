"""What the walk over the steps carries, and how a step's state is written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from journeys.core.calendar import Calendar
from journeys.core.conflicts import Conflict
from journeys.core.decisions import RULES, Decision
from journeys.core.fold import Ledger
from journeys.core.graph import OUTSIDERS, Graph, Moment, Step
from journeys.core.known import Known
from journeys.core.moments import instant_of
from journeys.core.outcomes import Outcome
from journeys.core.state import Phase, StepState


@dataclass(slots=True)
class Walk:
    """What is known, and where the steps walked so far stand.

    `values` are the undisputed facts with what conditions read besides: "step.<key>" (the
    status of a step) and what is worked out (journeys.core.derived). `calendar` is the
    practice's. `wakes` are moments ahead at which time alone changes something.
    """

    graph: Graph
    ledger: Ledger
    known: Known
    started_at: datetime
    now: datetime
    calendar: Calendar
    values: dict[str, object]
    wakes: list[datetime] = field(default_factory=list)
    steps: dict[str, StepState] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def decide(
        self, rule: str, step: str, inputs: Mapping[str, Any], cause: str | None, at: datetime
    ) -> str:
        """Decide by the rule's own words, keep the decision, and give its outcome."""
        outcome = RULES[rule](inputs)
        self.decisions.append(Decision(rule, step, inputs, outcome, cause, at))
        return outcome

    def put(self, state: StepState) -> None:
        """Write down where a step stands, also for the conditions that read it."""
        self.steps[state.key] = state
        if state.key in self.graph.watched and state.phase != "ahead":
            name = f"step.{state.key}"
            self.values[name] = state.status or state.phase
            if state.reason:
                self.values[f"{name}.reason"] = state.reason

    def known_of(self, names: Iterable[str]) -> dict[str, object]:
        """What is known under these names."""
        return {name: self.values[name] for name in sorted(names) if name in self.values}

    def cause_of(self, names: Iterable[str]) -> tuple[str | None, datetime]:
        """The latest report that any of these rest on, and when it happened."""
        found: list[tuple[datetime, str]] = [(self.started_at, "")]
        for name in names:
            fact = self.known.facts.get(name)
            state = self.steps.get(name.split(".")[1]) if name.startswith("step.") else None
            if fact:
                found.append((fact.occurred_at, fact.ref))
            elif state and state.since:
                found.append((state.since, state.ref or ""))
        at, ref = max(found)
        return ref or None, at

    def moment(self, moment: Moment) -> datetime | None:
        """When a moment is, if what it hangs on is known."""
        return instant_of(moment, self.values, self.steps, self.calendar)

    def has_come(self, at: datetime) -> bool:
        """Whether a moment is here; one ahead is kept as a moment to wake at."""
        if at > self.now:
            self.wakes.append(at)
        return at <= self.now


@lru_cache(maxsize=1024)
def _untouched(key: str, title: str) -> StepState:
    return StepState(key=key, title=title, phase="ahead")


def untouched(step: Step) -> StepState:
    """The state of a step that is ahead and that nobody spoke of: most, most of the time."""
    return _untouched(step.key, step.title)


def state_of(step: Step, outcome: Outcome, **known: Any) -> StepState:
    """A step's state from its outcome, with what the caller knows better."""
    values: dict[str, Any] = {
        "status": outcome.status.key if outcome.status else None,
        "status_label": outcome.status.label if outcome.status else "",
        "reason": outcome.reason,
        "reason_label": step.label_of(outcome.reason),
        "since": outcome.since,
        "ref": outcome.event.ref if outcome.event else None,
    }
    values.update(known)
    return StepState(key=step.key, title=step.title, **values)


def in_hand(
    step: Step, outcome: Outcome, opened_at: datetime | None, *, number: str = ""
) -> StepState:
    """The state of a step somebody has to act on."""
    status = outcome.status or step.statuses[0]
    owner = status.owner or step.owner
    phase = _phase(step, outcome, owner)
    reason = step.reason(outcome.reason)
    return state_of(
        step,
        outcome,
        phase=phase,
        status=status.key,
        status_label=status.label,
        owner=owner,
        acts=None if phase == "conflict" else step.acting(owner),
        action=(reason and reason.action) or status.action or step.action,
        since=max(filter(None, (outcome.since, opened_at)), default=None),
        opened_at=outcome.restarted_at or opened_at,
        number=number,
    )


def _phase(step: Step, outcome: Outcome, owner: str) -> Phase:
    if outcome.conflict and outcome.conflict.open:
        return "conflict"
    if outcome.status and outcome.status.kind == "failed":
        return "blocked"
    return "waiting" if owner in OUTSIDERS or owner != step.owner else "now"
