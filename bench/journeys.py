"""What it costs that a journey learns something."""

import statistics
import time
from collections.abc import Iterator

from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.floor import written_bytes
from bench.recorders import Part
from bench.results import Row
from bench.stories import WITH_THE_PAYER, asking, journey_with
from bench.together import PROCESSES, together
from bench.world import World
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.recording import record, state_of, stored_events

EVENTS = 60
ROUNDS = 5
EVALUATIONS = 40
JOURNEYS, EACH, TENTH = 12, 48, 10


def measure(world: World) -> Iterator[Row]:
    """`evaluate_ms`: where a journey stands, worked out from 60 events that are in memory; no
    database in sight.

    `record_per_s`: reports that each move a step, recorded by two processes at once, as the
    worker's two children do: each commits one after the other, on journeys of its own in turn
    (which begin with a dozen events), but for every tenth, which is of one journey that both tell
    of. Its floor is plain transactions by the same two processes that write as many rows of the
    same bytes, taken in turns with the rounds.
    """
    yield _evaluate()
    yield _record(world)


def _evaluate() -> Row:
    now = timezone.now()
    journey = journey_with(EVENTS, seed=21, now=now)
    with every_tenant(reason="the bench evaluates a journey as every party would"):
        graph, cast = graph_of(journey.program_version_id), cast_of(journey)
        events = stored_events(journey)
    runs = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        for _ in range(EVALUATIONS):
            state_of(cast, graph, events, now=now)
        runs.append((time.perf_counter() - began) * 1000 / EVALUATIONS)
    return Row("evaluate_ms", "ms", runs[1:])


def _record(world: World) -> Row:
    now = timezone.now()
    first, *rest = (
        journey_with(10, seed=30 + number, now=now, history=WITH_THE_PAYER)
        for number in range(1 + PROCESSES * JOURNEYS)
    )
    event = next(asking(first, since=now))
    sizes = written_bytes(lambda: record(first.id, event, actor=None, now=event.received_at))
    parts = [
        Part(
            name=f"bench-{number}",
            own=[each.id for each in rest[number::PROCESSES]],
            shared=first.id,
            shared_every=TENTH,
            events=EACH,
            sizes=sizes,
            now=now,
        )
        for number in range(PROCESSES)
    ]
    runs, floors = [], []
    log = world.folder / "recorders.log"
    with together("bench.recorders:recording", parts, log=log) as processes:
        for _ in range(ROUNDS + 1):
            runs.append(PROCESSES * EACH / processes.seconds("record"))
            floors.append(PROCESSES * EACH / processes.seconds("floor"))
    return Row("record_per_s", "/s", runs[1:], floor=statistics.median(floors[1:]))
