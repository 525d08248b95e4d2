"""How long drawing an enrollment's packet takes the worker that does it."""

import time
from collections.abc import Callable, Iterator

from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.office import STAFF, actor_of, send, signed_drafts
from bench.results import Row, percentile
from bench.world import World
from journeys.documents.packet import render
from journeys.models import Journey, Packet

WARM_UP, RUNS = 3, 30
PROGRAM = "veltrana"


def measure(world: World) -> Iterator[Row]:
    """`packet_pdf_p95_ms`: one packet of some four pages as PDF/UA-1, in a warm process.

    The floor is the same template without an answer in it: what laying out anything costs.
    """
    now = timezone.now()
    staff = actor_of(STAFF)
    (draft,) = signed_drafts(1, program=PROGRAM, seed=14, now=now)
    send(draft, by=staff, now=now)
    with every_tenant(reason="the bench draws what was just sent"):
        packet = Packet.objects.select_related("journey").latest("created_at")
        number = Journey.objects.values_list("number", flat=True).get(pk=packet.journey_id)
        body = {
            "journey": number,
            "version": packet.version,
            "digest": packet.digest,
            "packet": packet.body,
        }
    whole = [_timed(lambda: render(body, recipient="The hub")) for _ in range(WARM_UP + RUNS)]
    empty = {**body, "packet": {**packet.body, "sections": [], "signatures": []}}
    bare = [_timed(lambda: render(empty, recipient="The hub")) for _ in range(WARM_UP + RUNS)]
    yield Row(
        "packet_pdf_p95_ms",
        "ms",
        [percentile(whole[WARM_UP:], 0.95)],
        percentile(bare[WARM_UP:], 0.95),
    )


def _timed(draw: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    draw()
    return (time.perf_counter() - began) * 1000
