"""Why a journey may slip: each rule says why, who has it and by when, and ends by itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from journeys.core.calendar import calendar_of
from journeys.core.clocks import Around, subject_of
from journeys.core.conflicts import Conflict
from journeys.core.graph import Clock
from journeys.core.sentences import full_moment
from journeys.core.state import NextAction, Risk, StepState

SILENCE = Clock(3, "business_days")


def risks_of(
    around: Around,
    steps: Mapping[str, StepState],
    actions: Sequence[NextAction],
    conflicts: Sequence[Conflict],
    last_at: datetime,
) -> tuple[Risk, ...]:
    """Every rule that holds now, in the order of their numbers."""
    return (
        *_past_due(around, steps),
        *_silence(around, actions, last_at),
        *_conflicts(around, actions, conflicts),
    )


def silent_at(around: Around, last_at: datetime) -> datetime:
    """The moment the silence since `last_at` becomes a risk."""
    return calendar_of(around.zone).after(last_at, SILENCE)


def _past_due(around: Around, steps: Mapping[str, StepState]) -> Iterator[Risk]:
    for state in steps.values():
        if state.acts and state.due_at and state.due_at < around.now:
            why = f"{state.title} was due {full_moment(state.due_at, around.zone)}"
            yield Risk("R1", state.key, why, state.acts, state.due_at)


def _silence(around: Around, actions: Sequence[NextAction], last_at: datetime) -> Iterator[Risk]:
    at = silent_at(around, last_at)
    if actions and at < around.now:
        why = f"Nothing was heard since {full_moment(last_at, around.zone)}"
        yield Risk("R2", actions[0].step, why, actions[0].owner, at)


def _conflicts(
    around: Around, actions: Sequence[NextAction], conflicts: Sequence[Conflict]
) -> Iterator[Risk]:
    by_key = {action.key: action for action in actions}
    for conflict in conflicts:
        action = by_key.get(conflict.key)
        if action:
            why = f"Partners disagree about {subject_of(around.graph, conflict).lower()}"
            yield Risk("R8", conflict.step, why, action.owner, action.due_at)
