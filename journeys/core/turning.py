"""Statuses that the clock sets: a reminder is due, a time has run out."""

from collections.abc import Iterator
from datetime import datetime

from journeys.core.decisions import turn_with_the_clock
from journeys.core.graph import Status, Step
from journeys.core.outcomes import Outcome
from journeys.core.walking import Walk

TURNS = turn_with_the_clock.__name__


def turned(on: Walk, step: Step, outcome: Outcome) -> Outcome:
    """The outcome, or the later status that the clock has brought the step to."""
    moments = list(_ahead(on, step, outcome.status))
    come = [(status, at) for status, at in moments if on.has_come(at)]
    if not come:
        return outcome
    inputs = {
        "moments": [[status.key, at.isoformat()] for status, at in moments],
        "now": on.now.isoformat(),
    }
    status, at = come[-1]
    on.decide(TURNS, step.key, inputs, None, at)
    return outcome._replace(status=status, since=at)


def _ahead(on: Walk, step: Step, now: Status | None) -> Iterator[tuple[Status, datetime]]:
    """The statuses the clock sets that are listed after the present one, with their moments."""
    standing = step.statuses.index(now) if now else 0
    for status in step.statuses[standing + 1 :]:
        at = on.moment(status.comes_at) if status.comes_at else None
        if at is not None:
            yield status, at
