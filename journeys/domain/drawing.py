"""Each packet as a PDF, drawn once by a worker and kept: whoever downloads it only reads."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from accounts.tenancy import every_tenant
from accounts.writing import alone
from journeys.core.delivery import Outgoing
from journeys.domain.disclosing import outgoing_of, role_of
from journeys.domain.nudges import nudge
from journeys.domain.papers import appended_to
from journeys.enums import PacketKind
from journeys.models import Delivery, DrawnPacket

log = structlog.get_logger(__name__)
# Drawing takes a good part of a second: a short batch lets a worker's other queues have their turn.
BATCH = 5
# The lock of whoever draws packets.
DRAWING = 7_325_642


class Draw(Protocol):
    """Lays out what is handed over as a PDF."""

    def __call__(self, outgoing: Outgoing, *, recipient: str) -> bytes: ...


def ask_for_packets(*, later: float = 0.0) -> None:
    """Have a worker look, once this commits or later, for packets that nobody drew yet."""
    nudge("journeys.tasks.draw_packets", queue="papers", later=later)


def draw_due(*, draw: Draw, now: datetime, limit: int = BATCH) -> int:
    """Draw the packets that are missing, oldest first; how many were looked at.

    The table is the schedule: a delivery whose drawing has not ended is due. One worker at a
    time draws, so that they never occupy every process; another gives up at once. What cannot
    be drawn is told in the log, by its id, and not tried again.
    """
    with every_tenant(reason="packets are drawn for every practice"):
        due = Delivery.objects.filter(drawing_ended_at=None).order_by("created_at")
        ids = list(due.values_list("id", flat=True)[:limit])
    looked_at = 0
    for delivery_id in ids:
        with every_tenant(reason="a packet is drawn for who sent it and for who has it"):
            if not alone(DRAWING):
                break
            _draw(delivery_id, draw=draw, now=now)
            looked_at += 1
    return looked_at


def _draw(delivery_id: UUID, *, draw: Draw, now: datetime) -> None:
    rows = Delivery.objects.select_related("journey", "packet", "recipient")
    delivery: Delivery = rows.get(pk=delivery_id)
    role = role_of(delivery.recipient)
    outgoing = outgoing_of(delivery, role=role, attempt=delivery.attempts)
    if delivery.packet.kind == PacketKind.ENROLLMENT:
        outgoing = replace(outgoing, papers=appended_to(delivery.packet, role=role))
    try:
        content = draw(outgoing, recipient=delivery.recipient.name)
    except Exception as error:  # one poisoned packet must not stop the others
        log.error("drawing_broke", about=str(delivery_id), exc_info=error)
        content = b""
    _keep(delivery_id, content, now=now)


def _keep(delivery_id: UUID, content: bytes, *, now: datetime) -> None:
    """The row is taken only now, so that nobody who sends or settles waits for a drawing.

    Whoever lets somebody else take part changes the delivery's row first: held, it tells who
    may see this.
    """
    locked: Delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    locked.drawing_ended_at = now
    locked.save(update_fields=["drawing_ended_at"])
    if content:
        DrawnPacket.objects.get_or_create(
            delivery=locked,
            defaults={
                "organization_id": locked.organization_id,
                "party_ids": locked.party_ids,
                "content": content,
                "drawn_at": now,
            },
        )
