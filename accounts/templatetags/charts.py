"""Charts drawn by the server: bars from zero, labels beside them, the numbers in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()


@dataclass(frozen=True)
class Row:
    """One bar. A value of None is hidden for privacy and drawn as an outline, at no length."""

    label: str
    value: int | None
    note: str = ""
    tone: str = ""


def _bars(rows: Sequence[Row]) -> list[dict[str, Any]]:
    longest = max((row.value for row in rows if row.value is not None), default=0)
    return [
        {
            "label": row.label,
            "value": row.value,
            "note": row.note,
            "tone": row.tone,
            "share": round(100 * row.value / longest, 1) if row.value and longest else 0,
        }
        for row in rows
    ]


@register.inclusion_tag("components/chart_bar.html")
def chart_bar(title: str, rows: Sequence[Row], *, what: str = "") -> dict[str, Any]:
    """Bars of counts; ``what`` heads the table's second column ("journeys")."""
    return {"title": title, "bars": _bars(rows), "what": what}


@register.inclusion_tag("components/chart_bar.html")
def chart_funnel(title: str, rows: Sequence[Row], *, what: str = "") -> dict[str, Any]:
    """Stages in order, each with its share of the first one; a hidden stage has no share."""
    first = rows[0].value if rows else None
    bars = _bars(rows)
    for bar in bars:
        known = bar["value"] is not None and first
        bar["share_of_first"] = f"{round(100 * bar['value'] / first)}%" if known and first else ""
    return {"title": title, "bars": bars, "what": what, "funnel": True}
