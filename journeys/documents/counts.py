"""A program's counts as a tagged PDF (PDF/UA-1)."""

from collections.abc import Mapping
from typing import Any

from journeys.documents.drawing import drawn


def render(context: Mapping[str, Any]) -> bytes:
    """Draw the report of one program's counts. Raises drawing.Broken."""
    return drawn("journeys/counts_report.html", context)
