"""How long sending an enrollment takes the person who presses the button."""

import statistics
import time
from collections.abc import Iterator

from django.utils import timezone

from bench.floor import plain_transaction, written_bytes
from bench.office import STAFF, actor_of, send, signed_drafts
from bench.results import Row, percentile
from bench.world import World

WARM_UP, RUNS = 6, 60
PROGRAM = "veltrana"


def measure(world: World) -> Iterator[Row]:
    """`submission_p50_ms`, `submission_p95_ms`: one whole submission, commit included: lock,
    check everything anew, build and freeze the packet, open the journey with its parties, grants,
    first event, work and delivery, audit it all, and nudge a worker through Redis.

    The floor is one plain transaction that writes as many rows of the same bytes, at the same
    moments on the same server.
    """
    now = timezone.now()
    staff = actor_of(STAFF)
    first, *drafts = signed_drafts(1 + WARM_UP + RUNS, program=PROGRAM, seed=11, now=now)
    sizes = written_bytes(lambda: send(first, by=staff, now=now))
    whole: list[float] = []
    bare: list[float] = []
    with plain_transaction(sizes) as write:
        for draft in drafts:
            began = time.perf_counter()
            send(draft, by=staff, now=timezone.now())
            whole.append((time.perf_counter() - began) * 1000)
            bare.append(write() * 1000)
    whole, bare = whole[WARM_UP:], bare[WARM_UP:]
    yield Row("submission_p50_ms", "ms", [statistics.median(whole)], statistics.median(bare))
    yield Row("submission_p95_ms", "ms", [percentile(whole, 0.95)], percentile(bare, 0.95))
