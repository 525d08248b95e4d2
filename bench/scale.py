"""Lists, a journey's page and the sweep of the clock, among ten thousand journeys."""

import http.client
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import every_tenant
from bench.copies import PER_HUB, PER_PRACTICE, Share
from bench.filling import fill, template
from bench.pages import HEADERS, HUB_AGENT, session_of
from bench.results import Row, Unmeasured, percentile
from bench.serving import serving
from bench.stories import TO_THE_END, WITH_THE_PAYER, journey_with
from bench.world import World
from journeys.domain.upkeep import refresh_due
from journeys.models import Journey

SMALL, DUE = 10_000, 500
EVENTS = 20
WARM_UP, PAGES = 20, 150
HUB = "beacon"


def measure(world: World) -> Iterator[Row]:
    """`worklist_p95_ms_10k`, `journeys_p95_ms_10k`, `timeline_p95_ms_10k`: the whole answer of
    the server, one at a time, for an agent of a hub with 500 open journeys, each of which waits
    for the hub: the first page of the work list and of the journeys, and journeys picked at
    random. `due_sweep_s_10k`: refreshing 500 journeys whose clock ran out, by one process, until
    none is left.
    """
    scaled = Scaled(world, now=timezone.now())
    scaled.grow_to(SMALL)
    yield from scaled.rows("10k")


@dataclass(frozen=True)
class Times:
    """95 % of the answers came within so many ms, and the sweep took so many seconds."""

    worklist: float
    journeys: float
    timeline: float
    sweep: float


class Scaled:
    """A world that is filled with journeys up to a size, and measured there."""

    def __init__(self, world: World, *, now: datetime) -> None:
        self.world = world
        self.now = now
        self.size = 0
        self.cookie = session_of(HUB_AGENT)
        url, ring = keys_of(self.world)
        going = journey_with(EVENTS, seed=71, now=now, history=WITH_THE_PAYER)
        over = journey_with(EVENTS, seed=72, now=now, history=TO_THE_END)
        self.templates = tuple(template(each.id, url=url, ring=ring) for each in (going, over))
        if self.templates[1].journey["closed_at"] is None:
            raise Unmeasured("The journey that most others are copies of has not ended.")
        self.practices: list[UUID] = []
        with every_tenant(reason="the bench looks for a hub of the demo"):
            self.hubs = [Organization.objects.get(slug=HUB).id]

    def grow_to(self, size: int) -> None:
        """Load journeys until there are so many."""
        found(self.practices, size, PER_PRACTICE, "practice")
        found(self.hubs, size, PER_HUB, "hub")
        url, ring = keys_of(self.world)
        going, over = self.templates
        share = Share(
            url=url,
            ring=ring,
            templates=(going, over),
            practices=self.practices,
            hubs=self.hubs,
            first=self.size,
            count=size - self.size,
            now=self.now,
        )
        fill(share)
        self.size = size

    def times(self) -> Times:
        """Ask for the pages as they are served, then let the clock run out for 500 journeys."""
        headers = {**HEADERS, "Cookie": self.cookie}
        with serving(self.world, "config.wsgi:application", "/", headers) as page:
            line = http.client.HTTPConnection("127.0.0.1", page.port, timeout=60)
            to_do = answers(line, [reverse("work")] * (WARM_UP + PAGES), headers)
            listed = answers(line, [reverse("journeys")] * (WARM_UP + PAGES), headers)
            asked = [reverse("journey", args=[each]) for each in self._some(WARM_UP + PAGES)]
            timelines = answers(line, asked, headers)
            line.close()
        return Times(
            worklist=percentile(to_do, 0.95),
            journeys=percentile(listed, 0.95),
            timeline=percentile(timelines, 0.95),
            sweep=self._sweep(),
        )

    def _some(self, count: int) -> list[UUID]:
        """Open and ended journeys of the agent's hub, picked at random."""
        with every_tenant(reason="the bench picks journeys"):
            ids = list(Journey.objects.filter(hub_id=self.hubs[0]).values_list("pk", flat=True))
        return random.Random(73).choices(ids, k=count)

    def _sweep(self) -> float:
        now = timezone.now()
        with every_tenant(reason="the bench lets the clock run out"):
            going = Journey.objects.filter(closed_at=None).values("pk")[:DUE]
            Journey.objects.filter(pk__in=list(going.values_list("pk", flat=True))).update(
                refresh_at=now - timedelta(minutes=1)
            )
        began = time.perf_counter()
        refreshed = 0
        while done := refresh_due(now=now):
            refreshed += done
        if refreshed < DUE:
            raise Unmeasured(f"Only {refreshed} journeys were refreshed.")
        return time.perf_counter() - began

    def rows(self, named: str) -> Iterator[Row]:
        times = self.times()
        yield Row(f"worklist_p95_ms_{named}", "ms", [times.worklist])
        yield Row(f"journeys_p95_ms_{named}", "ms", [times.journeys])
        yield Row(f"timeline_p95_ms_{named}", "ms", [times.timeline])
        yield Row(f"due_sweep_s_{named}", "s", [times.sweep])


def keys_of(world: World) -> tuple[str, str]:
    """Where its owner's database is, and what its rows are encrypted by."""
    return world.variables["DATABASE_OWNER_URL"], world.variables["PHI_KEYS"]


def found(known: list[UUID], size: int, each: int, kind: str) -> None:
    """Organizations for so many journeys, in addition to those that are known."""
    for number in range(len(known), -(-size // each)):
        slug = f"bench-{kind}-{number}"
        made, _new = Organization.objects.get_or_create(
            slug=slug, defaults={"kind": kind, "name": f"Bench {kind} {number}"}
        )
        known.append(made.id)


def answers(
    line: http.client.HTTPConnection, paths: Sequence[str], headers: dict[str, str]
) -> list[float]:
    """How many ms each of the pages took, without the first ones."""
    times = []
    for path in paths:
        began = time.perf_counter()
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise Unmeasured(f"{path} answered {answer.status}.")
    return times[WARM_UP:]
