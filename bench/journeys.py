"""What it costs that a journey learns something."""

import time
from collections.abc import Iterator

from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.floor import plain_transaction, written_bytes
from bench.results import Row
from bench.stories import journey_with, talk
from bench.world import World
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.recording import record, state_of, stored_events
from journeys.models import Journey

EVENTS = 60
ROUNDS = 5
EVALUATIONS = 40
JOURNEYS, EACH = 6, 6


def measure(world: World) -> Iterator[Row]:
    """`evaluate_ms`: where a journey stands, worked out from 60 events that are in memory; no
    database in sight.

    `record_per_s`: events recorded one after the other by one process, each on another journey
    (which has a dozen by then), each committed. Its floor is plain transactions per second that
    write as many rows of the same bytes.
    """
    yield _evaluate()
    yield _record()


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


def _record() -> Row:
    now = timezone.now()
    journeys = [journey_with(10, seed=30 + number, now=now) for number in range(JOURNEYS)]
    said = {each.id: talk(each, since=now) for each in journeys}

    def learn(journey: Journey) -> None:
        event = next(said[journey.id])
        record(journey.id, event, actor=None, now=event.received_at)

    sizes = written_bytes(lambda: learn(journeys[0]))
    runs, floors = [], []
    with plain_transaction(sizes) as write:
        for _ in range(ROUNDS + 1):
            began = time.perf_counter()
            for _ in range(EACH):
                for journey in journeys:
                    learn(journey)
            runs.append(EACH * JOURNEYS / (time.perf_counter() - began))
            floors.append(EACH * JOURNEYS / sum(write() for _ in range(EACH * JOURNEYS)))
    return Row("record_per_s", "/s", runs[1:], floor=sorted(floors[1:])[ROUNDS // 2])
