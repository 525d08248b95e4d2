"""Carry claimed deliveries to their partners at the same time, with no database in sight.

The connections live in a thread of their own, so that each answer can be settled by the caller
the moment it is there: a hub that hangs keeps nobody else's answer waiting.
"""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from queue import SimpleQueue
from uuid import UUID

import structlog

from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError

log = structlog.get_logger(__name__)
# A delivery that has not begun by then is handed back untouched. With the adapters' timeout of
# 15 s this keeps a batch inside its lease and inside the time limit of a task.
START_WITHIN_SECONDS = 20.0
ANSWER_WITHIN_SECONDS = 45.0
END_WITHIN_SECONDS = 2.0


class Refused(TransportError):
    """The partner looked at it and said no: trying the same again would not help."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class EndpointGone(TransportError):
    """The partner says that nothing is to be sent to this address any more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


@dataclass(frozen=True, kw_only=True)
class Route:
    """How one partner takes what is sent to it. Secrets sign; the newest comes first."""

    endpoint_id: UUID
    transport: str
    recipient: str
    address: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    concurrency: int = 1


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One delivery that this process alone has until its lease ends."""

    delivery_id: UUID
    journey_id: UUID
    attempt_id: UUID
    attempt: int
    route: Route
    outgoing: Outgoing = field(repr=False)


# None: it was not begun, and is handed back.
Result = Receipt | TransportError | None
Carrier = Callable[[Route], AbstractAsyncContextManager[Transport]]


def carry(
    claimed: Sequence[Claimed], carriers: Mapping[str, Carrier]
) -> Iterator[tuple[Claimed, Result]]:
    """Send each endpoint's share at once, up to its limit; yield results as they come."""
    results: SimpleQueue[tuple[Claimed, Result]] = SimpleQueue()
    thread = threading.Thread(
        target=lambda: asyncio.run(_carry(claimed, carriers, results)), daemon=True
    )
    thread.start()
    for _ in claimed:
        yield results.get(timeout=ANSWER_WITHIN_SECONDS)
    # What was given up on may go on for a while; nobody waits for it.
    thread.join(timeout=END_WITHIN_SECONDS)


async def _carry(
    claimed: Sequence[Claimed],
    carriers: Mapping[str, Carrier],
    results: "SimpleQueue[tuple[Claimed, Result]]",
) -> None:
    lanes: dict[Route, list[Claimed]] = defaultdict(list)
    for one in claimed:
        lanes[one.route].append(one)
    begin_by = time.monotonic() + START_WITHIN_SECONDS

    async def lane(route: Route, share: Sequence[Claimed]) -> None:
        left = list(reversed(share))
        try:
            async with carriers[route.transport](route) as transport:

                async def hand() -> None:
                    while left:
                        one = left.pop()
                        in_time = time.monotonic() < begin_by
                        results.put((one, await _send(transport, one) if in_time else None))

                await asyncio.gather(*(hand() for _ in range(min(route.concurrency, len(share)))))
        except Exception as error:  # as in _send, for all that is left
            failure = (
                error if isinstance(error, TransportError) else _ours(error, route.endpoint_id)
            )
            for one in left:
                results.put((one, failure))

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
    return TransportError("Something went wrong on our side while sending.", permanent=False)
