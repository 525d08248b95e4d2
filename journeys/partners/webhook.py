"""A partner that takes signed HTTPS webhooks (Standard Webhooks 1.0)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext

import httpx
from django.conf import settings

from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError
from journeys.domain.carrying import EndpointGone, Refused, Route
from journeys.partners.addresses import RefusedAddress, Target, target_of
from journeys.partners.signatures import signed

TIMEOUT_SECONDS = 15.0
LONGEST_ANSWER_BYTES = 64 * 1024
# What a message says has happened, where it is no submission.
TYPES = {"revocation": "consent.revoked", "withdrawal": "enrollment.withdrawn"}
# Answers by which a partner says that this packet will never do.
REFUSALS = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 451})


@asynccontextmanager
async def open_webhook(route: Route) -> AsyncIterator[Transport]:
    """Connections to one endpoint, whose address is looked up once and pinned.

    Raises TransportError when the address is refused or cannot be found.
    """
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = await target_of(route.address, allow_private=settings.ALLOW_PRIVATE_ENDPOINTS)
    except RefusedAddress as error:
        raise TransportError(str(error), permanent=True) from None
    except (OSError, TimeoutError):
        raise TransportError(
            f"The address of {route.recipient} cannot be found.", permanent=False
        ) from None
    client = httpx.AsyncClient(
        limits=httpx.Limits(max_connections=route.concurrency),
        timeout=TIMEOUT_SECONDS,
        # A proxy from the environment would look the name up a second time.
        trust_env=False,
        verify=_trusted(),
    )
    async with client:
        yield Webhook(route, target, client)


@cache
def _trusted() -> SSLContext:
    """Whom we trust, read once per process: it takes longer than everything else of a sending."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Webhook:
    """Sends to one endpoint. Redirects are never followed."""

    route: Route
    target: Target
    client: httpx.AsyncClient

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the signed message. Raises TransportError unless the partner answers 2xx."""
        who = self.route.recipient
        now = datetime.now(UTC)
        body = message(outgoing, now=now)
        headers = {
            "content-type": "application/json",
            "host": self.target.authority,
            **signed(outgoing.delivery_id, body, secrets=self.route.secrets, now=now),
        }
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._post(body, headers)
        except (TimeoutError, httpx.TimeoutException):
            raise TransportError(
                f"{who} did not answer within {TIMEOUT_SECONDS:.0f} seconds.", permanent=False
            ) from None
        except httpx.HTTPError:
            raise TransportError(f"{who} could not be reached.", permanent=False) from None

    async def _post(self, body: bytes, headers: dict[str, str]) -> Receipt:
        request = self.client.stream(
            "POST",
            self.target.url,
            content=body,
            headers=headers,
            extensions={"sni_hostname": self.target.host},
        )
        async with request as response:
            if response.is_success:
                return receipt_of(await _beginning(response))
            raise failure_of(response, self.route.recipient)


def message(outgoing: Outgoing, *, now: datetime) -> bytes:
    """The body: type, timestamp, data."""
    content = {
        "type": TYPES.get(outgoing.kind, f"{outgoing.kind}.submitted"),
        "timestamp": now.isoformat(),
        "data": outgoing.body,
    }
    return json.dumps(content, separators=(",", ":")).encode()


async def _beginning(response: httpx.Response) -> bytes:
    """As much of an answer as we read; the rest is left unread."""
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) > LONGEST_ANSWER_BYTES:
            break
    return bytes(read[:LONGEST_ANSWER_BYTES])


def receipt_of(answer: bytes) -> Receipt:
    """A 2xx answer as a receipt: {"case_number": …} confirms at once, anything else takes in."""
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        return Receipt()
    number = content.get("case_number") if isinstance(content, dict) else None
    return Receipt(reference=number.strip()) if isinstance(number, str) else Receipt()


def failure_of(response: httpx.Response, who: str) -> TransportError:
    """What an answer other than 2xx means for the delivery."""
    status = response.status_code
    if status == 410:
        return EndpointGone(f"{who} takes nothing at this address any more (410).")
    if status in REFUSALS:
        return Refused(f"{who} refused the packet ({status}).")
    if 300 <= status < 400:
        return TransportError(f"{who} sent us elsewhere ({status}).", permanent=False)
    wait = _retry_after(response.headers.get("retry-after", ""))
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
