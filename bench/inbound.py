"""How fast partners' reports are kept and applied, and how soon each is answered."""

import statistics
import time
from collections.abc import Iterator, Sequence

from django.db import connection
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.reporters import Part, Reporter, apply_all
from bench.results import Row, Unmeasured, percentile
from bench.stories import journey_with
from bench.together import PROCESSES, Together, together
from bench.world import World
from journeys.enums import ReportStatus
from journeys.models import InboundReport

WARM_UP, REPORTS, JOURNEYS = 20, 240, 12
PER_SECOND = 100
ROUNDS = 3
EACH, BATCHES, TOGETHER = 120, 2, 60


def measure(world: World) -> Iterator[Row]:
    """`inbound_p95_ms`: from a signed report's first byte in the site's code to its 202, the
    report committed; 100 begin each second, in one process without a socket.

    `inbound_per_s`: reports kept and then applied by two processes at once, as two web workers
    and the worker's two children do: both answer what is sent to them, one request after the
    other; when all is kept, both apply it. A report counts when it is applied, so the time is
    that of both. The floor is a plain psycopg transaction for each that inserts a report's own
    bytes, by the same two processes, in turns with the rounds.

    `inbound_batch_per_s`: the same, but sent so many at a time to /reports/batch, as a partner
    does that has hundreds a second to tell. The same floor.
    """
    now = timezone.now()
    journeys = [journey_with(8, seed=60 + number, now=now).pk for number in range(JOURNEYS)]
    waits = _waits(Reporter("bench", journeys))
    apply_all()
    parts = [
        Part(
            name=f"bench-{number}",
            # Each begins with another, so that they do not go in step.
            journeys=journeys[number:] + journeys[:number],
            reports=EACH,
            batches=BATCHES,
            together=TOGETHER,
            size=_kept_bytes(),
        )
        for number in range(PROCESSES)
    ]
    alone, batched, floors = [], [], []
    log = world.folder / "reporters.log"
    with together("bench.reporters:reporting", parts, log=log) as processes:
        for _ in range(ROUNDS + 1):
            alone.append(PROCESSES * EACH / _kept_and_applied(processes, "write"))
            floors.append(PROCESSES * EACH / processes.seconds("floor"))
            took = _kept_and_applied(processes, "write together")
            batched.append(PROCESSES * BATCHES * TOGETHER / took)
    floor = statistics.median(floors[1:])
    yield Row("inbound_per_s", "/s", alone[1:], floor)
    yield Row("inbound_p95_ms", "ms", [percentile([wait * 1000 for wait in waits], 0.95)])
    yield Row("inbound_batch_per_s", "/s", batched[1:], floor)


def _waits(reporter: Reporter) -> Sequence[float]:
    """How long each of some reports waited for its answer, in seconds; so many begin a second."""
    told = [reporter.told() for _ in range(WARM_UP + REPORTS)]
    waits = []
    began = time.perf_counter()
    for number, each in enumerate(told):
        time.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        asked = time.perf_counter()
        each.answered()
        waits.append(time.perf_counter() - asked)
    return waits[WARM_UP:]


def _kept_and_applied(processes: Together, write: str) -> float:
    """Seconds until what is written now was answered and then applied.

    Raises Unmeasured when something could not be.
    """
    processes.seconds(write)
    took = processes.seconds("answer") + processes.seconds("apply")
    with every_tenant(reason="the bench looks at what became of its reports"):
        if InboundReport.objects.exclude(status=ReportStatus.APPLIED).exists():
            raise Unmeasured("Not every report was applied.")
    return took


def _kept_bytes() -> int:
    """How many bytes a report's row is."""
    with every_tenant(reason="the bench weighs a report"), connection.cursor() as cursor:
        cursor.execute("select pg_column_size(kept.*) from journeys_inboundreport kept limit 1")
        return int(cursor.fetchone()[0])
