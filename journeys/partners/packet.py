"""A partner that takes a PDF packet, which its people download from a page of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError
from journeys.documents.packet import PacketBroken, render
from journeys.domain.carrying import Route

DRAWN_WITHIN_SECONDS = 15.0


@asynccontextmanager
async def open_packet(route: Route) -> AsyncIterator[Transport]:
    """Nothing to open: the packet waits on the exchange page."""
    yield PacketDesk(route.recipient)


class PacketDesk:
    """Makes sure that the packet can be drawn; the page draws it again from the same data."""

    def __init__(self, recipient: str) -> None:
        self.recipient = recipient

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Lay the packet out once. Raises TransportError when it cannot be drawn."""
        try:
            async with asyncio.timeout(DRAWN_WITHIN_SECONDS):
                await asyncio.to_thread(render, outgoing.body, recipient=self.recipient)
        except PacketBroken:
            raise TransportError(
                f"The packet for {self.recipient} cannot be drawn.", permanent=True
            ) from None
        except TimeoutError:
            # The machine was busy; what never can be drawn is given up after the last try.
            raise TransportError(
                f"The packet for {self.recipient} is not drawn yet.", permanent=False
            ) from None
        return Receipt()
