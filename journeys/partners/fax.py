"""A partner that takes faxes, through an HTTP gateway that sends what it is posted."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from journeys.core.delivery import Outgoing, Receipt, Transport
from journeys.documents.packet import file_name
from journeys.domain.carrying import Route
from journeys.partners.http import Line, open_line
from journeys.partners.paper import drawn


@asynccontextmanager
async def open_fax(route: Route) -> AsyncIterator[Transport]:
    """Connections to the gateway. Raises TransportError when its address will not do."""
    async with open_line(route, route.address) as line:
        yield FaxGateway(route, line)


@dataclass(frozen=True)
class FaxGateway:
    """Posts the packet as a form with the number to dial; the gateway's token is the secret."""

    route: Route
    line: Line

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the packet to the gateway, which dials. Raises TransportError.

        That the gateway took it is not that the partner has it: a person confirms that.
        """
        pdf = await drawn(outgoing, self.route.recipient)
        form = httpx.Request(
            "POST",
            self.route.address,
            data={"to": self.route.options["to"], "reference": outgoing.delivery_id},
            files={"document": (file_name(outgoing), pdf, "application/pdf")},
        )
        headers = {
            "content-type": form.headers["content-type"],
            "idempotency-key": outgoing.delivery_id,
            "authorization": f"Bearer {self.route.secrets[0]}",
        }
        return Receipt(details={"fax": _id_of(await self.line.post(form.read(), headers))})


def _id_of(answer: bytes) -> str:
    """The gateway's own number for the fax, if it gave one."""
    try:
        content = json.loads(answer)
    except ValueError:
        return ""
    return str(content.get("fax_id", ""))[:60] if isinstance(content, dict) else ""
