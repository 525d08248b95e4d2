"""What adapters that speak HTTP share: a pinned address, one client, and what an answer means."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext

import httpx
from django.conf import settings

from journeys.core.delivery import TransportError
from journeys.domain.carrying import EndpointGone, PartnerRefused, Route, lasts
from journeys.partners.addresses import RefusedAddress, Target, target_of
from journeys.partners.wire import Answer, Broken, Wire

TIMEOUT_SECONDS = 15.0
# Partners' servers let go of a silent connection after a minute or more.
KEPT_SECONDS = 30.0
# Answers by which a partner says that this packet will never do.
REFUSALS = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 451})


@dataclass(frozen=True)
class Line:
    """Connections to one address of a partner, looked up once and pinned."""

    recipient: str
    wire: Wire

    async def post(self, body: bytes, headers: dict[str, str]) -> bytes:
        """The beginning of a 2xx answer. Redirects are never followed.

        Raises TransportError for any other answer, and when there is none in time.
        """
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self.wire.post(body, headers)
        except TimeoutError:
            raise TransportError(
                f"{self.recipient} did not answer within {TIMEOUT_SECONDS:.0f} seconds.",
                permanent=False,
            ) from None
        except Broken:
            raise TransportError(
                f"{self.recipient} could not be reached.", permanent=False
            ) from None
        if 200 <= answer.status < 300:
            return answer.body
        raise failure_of(answer, self.recipient)


@asynccontextmanager
async def open_line(route: Route, address: str) -> AsyncIterator[Line]:
    """Connections to an address, which is looked up and checked; those that are kept go on.

    Raises TransportError when the address is refused or cannot be found.
    """
    target = _passed(address)
    if target is None:
        target = await found(route.recipient, address)
        _looked_up[address] = (target, settings.ALLOW_PRIVATE_ENDPOINTS, time.monotonic())
    wire = _kept.get(target) if lasts() else None
    if wire is None:
        wire = Wire(target, trusted() if target.url.scheme == "https" else None)
        if lasts():
            _kept[target] = wire
            _keeping.add(keeping := asyncio.create_task(_keep(wire)))
            keeping.add_done_callback(_keeping.discard)
    wire.users += 1
    try:
        yield Line(route.recipient, wire)
    finally:
        wire.users -= 1
        wire.used_at = time.monotonic()
        if _kept.get(target) is not wire:
            await wire.close()


# By the address that passed: one that a name answers with tomorrow is another.
_kept: dict[Target, Wire] = {}
# What an address led to, whether private ones were let pass, and when.
_looked_up: dict[str, tuple[Target, bool, float]] = {}
_keeping: set[asyncio.Task[None]] = set()


def _passed(address: str) -> Target | None:
    """Where an address led a moment ago, if connections are kept to that: they are what is used.

    Nothing else is connected to than what passed then.
    """
    if not lasts() or address not in _looked_up:
        return None
    target, private, at = _looked_up[address]
    wire = _kept.get(target)
    fresh = time.monotonic() < at + KEPT_SECONDS and private == settings.ALLOW_PRIVATE_ENDPOINTS
    return target if fresh and wire is not None and wire.idle else None


async def _keep(wire: Wire) -> None:
    """Until nothing has gone to the address for a while, or the process ends."""
    try:
        while wire.users or time.monotonic() < wire.used_at + KEPT_SECONDS:
            await asyncio.sleep(KEPT_SECONDS)
    finally:
        del _kept[wire.target]
        await wire.close()


async def found(recipient: str, address: str, *, schemes: tuple[str, ...] = ("https",)) -> Target:
    """Where an address is, pinned. Raises TransportError when it is refused or not to be found."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await target_of(
                address, allow_private=settings.ALLOW_PRIVATE_ENDPOINTS, schemes=schemes
            )
    except RefusedAddress as error:
        raise TransportError(str(error), permanent=True) from None
    except (OSError, TimeoutError):
        raise TransportError(
            f"The address of {recipient} cannot be found.", permanent=False
        ) from None


@cache
def trusted() -> SSLContext:
    """Whom we trust, read once per process: it takes longer than everything else of a sending."""
    return httpx.create_ssl_context(trust_env=False)


def failure_of(answer: Answer, who: str) -> TransportError:
    """What an answer other than 2xx means for the delivery."""
    status = answer.status
    if status == 410:
        return EndpointGone(f"{who} takes nothing at this address any more (410).")
    if status in REFUSALS:
        return PartnerRefused(f"{who} refused the packet ({status}).")
    if 300 <= status < 400:
        return TransportError(f"{who} sent us elsewhere ({status}).", permanent=False)
    wait = _retry_after(answer.headers.get("retry-after", ""))
    if status == 429:
        return TransportError(f"{who} asks us to slow down.", permanent=False, retry_after=wait)
    return TransportError(
        f"{who} answered with an error ({status}).", permanent=False, retry_after=wait
    )


def _retry_after(text: str) -> timedelta | None:
    """The wait a partner asks for, in seconds or as an HTTP date; None when it cannot be read."""
    try:
        if text.isascii() and text.isdigit():
            return timedelta(seconds=int(text))
        at = parsedate_to_datetime(text)
        return max(timedelta(0), at - datetime.now(at.tzinfo))
    except (ValueError, TypeError, OverflowError):
        return None
