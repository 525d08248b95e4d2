"""A partner that takes signed HTTPS webhooks (Standard Webhooks 1.0)."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from journeys.core.delivery import Kept, Outgoing, Receipt, Transport
from journeys.domain.carrying import Route
from journeys.partners.http import Line, open_line
from journeys.partners.signatures import signed

# What a message says has happened, where it is no submission.
TYPES = {
    "revocation": "consent.revoked",
    "withdrawal": "enrollment.withdrawn",
    "transfer": "referral.transferred",
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
    """The body: type, timestamp, data; the same bytes at every attempt.

    What goes over as it was kept is not read first; packet and notice are the last of the data.
    """
    content = {
        "type": TYPES.get(outgoing.kind, f"{outgoing.kind}.submitted"),
        "timestamp": outgoing.at.astimezone(UTC).isoformat(),
        "data": outgoing.body,
    }
    last = "packet" if "packet" in outgoing.body else "notice"
    kept = outgoing.body.get(last)
    if not isinstance(kept, Kept):
        return _written(content).encode()
    told = {name: value for name, value in outgoing.body.items() if name != last}
    before = _written({**content, "data": told}).removesuffix("}}")
    return f'{before},"{last}":{kept.text}}}}}'.encode()


def _written(content: Mapping[str, object]) -> str:
    """As packets are kept."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def receipt_of(answer: bytes) -> Receipt:
    """A 2xx answer as a receipt: {"case_number": …} confirms at once, anything else takes in."""
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        return Receipt()
    number = content.get("case_number") if isinstance(content, dict) else None
    return Receipt(reference=number.strip()) if isinstance(number, str) else Receipt()
