"""A program tried before it is published: what would come of some answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from enrollment.domain.submission import facts_of
from journeys.core.cohort import SUBMITTED
from journeys.core.evaluate import steps_after
from journeys.core.events import Event
from journeys.core.templates import GRAPHS
from journeys.core.tuning import TuningError, tuned
from programs.core.definition import Definition
from programs.core.forms import sheet


def steps_of(definition: Definition, answers: Mapping[str, Any], on: date) -> Sequence[str]:
    """The steps of the path that a journey with these answers needs, in order, as far as they
    can be told at its submission; none while the journey has faults.
    """
    try:
        graph = tuned(GRAPHS[definition.journey.template], definition.journey.tune)
    except (KeyError, TuningError):
        return ()
    at = datetime.combine(on, time(15), tzinfo=UTC)
    known = sheet((definition,), answers, today=on).known
    begun = Event(
        id="submitted:1",
        kind="status",
        step=SUBMITTED,
        status="submitted",
        source="practice",
        source_name="The office",
        role="practice",
        facts=facts_of(known, urgent=False, authorized=True),
        occurred_at=at,
        received_at=at,
    )
    states = steps_after(graph, [begun], started_at=at, now=at)
    return [step.key for step in graph.path if states[step.key].phase != "skipped"]
