"""The packet as a tagged PDF (PDF/UA-1), for partners that work on paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from journeys.documents.drawing import Broken as PacketBroken
from journeys.documents.drawing import breakable, drawn

__all__ = ["PacketBroken", "render"]


def render(body: Mapping[str, Any], *, recipient: str) -> bytes:
    """Draw what is handed over (`journeys.domain.disclosing`) as a PDF. Raises PacketBroken."""
    if "notice" in body:
        return drawn("journeys/notice.html", {**body, "recipient": recipient})
    try:
        context = _context(body, recipient)
    except Exception as error:
        raise PacketBroken from error
    return drawn("journeys/packet.html", context)


def _context(body: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    packet = body["packet"]
    signatures = [
        {**signature, "signed_at": datetime.fromisoformat(signature["signed_at"])}
        for signature in packet["signatures"]
    ]
    sections = [
        {
            **section,
            "fields": [
                {**field, "display": breakable(field["display"])} for field in section["fields"]
            ],
        }
        for section in packet["sections"]
    ]
    return {
        **body,
        "recipient": recipient,
        "sections": sections,
        "submitted_at": datetime.fromisoformat(packet["submitted_at"]),
        "signatures": signatures,
    }
