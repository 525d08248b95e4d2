"""A partner that takes a PDF packet, which its people download from a page of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from journeys.core.delivery import Outgoing, Receipt, Transport
from journeys.domain.carrying import Route
from journeys.partners.paper import drawn


@asynccontextmanager
async def open_packet(route: Route) -> AsyncIterator[Transport]:
    """Nothing to open: the packet waits on the exchange page."""
    yield PacketDesk(route.recipient)


class PacketDesk:
    """Makes sure that the packet can be drawn; what people download is drawn beside and kept."""

    def __init__(self, recipient: str) -> None:
        self.recipient = recipient

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Lay the packet out once. Raises TransportError when it cannot be drawn."""
        await drawn(outgoing, self.recipient)
        return Receipt()
