"""How soon another person's open page shows what happened."""

import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bench.browser import browsing, require_browser
from bench.front import fronting
from bench.load import request_bytes
from bench.pages import HEADERS, HUB_AGENT, session_of
from bench.results import Row, Unmeasured, percentile
from bench.serving import serving
from bench.stories import journey_with, talk
from bench.world import World
from config.runner import redis
from config.runner.processes import listens, wait_until
from config.runner.supervisor import Supervisor
from journeys.core.events import Event
from journeys.domain.recording import record

if TYPE_CHECKING:
    from playwright.sync_api import Page

STREAMS, JOURNEYS = 200, 20
PER_SECOND, SECONDS, WARM_UP_SECONDS = 50, 15, 3
# Notes when an entry of the story is first in the page, by the clock of the machine.
WATCH = """() => {
  window.seen = {};
  const look = () => {
    for (const entry of document.querySelectorAll('.entry')) {
      seen[entry.id] ??= performance.timeOrigin + performance.now();
    }
  };
  look();
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
}"""


def measure(world: World) -> Iterator[Row]:
    """`live_p50_ms`, `live_p95_ms`: from the commit of an event to the change of the page in
    another person's browser (a real Chromium), which hears of it by the stream, reads the page
    anew and puts it in place; while 50 events a second are recorded by one process on twenty
    journeys, one of them the browser's, and 200 streams are open in one process.

    The other 199 streams only listen; pages and streams have servers of their own behind one
    address, as deployed.
    """
    require_browser()
    now = timezone.now()
    journeys = [journey_with(15, seed=90 + number, now=now) for number in range(JOURNEYS)]
    ids = [journey.id for journey in journeys]
    cookie = session_of(HUB_AGENT)
    headers = {**HEADERS, "Cookie": cookie}
    said = [talk(journey, since=now - timedelta(days=1)) for journey in journeys]
    with (
        serving(world, "config.wsgi:application", "/", headers) as pages,
        _streaming(world) as streams,
        fronting(pages=pages.port, streams=streams) as port,
        _listening(streams, ids, headers),
        _browser(port, ids[0], cookie) as page,
    ):
        recorded = _record(ids, said)
        page.wait_for_timeout(2000)
        seen: dict[str, float] = page.evaluate("window.seen")
    waits = _waits(recorded, seen)
    yield Row("live_p50_ms", "ms", [statistics.median(waits)])
    yield Row("live_p95_ms", "ms", [percentile(waits, 0.95)])


def _waits(recorded: Sequence[tuple[str, float]], seen: dict[str, float]) -> list[float]:
    """Milliseconds from each event's commit to its place in the page."""
    missing = [entry for entry, _ in recorded if entry not in seen]
    if missing:
        raise Unmeasured(f"{len(missing)} of {len(recorded)} events never came into the page.")
    return [seen[entry] - at for entry, at in recorded]


def _record(ids: Sequence[UUID], said: Sequence[Iterator[Event]]) -> list[tuple[str, float]]:
    """Record at an even pace; what the watched journey learnt, and when (ms of the epoch)."""
    known: list[tuple[str, float]] = []
    began = time.monotonic()
    for number in range(PER_SECOND * (WARM_UP_SECONDS + SECONDS)):
        left = began + number / PER_SECOND - time.monotonic()
        if left > 0:
            time.sleep(left)
        which = number % len(ids)
        event = next(said[which])
        record(ids[which], event, actor=None, now=timezone.now())
        if which == 0 and number >= PER_SECOND * WARM_UP_SECONDS:
            known.append((f"entry-{event.ref}", time.time() * 1000))
    late = time.monotonic() - began - (WARM_UP_SECONDS + SECONDS)
    connection.close()
    if late > 1:
        raise Unmeasured(f"This machine records less than {PER_SECOND} events a second just now.")
    return known


@contextmanager
def _streaming(world: World) -> Iterator[int]:
    """The process that serves streams, as it is deployed."""
    port = redis.free_port()
    supervisor = Supervisor()
    argv = (sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1")
    more = ("--port", str(port), "--timeout-graceful-shutdown", "3", "--log-level", "warning")
    supervisor.start(world.program("live", *argv, *more))
    try:
        if not wait_until(lambda: listens(port), seconds=20):
            raise Unmeasured("The server of the streams did not listen.")
        yield port
    finally:
        supervisor.stop(patience=5)


@contextmanager
def _listening(port: int, ids: Sequence[UUID], headers: dict[str, str]) -> Iterator[None]:
    """Open all streams but the browser's, and read them until the block ends."""
    with ExitStack() as undo:
        lines = []
        for number in range(STREAMS - 1):
            line = socket.create_connection(("127.0.0.1", port), timeout=20)
            undo.callback(line.close)
            path = reverse("live_journey", args=[ids[number % len(ids)]])
            line.sendall(request_bytes(path, headers))
            if b" 200 " not in line.recv(4096).split(b"\r\n", 1)[0]:
                raise Unmeasured("A stream was refused.")
            line.setblocking(False)
            lines.append(line)
        ended = threading.Event()
        reading = threading.Thread(target=_read, args=(lines, ended), daemon=True)
        reading.start()
        try:
            yield
        finally:
            ended.set()
            reading.join(5)


def _read(lines: Sequence[socket.socket], ended: threading.Event) -> None:
    while not ended.wait(0.25):
        for line in lines:
            try:
                line.recv(65_536)
            except BlockingIOError:
                continue


@contextmanager
def _browser(port: int, journey_id: UUID, cookie: str) -> Iterator["Page"]:
    """A browser with the journey's page open and listening."""
    with browsing(port, cookie) as page:
        page.goto(reverse("journey", args=[journey_id]))
        page.wait_for_selector("#journey .entry", timeout=20_000)
        page.evaluate(WATCH)
        page.wait_for_timeout(1500)
        yield page
