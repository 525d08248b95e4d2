"""The packet as a tagged PDF (PDF/UA-1), for partners that work on paper."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

# Breaking a word that is longer than a line costs the layout its length squared (5,000 letters:
# six minutes), so every such word is given places to break at.
LONG_WORD = re.compile(r"(\S{24})(?=\S)")
BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
STYLE = Path(__file__).with_name("packet.css")


class PacketBroken(Exception):
    """The packet's data cannot be drawn as a document."""


@lru_cache(maxsize=1)
def _style() -> str:
    return STYLE.read_text()


def render(body: Mapping[str, Any], *, recipient: str) -> bytes:
    """Draw what is handed over (`journeys.domain.disclosing`) as a PDF. Raises PacketBroken.

    Nothing is fetched: neither the network nor a file can be reached from the document.
    """
    # Half a second and 60 MB, which only the processes that draw should pay.
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    closed = URLFetcher(allowed_protocols=["data"])
    try:
        page = render_to_string("journeys/packet.html", _context(body, recipient))
        document: bytes = HTML(string=page, url_fetcher=closed).write_pdf(
            stylesheets=[CSS(string=_style(), url_fetcher=closed)], pdf_variant="pdf/ua-1"
        )
    except Exception as error:
        raise PacketBroken from error
    return document


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
                {**field, "display": _breakable(field["display"])} for field in section["fields"]
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


def _breakable(text: str) -> str:
    return LONG_WORD.sub("\\1\u200b", BLANK_LINES.sub("\n\n", text))
