"""A hub's intake queue with a hundred thousand enrollments in it."""

import http.client
from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import every_tenant
from bench.copies import PER_PRACTICE, Share
from bench.filling import fill, template
from bench.pages import HEADERS, HUB_AGENT, session_of
from bench.results import Row, percentile
from bench.scale import HUB, PAGES, WARM_UP, answers, found, keys_of
from bench.serving import serving
from bench.stories import journey_with
from bench.world import World

OPEN = 100_000


def measure(world: World) -> Iterator[Row]:
    """`queue_p95_ms`: the whole answer of the server for the first page of the queue, one at a
    time, as an agent of a hub where 100,000 enrollments wait for review.
    """
    now = timezone.now()
    url, ring = keys_of(world)
    waiting = template(journey_with(0, seed=74, now=now, history=()).id, url=url, ring=ring)
    practices: list[UUID] = []
    with every_tenant(reason="the bench looks for a hub of the demo"):
        hub = Organization.objects.get(slug=HUB).id
        found(practices, OPEN, PER_PRACTICE, "practice")
    share = Share(
        url=url,
        ring=ring,
        templates=(waiting, waiting),
        practices=practices,
        hubs=[hub],
        first=0,
        count=OPEN,
        now=now,
        per_hub=OPEN,
        open_share=1,
        series="BQ",
    )
    fill(share)
    headers = {**HEADERS, "Cookie": session_of(HUB_AGENT)}
    with serving(world, "config.wsgi:application", "/", headers) as page:
        line = http.client.HTTPConnection("127.0.0.1", page.port, timeout=60)
        times = answers(line, [reverse("intake")] * (WARM_UP + PAGES), headers)
        line.close()
    yield Row("queue_p95_ms", "ms", [percentile(times, 0.95)])
