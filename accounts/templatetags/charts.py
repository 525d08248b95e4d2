"""Charts drawn by the server: bars from zero, labels beside them, the numbers in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()


@dataclass(frozen=True)
class Row:
    """One bar. A value of None is hidden for privacy and drawn as an outline, at no length.

    `words` stand for the value where it is not told exactly.
    """

    label: str
    value: int | None
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Spread:
    """One row of a spread: its label, and for each column how long and in which words."""

    label: str
    cells: Sequence[Row]


def _bars(rows: Sequence[Row]) -> list[dict[str, Any]]:
    longest = max((row.value for row in rows if row.value is not None), default=0)
    return [
        {
            "label": row.label,
            "value": row.value,
            "note": row.note,
            "words": row.words,
            "share": round(100 * row.value / longest, 1) if row.value and longest else 0,
        }
        for row in rows
    ]


@register.inclusion_tag("components/chart_bar.html")
def chart_bar(
    title: str, rows: Sequence[Row], *, what: str = "", headed: bool = False
) -> dict[str, Any]:
    """Bars of counts; ``what`` heads the table's second column ("journeys").

    One that stands `headed` under its own title already only has it read aloud.
    """
    return {"title": title, "bars": _bars(rows), "what": what, "headed": headed}


@register.inclusion_tag("components/chart_bar.html")
def chart_funnel(title: str, rows: Sequence[Row], *, what: str = "") -> dict[str, Any]:
    """Stages in order, each with its share of the first one; a hidden stage has no share."""
    first = rows[0].value if rows else None
    bars = _bars(rows)
    for bar in bars:
        known = bar["value"] is not None and first
        bar["share_of_first"] = f"{round(100 * bar['value'] / first)}%" if known and first else ""
    return {"title": title, "bars": bars, "what": what, "funnel": True}


@register.inclusion_tag("components/chart_spread.html")
def chart_spread(
    title: str, columns: Sequence[str], rows: Sequence[Spread], *, headed: bool = False
) -> dict[str, Any]:
    """How each row spreads over the same columns: a small picture each, one scale to a row."""
    width = 100 / max(len(columns), 1)
    return {
        "title": title,
        "headed": headed,
        "columns": columns,
        "rows": [{"label": row.label, "bars": _columns(row, width)} for row in rows],
    }


def _columns(row: Spread, width: float) -> list[dict[str, Any]]:
    return [
        {
            **bar,
            "x": round(index * width, 2),
            "width": round(width * 0.86, 2),
            "y": 100 - bar["share"],
        }
        for index, bar in enumerate(_bars(row.cells))
    ]
