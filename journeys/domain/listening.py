"""News of journeys, from PostgreSQL to the pages that this process has open.

One LISTEN connection per process, a small bounded queue per open page. News are ids only.
"""

import asyncio
import json
import signal
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from types import FrameType
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from django.db import connections
from psycopg import AsyncConnection, Error

from journeys.domain.recording import CHANNEL

log = structlog.get_logger(__name__)

# A full queue already tells its page to read anew, so nothing is lost by not adding to it.
QUEUE_SIZE = 8
STOP = ""
# How long PostgreSQL may be silent before we ask whether the connection still stands.
SILENCE_SECONDS = 15
RECONNECT_SECONDS = (0.2, 1, 2, 5)
# How long a page waits for the connection before it goes on without.
LATE_SECONDS = 2.0
# The options of Django's own that psycopg does not know.
DJANGO_OPTIONS = {"pool", "isolation_level", "server_side_binding", "assume_role"}


def connection_arguments() -> dict[str, Any]:
    """How to reach the database directly: a pool between would lose the LISTEN."""
    settings = connections["default"].settings_dict
    named = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": settings["NAME"],
        "application_name": "throughline live",
    }
    options = {
        name: value for name, value in settings["OPTIONS"].items() if name not in DJANGO_OPTIONS
    }
    return options | {name: value for name, value in named.items() if value}


class Hub:
    """Who listens for what in this process, and the one connection that hears it."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._hears = asyncio.Event()
        self._late = False

    @property
    def open_streams(self) -> int:
        return sum(len(queues) for queues in self._queues.values())

    @asynccontextmanager
    async def subscribe(self, key: UUID) -> AsyncIterator[asyncio.Queue[str]]:
        """Queue the ids of journeys that change, for one journey's or organization's id.

        An empty text says that the process stops and the stream ends.
        Yields once the connection listens; when that takes long, all the same: the page reads
        anew as soon as somebody listens.
        """
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_SIZE)
        self._queues[str(key)].add(queue)
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._listen())
            await self._until_it_hears()
            if self._closed:
                queue.put_nowait(STOP)
            yield queue
        finally:
            self._queues[str(key)].discard(queue)
            if not self._queues[str(key)]:
                del self._queues[str(key)]

    def close(self) -> None:
        """End every stream: the server was told to stop, and would wait for them."""
        self._closed = True
        for queues in self._queues.values():
            for queue in queues:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(STOP)

    async def _until_it_hears(self) -> None:
        try:
            await asyncio.wait_for(self._hears.wait(), LATE_SECONDS)
        except TimeoutError:
            self._late = True
            log.warning("live_listener_late")

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await AsyncConnection.connect(
                    autocommit=True, **connection_arguments()
                ) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._hears.set()
                    if failures or self._late:
                        self._tell_everyone()
                    failures, self._late = 0, False
                    await self._hear(connection)
            except Error as error:
                self._hears.clear()
                wait = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
                failures += 1
                log.warning("live_listener_lost", error=type(error).__name__, retry_in=wait)
                await asyncio.sleep(wait)

    async def _hear(self, connection: AsyncConnection[Any]) -> None:
        while True:
            async for notice in connection.notifies(timeout=SILENCE_SECONDS):
                self._deliver(notice.payload)
            await connection.execute("select 1")

    def _deliver(self, payload: str) -> None:
        try:
            news = json.loads(payload)
            journey, keys = str(news["journey"]), [news["journey"], *news["parties"]]
        except (ValueError, KeyError, TypeError):
            log.warning("live_news_unreadable")
            return
        for key in keys:
            _offer(self._queues.get(str(key), ()), journey)

    def _tell_everyone(self) -> None:
        """After a gap nobody knows what was missed: every page reads anew."""
        for key, queues in list(self._queues.items()):
            _offer(queues, key)


def _offer(queues: Iterable[asyncio.Queue[str]], journey: str) -> None:
    for queue in queues:
        if not queue.full():
            queue.put_nowait(journey)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This process's hub. A process has one event loop, and so one hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
        _close_when_told_to_stop(_hubs[loop], loop)
    return _hubs[loop]


def _close_when_told_to_stop(listening: Hub, loop: asyncio.AbstractEventLoop) -> None:
    """Hear the signal before the server does, which says nothing to what it serves."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_stop, listening, loop, before))


def _stop(
    listening: Hub,
    loop: asyncio.AbstractEventLoop,
    before: Callable[[int, FrameType | None], object],
    number: int,
    frame: FrameType | None,
) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(listening.close)
    before(number, frame)


def open_streams() -> int:
    """How many pages this process keeps informed."""
    return sum(each.open_streams for each in list(_hubs.values()))
