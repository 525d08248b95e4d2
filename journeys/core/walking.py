"""What the walk over the steps carries, and how a step's state is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journeys.core.conflicts import Conflict
from journeys.core.decisions import RULES, Decision
from journeys.core.fold import Ledger
from journeys.core.graph import OUTSIDERS, Graph, Step
from journeys.core.known import Known
from journeys.core.outcomes import Outcome
from journeys.core.state import Phase, StepState


@dataclass(slots=True)
class Walk:
    """What is known, and where the steps walked so far stand."""

    graph: Graph
    ledger: Ledger
    known: Known
    started_at: datetime
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


def in_hand(step: Step, outcome: Outcome, opened_at: datetime | None) -> StepState:
    """The state of a step somebody has to act on."""
    status = outcome.status or step.statuses[0]
    owner = status.owner or step.owner
    phase = _phase(step, outcome, owner)
    return state_of(
        step,
        outcome,
        phase=phase,
        status=status.key,
        status_label=status.label,
        owner=owner,
        acts=None if phase == "conflict" else step.acting(owner),
        action=status.action or step.action,
        since=max(filter(None, (outcome.since, opened_at)), default=None),
        opened_at=outcome.restarted_at or opened_at,
    )


def _phase(step: Step, outcome: Outcome, owner: str) -> Phase:
    if outcome.conflict and outcome.conflict.open:
        return "conflict"
    if outcome.status and outcome.status.kind == "failed":
        return "blocked"
    return "waiting" if owner in OUTSIDERS or owner != step.owner else "now"
