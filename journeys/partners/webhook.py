"""A partner that takes signed HTTPS webhooks (Standard Webhooks 1.0)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from journeys.core.delivery import Outgoing, Receipt, Transport
from journeys.domain.carrying import Route
from journeys.partners.http import Line, open_line
from journeys.partners.signatures import signed

# What a message says has happened, where it is no submission.
TYPES = {
    "revocation": "consent.revoked",
    "withdrawal": "enrollment.withdrawn",
    "coverage": "coverage.changed",
    "test": "connection.tested",
    "changed": "journey.changed",
}


@asynccontextmanager
async def open_webhook(route: Route) -> AsyncIterator[Transport]:
    """Connections to one endpoint. Raises TransportError when its address will not do."""
    async with open_line(route, route.address) as line:
        yield Webhook(route, line)


@dataclass(frozen=True)
class Webhook:
    """Sends to one endpoint."""

    route: Route
    line: Line

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the signed message. Raises TransportError unless the partner answers 2xx."""
        now = datetime.now(UTC)
        body = message(outgoing)
        signature = signed(outgoing.delivery_id, body, secrets=self.route.secrets, now=now)
        return receipt_of(
            await self.line.post(body, {"content-type": "application/json", **signature})
        )


def message(outgoing: Outgoing) -> bytes:
    """The body: type, timestamp, data; the same bytes at every attempt."""
    content = {
        "type": TYPES.get(outgoing.kind, f"{outgoing.kind}.submitted"),
        "timestamp": outgoing.at.astimezone(UTC).isoformat(),
        "data": outgoing.body,
    }
    return json.dumps(content, separators=(",", ":")).encode()


def receipt_of(answer: bytes) -> Receipt:
    """A 2xx answer as a receipt: {"case_number": …} confirms at once, anything else takes in."""
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        return Receipt()
    number = content.get("case_number") if isinstance(content, dict) else None
    return Receipt(reference=number.strip()) if isinstance(number, str) else Receipt()
