"""How many deliveries a second go to one hub, and whether a long queue slows them down."""

import asyncio
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import psycopg
from celery import current_app
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.delivery import working
from bench.office import STAFF, actor_of, send, signed_drafts
from bench.results import Row, Unmeasured
from bench.world import World
from config.runner.site import QUEUES
from journeys.core.delivery import Outgoing
from journeys.domain.disclosing import outgoing_of, role_of
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint, Journey, Packet
from journeys.partners.signatures import signed
from journeys.partners.webhook import message

QUEUED = 10_000
# One in so many is answered with 500 the first time it comes.
FAILS_ONCE = 10
FLOOR_RUNS, FLOOR_POSTS = 3, 1_500
PATIENCE_SECONDS = 240.0
YES = b'HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{"case_number":"CS-BENCH"}'
NO = b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"


@dataclass
class Counting:
    """A partner's HTTP server that notes when it took which delivery in."""

    taken: dict[bytes, float] = field(default_factory=dict)
    failed: set[bytes] = field(default_factory=set)
    fails: bool = True

    def answer(self, name: bytes) -> bytes:
        if self.fails and name not in self.failed and hash(name) % FAILS_ONCE == 0:
            self.failed.add(name)
            return NO
        self.taken.setdefault(name, time.monotonic())
        return YES


class Talking(asyncio.Protocol):
    """As much of HTTP as the product and httpx speak to it: posts with a length."""

    def __init__(self, partner: Counting) -> None:
        self.partner, self.read = partner, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            head = self.read[:end].lower() + b"\r\n"
            size = int(_header(head, b"content-length"))
            if len(self.read) < end + 4 + size:
                return
            self.read = self.read[end + 4 + size :]
            self.transport.write(self.partner.answer(_header(head, b"webhook-id")))


def _header(head: bytes, name: bytes) -> bytes:
    begin = head.index(b"\r\n" + name + b":") + len(name) + 3
    return head[begin : head.index(b"\r\n", begin)].strip()


@contextmanager
def _counting(port: int) -> Iterator[Counting]:
    """The partner, in a thread of this process, which does nothing else meanwhile."""
    partner, loop, ready = Counting(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        await loop.create_server(lambda: Talking(partner), "127.0.0.1", port, backlog=256)
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield partner
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def measure(world: World) -> Iterator[Row]:
    """`deliveries_per_s`: 10,000 enrollments queued for one hub, sent by two worker processes over
    real HTTP, one in ten failing once; from the first taken in until all are that did not fail, for
    what did waits for its second rung. Journeys are told afterwards, which is not measured here.

    The floor is a bare loop of httpx that posts the same signed bytes, one after the other, to the
    same server, and keeps nothing. `drain_10k_growth`: how many times as long the eighth thousand
    took as the second, by the line through all between.
    """
    now = timezone.now()
    draft = signed_drafts(1, program="veltrana", seed=14, now=now)[0]
    with _counting(world.partner_port) as partner:
        journey_id = send(draft, by=actor_of(STAFF), now=now).journey_id
        assert journey_id is not None
        queued, sample = _queue(journey_id, now=now)
        _settle(world)
        with working(world, "bench.worker", QUEUES):
            current_app.send_task("journeys.tasks.send_due_deliveries", queue="routing")
            current_app.send_task("journeys.tasks.send_due_deliveries", queue="routing")
            times = _drained(partner, queued)
        partner.fails = False
        floor = [_bare(sample, world.partner_port) for _ in range(FLOOR_RUNS)]
    counted = len(queued) - len(partner.failed)
    rate = counted / (times[counted - 1] - times[0])
    yield Row("deliveries_per_s", "/s", [rate], statistics.median(floor))
    yield Row("drain_10k_growth", "times", [_growth(times)])


def _growth(times: Sequence[float]) -> float:
    """The eighth thousand's time by the second's, both on the line through those between.

    One alone takes a quarter of a second, in which a checkpoint or a vacuum is a third more.
    """
    thousands = range(2, 9)
    took = [times[1000 * each - 1] - times[1000 * (each - 1)] for each in thousands]
    line = statistics.linear_regression(thousands, took)
    return (line.intercept + 8 * line.slope) / (line.intercept + 2 * line.slope)


def _settle(world: World) -> None:
    """As autovacuum leaves a queue within a minute: else it comes in the middle of draining."""
    with psycopg.connect(world.variables["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("vacuum analyze journeys_journey, journeys_packet, journeys_delivery")


def _queue(journey_id: UUID, *, now: datetime) -> tuple[set[bytes], list[Outgoing]]:
    """Copies of one journey, each with its own packet and delivery; some as they go out."""
    with every_tenant(reason="the bench fills the queue"):
        Delivery.objects.exclude(journey=journey_id).update(status=DeliveryStatus.ABANDONED)
        source = Delivery.objects.select_related("journey", "packet", "recipient").get(
            journey=journey_id
        )
        Delivery.objects.filter(pk=source.pk).update(status=DeliveryStatus.ABANDONED)
        Endpoint.objects.filter(pk=source.endpoint_id).update(concurrency=16)
        body = {**source.packet.body, "business_associate": True}
        made = [_copy(source, body, now=now) for _ in range(QUEUED)]
        Journey.objects.bulk_create([journey for journey, _, _ in made], batch_size=1000)
        Packet.objects.bulk_create([packet for _, packet, _ in made], batch_size=1000)
        Delivery.objects.bulk_create([delivery for _, _, delivery in made], batch_size=1000)
        sample = [
            outgoing_of(delivery, role=role_of(source.recipient), attempt=1)
            for _, _, delivery in made[:FLOOR_POSTS]
        ]
    return {str(delivery.pk).encode() for _, _, delivery in made}, sample


def _copy(
    source: Delivery, body: dict[str, object], *, now: datetime
) -> tuple[Journey, Packet, Delivery]:
    journey = source.journey
    owned = {"organization_id": source.organization_id, "party_ids": source.party_ids}
    values = {
        field.attname: getattr(journey, field.attname)
        for field in Journey._meta.concrete_fields
        if field.attname not in ("id", "number", "funnel_row_id")
    }
    copied = Journey(**values, number=f"TL-{uuid4().hex[:9].upper()}")
    packet = Packet(
        **owned,
        journey=copied,
        version=1,
        body=body,
        agreement=True,
        digest=source.packet.digest,
        created_at=now,
    )
    delivery = Delivery(
        **owned,
        journey=copied,
        packet=packet,
        recipient=source.recipient,
        endpoint_id=source.endpoint_id,
        created_at=now,
        next_attempt_at=now,
    )
    return copied, packet, delivery


def _drained(partner: Counting, queued: set[bytes]) -> list[float]:
    """When each was taken in, in order. Raises Unmeasured when the queue does not drain."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(queued & partner.taken.keys()) < len(queued):
        if time.monotonic() > deadline:
            raise Unmeasured(f"{len(queued & partner.taken.keys())} of {len(queued)} came.")
        time.sleep(0.1)
    return sorted(partner.taken[each] for each in queued)


def _bare(sample: Sequence[Outgoing], port: int) -> float:
    """Posts a second of a plain loop."""
    now, secret = datetime.now(UTC), "whsec_" + "c2VjcmV0IG9mIHRoZSBiZW5jaCBhbG9uZQ=="
    posts = []
    for outgoing in sample:
        content = message(outgoing)
        posts.append((content, signed(outgoing.delivery_id, content, secrets=[secret], now=now)))
    with httpx.Client(trust_env=False) as client:
        began = time.perf_counter()
        for content, headers in posts:
            client.post(f"http://127.0.0.1:{port}/", content=content, headers=headers)
        return len(posts) / (time.perf_counter() - began)
