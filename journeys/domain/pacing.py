"""Count each night how long steps really took, by program and payer class."""

from collections import defaultdict
from datetime import datetime, timedelta

from accounts.tenancy import every_tenant
from journeys.core.calendar import calendar_of
from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.evaluate import Observations
from journeys.core.pace import hours_taken, observed, to_json
from journeys.core.payers import payer_class
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.reading import one
from journeys.domain.recording import state_of, stored_events
from journeys.models import Journey, ProgramPace
from programs.models import Program

SINCE = timedelta(days=365)
# Enough to know a program's pace by; the newest tell it best.
MOST = 400


def count_paces(*, now: datetime) -> int:
    """Count every program's steps; how many programs changed.

    Open journeys of a program whose count changed are looked at again: what may slip by it is
    told from the new one.
    """
    changed = 0
    for program in Program.objects.filter(manufacturer__sandbox_of=None).order_by("pk"):
        with every_tenant(reason="a program's pace comes from every practice's journeys"):
            changed += _count(program, now=now)
    return changed


def _count(program: Program, *, now: datetime) -> bool:
    told = to_json(_observed(program, now=now))
    kept = ProgramPace.objects.filter(program=program).first()
    if told == (kept.observed if kept else {}):
        return False
    ProgramPace.objects.update_or_create(
        program=program, defaults={"observed": told, "counted_at": now}
    )
    going = Journey.objects.filter(program_version__program=program, closed_at=None)
    going.update(refresh_at=now)
    return True


def _observed(program: Program, *, now: datetime) -> Observations:
    hours: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    told = one().filter(program_version__program=program, last_event_at__gt=now - SINCE)
    for journey in told.order_by("-last_event_at")[:MOST]:
        cast, graph = cast_of(journey), graph_of(journey.program_version_id)
        state = state_of(cast, graph, stored_events(journey), now=now)
        line = state.facts.get("line_of_business")
        payer = payer_class(line.value) if line else ""
        practice = cast.people().get("practice")
        calendar = calendar_of(practice.time_zone if practice else DEFAULT_ZONE)
        for step, taken in hours_taken(graph, state, calendar):
            hours[payer][step].append(taken)
    return {
        payer: {step: observed(taken) for step, taken in steps.items()}
        for payer, steps in hours.items()
    }
