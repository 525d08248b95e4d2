"""What adapters that send paper share: the packet as a PDF, drawn within a limit."""

import asyncio

from journeys.core.delivery import Outgoing, TransportError
from journeys.documents.packet import PacketBroken, render

DRAWN_WITHIN_SECONDS = 15.0


async def drawn(outgoing: Outgoing, recipient: str) -> bytes:
    """The packet with its papers. Raises TransportError when it cannot be drawn."""
    try:
        async with asyncio.timeout(DRAWN_WITHIN_SECONDS):
            return await asyncio.to_thread(
                render, outgoing.body, recipient=recipient, papers=outgoing.papers
            )
    except PacketBroken:
        raise TransportError(
            f"The packet for {recipient} cannot be drawn.", permanent=True, ours=True
        ) from None
    except TimeoutError:
        # The machine was busy; what never can be drawn is given up after the last try.
        raise TransportError(
            f"The packet for {recipient} is not drawn yet.", permanent=False, ours=True
        ) from None
