"""Every step that can be reported, as a table: its statuses, their reasons, the facts it knows."""

import csv
import io
from collections.abc import Iterable, Mapping

from journeys.core.facts import type_of
from journeys.core.graph import Graph, Step

COLUMNS = ("who", "step", "title", "status", "says", "reasons", "facts")
KINDS: Mapping[str, str] = {"boolean": "true or false", "choice": "text", "long_text": "text"}


def step_table(graphs: Iterable[Graph]) -> bytes:
    """CSV: a row for each status that somebody reports; what the clock sets is left out.

    A step of several journeys stands once, with every status that one of them has.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for graph in graphs:
        for step in graph.order:
            for row in _rows(step):
                found.setdefault((step.key, row[3]), row)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(sorted(found.values()))
    return text.getvalue().encode()


def _rows(step: Step) -> Iterable[tuple[str, ...]]:
    facts = "; ".join(f"{name} ({_kind(name)})" for name in step.produces)
    who = step.acting(step.owner)
    for status in step.statuses:
        if status.comes_at is None:
            reasons = "; ".join(reason.key for reason in status.reasons)
            yield who, step.key, step.title, status.key, status.label, reasons, facts


def _kind(name: str) -> str:
    kind = type_of(name).kind
    return KINDS.get(kind, kind)
