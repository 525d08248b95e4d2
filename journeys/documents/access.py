"""Papers of access work as tagged PDFs (PDF/UA-1): benefits, the payer's request, the letter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journeys.core.access_papers import Section
from journeys.documents.drawing import breakable, drawn

OPEN = "_" * 24


def render(paper: Mapping[str, Any]) -> bytes:
    """Draw title, sections or prose, and a note. Raises journeys.documents.drawing.Broken."""
    sections = [_section(each) for each in paper.get("sections", ())]
    prose = [breakable(each) for each in paper.get("prose", ())]
    return drawn("journeys/access_paper.html", {**paper, "sections": sections, "prose": prose})


def _section(section: Section) -> Section:
    lines = (replace(line, words=breakable(line.words) or OPEN) for line in section.lines)
    return replace(section, lines=tuple(lines))
