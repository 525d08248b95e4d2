"""Batch files: deliveries as JSON lines or as a table, with a number first and totals last."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from journeys.core.delivery import Outgoing

NAMES = {"jsonl": "throughline-{sequence:06d}.jsonl", "csv": "throughline-{sequence:06d}.csv"}
TOLD = ("delivery", "journey", "version", "digest")
# With these a spreadsheet takes a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(batch: Sequence[Outgoing], *, form: str, sequence: int, now: datetime) -> bytes:
    """A file: its number first, a line per delivery, and totals over exactly those lines last."""
    return _csv(batch, sequence, now) if form == "csv" else _json_lines(batch, sequence, now)


def _json_lines(batch: Sequence[Outgoing], sequence: int, now: datetime) -> bytes:
    lines = [_line({"record": "delivery", "type": each.kind, "data": each.body}) for each in batch]
    head = _line({"record": "header", "sequence": sequence, "created_at": now.isoformat()})
    totals = {"sequence": sequence, "deliveries": len(batch), "sha256": _digest(lines)}
    return b"".join((head, *lines, _line({"record": "trailer", **totals})))


def _csv(batch: Sequence[Outgoing], sequence: int, now: datetime) -> bytes:
    rows = [_row(each) for each in batch]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [_cells("D", *(row.get(name, "") for name in columns)) for row in rows]
    head = _cells("H", sequence, now.isoformat())
    named = _cells("C", *columns)
    return b"".join((head, named, *lines, _cells("T", sequence, len(batch), _digest(lines))))


def _row(outgoing: Outgoing) -> dict[str, str]:
    """A delivery as columns: what it is, then every field by its id."""
    body: Mapping[str, Any] = outgoing.body
    told = {name: str(body[name]) for name in TOLD if name in body}  # a test has no journey
    row = {"type": outgoing.kind, **told}
    packet = body.get("packet") or body.get("notice", {})
    row["program"] = str(packet.get("program", {}).get("key", ""))
    if wish := packet.get("sandbox", {}).get("expected_outcome"):
        row["expected_outcome"] = str(wish)
    for section in packet.get("sections", ()):
        row.update({field["id"]: _plain(field["value"]) for field in section["fields"]})
    return row


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _cells(*values: object) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(str(value)) for value in values])
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), default=dict).encode() + b"\n"


def _digest(lines: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(lines)).hexdigest()
