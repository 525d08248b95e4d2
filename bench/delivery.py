"""How soon after a submission the hub has it."""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import redis
from django.db import transaction
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.tenancy import acting_as, every_tenant
from bench.office import STAFF, actor_of, send, signed_drafts
from bench.partner import Partner, listening
from bench.results import Row, Unmeasured
from bench.world import World
from config.runner.site import PAPERS, QUEUES
from config.runner.supervisor import Supervisor
from journeys.models import Delivery

# A child of the worker reads code and plans its queries at its first tasks; there are two.
WARM_UP, RUNS = 13, 25
PROGRAM = "veltrana"
# The first start of a worker takes seconds, and it has the seeded deliveries to send.
PATIENCE_SECONDS = 40.0


def measure(world: World) -> Iterator[Row]:
    """`first_attempt_ms`: from the commit of a submission to the first bytes of its delivery at
    the hub's HTTP server: nudge through Redis, a real worker claims, checks consent, signs and
    posts. No beat runs: the nudge alone is measured. The packets and signed copies are drawn
    meanwhile, by the worker of papers, which steps behind the others as wherever it runs.

    The floor is a bare Celery task's round trip on the same Redis: queued, run, answered.
    """
    now = timezone.now()
    drafts = signed_drafts(WARM_UP + RUNS, program=PROGRAM, seed=12, now=now)
    staff = actor_of(STAFF)
    with (
        listening(world.partner_port) as partner,
        working(world, "bench.worker", QUEUES),
        working(world, "config.runner.papers", PAPERS, children=1),
    ):
        waits = [_until_on_the_wire(draft, partner, by=staff) for draft in drafts]
    with working(world, "bench.echo", "bench"):
        floor = [_round_trip() for _ in range(WARM_UP + RUNS)]
    yield Row("first_attempt_ms", "ms", waits[WARM_UP:], statistics.median(floor[WARM_UP:]))


@contextmanager
def working(world: World, application: str, queues: str, *, children: int = 2) -> Iterator[None]:
    """A Celery worker as it is deployed."""
    supervisor = Supervisor()
    argv = (sys.executable, "-m", "celery", "-A", application, "worker", "-Q", queues)
    more = ("--concurrency", str(children), "--hostname", f"{queues.partition(',')[0]}@%h")
    supervisor.start(world.program(application, *argv, *more))
    try:
        yield
    finally:
        # What it is about is measured; a queue it still works at may be long.
        supervisor.stop(patience=2)


def _until_on_the_wire(draft: UUID, partner: Partner, *, by: Actor) -> float:
    """Submit, and wait until the partner hears of it; ms from the commit."""
    committed: list[float] = []
    with acting_as(by):
        # The first to be told of the commit, before anybody is nudged.
        transaction.on_commit(lambda: committed.append(time.monotonic()))
        enrollment = send(draft, by=by, now=timezone.now())
    with every_tenant(reason="the bench looks for what it sent"):
        delivery = Delivery.objects.get(journey_id=enrollment.journey_id)
    try:
        came_at = partner.wait_for(str(delivery.id), seconds=PATIENCE_SECONDS)
    except TimeoutError as error:
        raise Unmeasured(str(error)) from None
    return (came_at - committed[0]) * 1000


def _round_trip() -> float:
    from bench.echo import QUEUE, TASK, app

    key = f"bench:{uuid4()}"
    with redis.from_url(os.environ["REDIS_URL"], socket_timeout=2 * PATIENCE_SECONDS) as client:
        began = time.monotonic()
        app.send_task(TASK, [key], queue=QUEUE)
        if client.blpop([key], timeout=PATIENCE_SECONDS) is None:
            raise Unmeasured("The bare task never ran.")
        return (time.monotonic() - began) * 1000
