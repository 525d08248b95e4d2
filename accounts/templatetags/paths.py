"""The journey's path as a drawing, and the marks of its story's entries.

The layout comes as columns and rows; here it becomes lines. The picture is a grid of cells, 100
wide and 100 high in the drawing's own units (112 where words of an open step stand above another
step); the width is stretched to the page, so lines turn between two columns, where no words stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.components import icon

register = template.Library()

CELL_WIDTH, CELL_HEIGHT, TALL_CELL_HEIGHT = 100, 100, 112
# Where a station's dot stands in its cell, from the top; timeline.css pads it to the same place.
DOT = 19
BEND = 14


class Lane(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def rows(self) -> int: ...


class Station(Protocol):
    @property
    def step(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def column(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def phase(self) -> str: ...
    @property
    def current(self) -> bool: ...
    @property
    def critical(self) -> bool: ...


class Edge(Protocol):
    @property
    def start(self) -> str: ...
    @property
    def end(self) -> str: ...
    @property
    def from_column(self) -> int: ...
    @property
    def from_row(self) -> int: ...
    @property
    def to_column(self) -> int: ...
    @property
    def to_row(self) -> int: ...
    @property
    def critical(self) -> bool: ...
    @property
    def travelled(self) -> bool: ...
    @property
    def back(self) -> bool: ...


class Picture(Protocol):
    @property
    def lanes(self) -> Sequence[Lane]: ...
    @property
    def stations(self) -> Sequence[Station]: ...
    @property
    def edges(self) -> Sequence[Edge]: ...
    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def eta_low(self) -> date | None: ...
    @property
    def eta_high(self) -> date | None: ...
    @property
    def finished(self) -> int: ...


def _cell_height(picture: Picture) -> int:
    taken = _taken(picture)
    under = ((each.column, each.row + 1) for each in picture.stations if _speaks(each))
    return TALL_CELL_HEIGHT if taken.intersection(under) else CELL_HEIGHT


def _taken(picture: Picture) -> frozenset[tuple[int, int]]:
    return frozenset((station.column, station.row) for station in picture.stations)


def _speaks(station: Station) -> bool:
    return station.current or station.phase in SPEAKING


def _point(column: int, row: int, cell_height: int) -> tuple[int, int]:
    return column * CELL_WIDTH + CELL_WIDTH // 2, row * cell_height + DOT


def _line(edge: Edge, taken: frozenset[tuple[int, int]], *, cell_height: int) -> str:
    """The line as SVG path data: along rows, and up or down only in the gap between columns."""
    start = _point(edge.from_column, edge.from_row, cell_height)
    end = _point(edge.to_column, edge.to_row, cell_height)
    between = range(edge.from_column + 1, edge.to_column)
    if edge.from_column == edge.to_column:
        return _beside(start, end)
    if edge.from_row == edge.to_row:
        blocked = any((column, edge.from_row) in taken for column in between)
        return _over(start, end) if blocked else f"M{start[0]} {start[1]}H{end[0]}"
    late = any((column, edge.to_row) in taken for column in between)
    gap = end[0] - CELL_WIDTH // 2 if late else start[0] + CELL_WIDTH // 2
    # The lighter line keeps off the heavier one where both turn in one gap.
    return _across(start, end, at=gap if edge.critical else gap - 6)


def _beside(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Up or down within one column, left of the words under the dots."""
    (x, y1), (_x, y2) = start, end
    return f"M{x} {y1}{_turns((x, y1), (x, y2), at=x - 44)}"


def _over(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Along one row, above the stations that stand in between."""
    (x1, y), (x2, _y) = start, end
    top = y - DOT + 3
    rise = f"C{x1 + 40} {y} {x1 + 20} {top} {x1 + 60} {top}"
    fall = f"C{x2 - 20} {top} {x2 - 40} {y} {x2} {y}"
    return f"M{x1} {y}{rise}H{x2 - 60}{fall}"


def _across(start: tuple[int, int], end: tuple[int, int], *, at: int) -> str:
    """To another row, changing it at ``at``."""
    return f"M{start[0]} {start[1]}{_turns(start, end, at=at)}"


def _turns(start: tuple[int, int], end: tuple[int, int], *, at: int) -> str:
    """Along to ``at``, up or down there with round corners, along to the end."""
    (x1, y1), (x2, y2) = start, end
    down = BEND if y2 > y1 else -BEND
    before = -BEND if at > x1 else BEND
    after = BEND if x2 > at else -BEND
    first = f"H{at + before}Q{at} {y1} {at} {y1 + down}"
    return f"{first}V{y2 - down}Q{at} {y2} {at + after} {y2}H{x2}"


def _edges(picture: Picture) -> Iterable[dict[str, str]]:
    phases = {station.step: station.phase for station in picture.stations}
    taken, cell_height = _taken(picture), _cell_height(picture)
    # The heavier lines come last: they lie on top.
    for edge in sorted(picture.edges, key=lambda edge: (edge.critical, edge.travelled)):
        unused = edge.back or "skipped" in (phases[edge.start], phases[edge.end])
        kind = "unused" if unused else "passed" if edge.travelled else "ahead"
        heavy = " path-edge-critical" if edge.critical else ""
        yield {
            "line": _line(edge, taken, cell_height=cell_height),
            "classes": f"path-edge-{kind}{heavy}",
        }


@register.inclusion_tag("components/journey_path.html")
def journey_path(
    picture: Picture, *, goal: str = "", notes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The path of a journey.

    ``goal`` names what the range of days at its end is about ("First dose"); ``notes`` adds a
    line under a step's name, by step key ("Meridian Health, 3 days").
    """
    cell_height = _cell_height(picture)
    titles = {
        row: lane.title for lane in picture.lanes for row in range(lane.row, lane.row + lane.rows)
    }
    return {
        "picture": picture,
        "goal": goal,
        "width": picture.columns * CELL_WIDTH,
        "height": picture.rows * cell_height,
        "tall": cell_height == TALL_CELL_HEIGHT,
        "edges": list(_edges(picture)),
        "last": max(picture.stations, key=lambda station: station.column, default=None),
        "stations": [
            {
                "title": station.title,
                "column": station.column,
                "row": station.row,
                "phase": station.phase,
                "look": station.phase.replace("_", "-"),
                "current": station.current,
                "critical": station.critical,
                "lane": titles.get(station.row, ""),
                "note": (notes or {}).get(station.step, ""),
                "speaks": _speaks(station),
            }
            for station in picture.stations
        ],
    }


# States that a sighted reader is told in words too, not by the shape of the dot alone.
SPEAKING = frozenset({"now", "waiting", "at_risk", "blocked", "conflict", "skipped"})

ENTRY_ICONS: Mapping[str, str] = {
    "status": "circle-dot",
    "fact": "file-text",
    "message": "message-square",
    "document": "paperclip",
    "hand_off": "send",
    "follow_up": "phone",
    "contact": "phone",
    "coverage_changed": "shield-check",
    "conflict": "equal-not",
    "conflict_settled": "handshake",
    "closed": "flag",
}
WAYS: Mapping[str, Any] = {
    "api": _("through the API"),
    "webhook": _("by webhook"),
    "batch": _("in a batch file"),
    "fax": _("by fax"),
    "manual": _("entered by hand"),
    "system": _("automatically"),
}


def entry_icon(kind: str) -> SafeString:
    """The mark of a story's entry by its kind."""
    return icon(ENTRY_ICONS.get(kind, "circle-dot"), 14)


def way(transport: str) -> str:
    """How a report reached us, in words; nothing for what was done in the portal."""
    return str(WAYS.get(transport, ""))
