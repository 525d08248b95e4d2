"""Carry claimed deliveries to their partners at the same time, with no database in sight.

The connections live in a thread of their own, so that answers can be settled by the caller while
others are awaited: a hub that hangs keeps nobody else's answer waiting. The thread begins with the
first batch and lasts as long as its process, and so may connections.
"""

import asyncio
import atexit
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import structlog

from journeys.core.circuit import OPENS_AFTER
from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError

log = structlog.get_logger(__name__)
# A delivery that has not begun by then is handed back untouched, and so is what is left when a
# partner fails as often in a row as it takes to see that it is down. With the adapters' timeout of
# 15 s this keeps a batch inside its lease and inside the time limit of a task.
START_WITHIN_SECONDS = 20.0
ANSWER_WITHIN_SECONDS = 45.0
END_WITHIN_SECONDS = 2.0
# Settling costs the same for one answer as for many, so answers wait for each other: so many, or
# so long.
TOGETHER = 100
TOGETHER_SECONDS = 0.05


class PartnerRefused(TransportError):
    """The partner looked at it and said no: trying the same again would not help."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class EndpointGone(TransportError):
    """The partner says that nothing is to be sent to this address any more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


@dataclass(frozen=True, kw_only=True)
class Route:
    """How one partner takes what is sent to it. Secrets sign; the newest comes first.

    `sequence` is the number of the next batch file.
    """

    endpoint_id: UUID
    transport: str
    recipient: str
    address: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, compare=False)
    concurrency: int = 1
    sequence: int = 1


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One delivery that this process alone has until its lease ends.

    `attempt` is how far up the ladder it is; one that only asks whether a partner is back is
    not `counted`.
    """

    delivery_id: UUID
    journey_id: UUID
    attempt_id: UUID
    attempt: int
    counted: bool
    lease_until: datetime
    route: Route
    outgoing: Outgoing = field(repr=False)


# None: it was not begun, and is handed back.
Result = Receipt | TransportError | None
Carrier = Callable[[Route], AbstractAsyncContextManager[Transport]]


def carry(
    claimed: Sequence[Claimed], carriers: Mapping[str, Carrier]
) -> Iterator[list[tuple[Claimed, Result]]]:
    """Send each endpoint's share at once, up to its limit; yield what came meanwhile, together."""
    if not claimed:
        return
    basket = Basket(len(claimed))
    under_way = asyncio.run_coroutine_threadsafe(
        _carry(claimed, carriers, basket), _out_there().loop
    )
    awaited = len(claimed)
    while awaited:
        came = basket.handed_over.get(timeout=ANSWER_WITHIN_SECONDS)
        while not basket.handed_over.empty():
            came = came + basket.handed_over.get_nowait()
        awaited -= len(came)
        yield came
    # What was given up on may go on for a while; nobody waits for it.
    with suppress(TimeoutError):
        under_way.result(timeout=END_WITHIN_SECONDS)


class Basket:
    """Results on their way from the connections' thread to the caller's, some at a time."""

    def __init__(self, awaited: int) -> None:
        self.handed_over: SimpleQueue[list[tuple[Claimed, Result]]] = SimpleQueue()
        self._awaited = awaited
        self._held: list[tuple[Claimed, Result]] = []

    def put(self, one: Claimed, result: Result) -> None:
        """Keep one; the last of all takes the others along."""
        if not self._held:
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._hand_over)
        self._held.append((one, result))
        self._awaited -= 1
        if not self._awaited or len(self._held) >= TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._held:
            self.handed_over.put(self._held)
            self._held = []


class OutThere:
    """The event loop of this process in which everything is carried, and its thread."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        self.process, self._began = os.getpid(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._last()), daemon=True)
        self._thread.start()
        self._began.wait()

    async def _last(self) -> None:
        self.loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._began.set()
        await self._ended.wait()

    def end(self) -> None:
        """Let go of everything that is kept there."""
        if self.process == os.getpid() and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(timeout=END_WITHIN_SECONDS)


_begun: list[OutThere] = []
_beginning = threading.Lock()


def _out_there() -> OutThere:
    with _beginning:
        # A forked process has its parent's variables, but not its threads.
        if not _begun or _begun[0].process != os.getpid():
            _begun[:] = [OutThere()]
            atexit.register(_begun[0].end)
        return _begun[0]


def lasts() -> bool:
    """Whether the running event loop is the one that outlives a batch."""
    return bool(_begun) and asyncio.get_running_loop() is _begun[0].loop


def end_carrying() -> None:
    """Close what connections are kept: the process ends. A later batch begins anew."""
    with _beginning:
        while _begun:
            _begun.pop().end()


async def _carry(
    claimed: Sequence[Claimed],
    carriers: Mapping[str, Carrier],
    basket: Basket,
) -> None:
    lanes: dict[Route, list[Claimed]] = defaultdict(list)
    for one in claimed:
        lanes[one.route].append(one)
    begin_by = time.monotonic() + START_WITHIN_SECONDS

    async def lane(route: Route, share: Sequence[Claimed]) -> None:
        left = list(reversed(share))
        failed_in_a_row = 0
        try:
            async with carriers[route.transport](route) as transport:

                async def hand() -> None:
                    nonlocal failed_in_a_row
                    while left:
                        one = left.pop()
                        begin = time.monotonic() < begin_by and failed_in_a_row < OPENS_AFTER
                        result = await _send(transport, one) if begin else None
                        if result is not None:
                            down = isinstance(result, TransportError) and not result.permanent
                            failed_in_a_row = failed_in_a_row + 1 if down else 0
                        basket.put(one, result)

                await asyncio.gather(*(hand() for _ in range(min(route.concurrency, len(share)))))
        except Exception as error:  # as in _send, for all that is left
            failure = (
                error if isinstance(error, TransportError) else _ours(error, route.endpoint_id)
            )
            for one in left:
                basket.put(one, failure)

    await asyncio.gather(*(lane(route, share) for route, share in lanes.items()))


async def _send(transport: Transport, one: Claimed) -> Receipt | TransportError:
    try:
        return await transport.send(one.outgoing)
    except TransportError as error:
        return error
    except Exception as error:  # one poisoned packet must not stop the others
        return _ours(error, one.delivery_id)


def _ours(error: Exception, about: UUID) -> TransportError:
    log.error("carrying_broke", about=str(about), exc_info=error)
    return TransportError(
        "Something went wrong on our side while sending.", permanent=False, ours=True
    )
