"""Batch files: deliveries as JSON lines or as a table, with a number first and totals last."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.core.delivery import Outgoing

NAMES = {"jsonl": "throughline-{sequence:06d}.jsonl", "csv": "throughline-{sequence:06d}.csv"}
TOLD = ("delivery", "journey", "version", "digest")
# With these a spreadsheet takes a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class File:
    """A batch file, or the signed packet as a PDF that lies beside one."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


# By the delivery's id.
NOTHING_BESIDE: Mapping[str, File] = {}


def written(
    batch: Sequence[Outgoing],
    *,
    form: str,
    sequence: int,
    now: datetime,
    beside: Mapping[str, File] = NOTHING_BESIDE,
) -> bytes:
    """A file: its number first, a line per delivery, and totals over exactly those lines last.

    A delivery of which a PDF lies `beside` the file names it, with its digest.
    """
    if form == "csv":
        return _csv([_row(each, beside) for each in batch], sequence, now)
    return _json_lines([_record(each, beside) for each in batch], sequence, now)


def _record(outgoing: Outgoing, beside: Mapping[str, File]) -> Mapping[str, Any]:
    record = {"record": "delivery", "type": outgoing.kind, "data": outgoing.body}
    paper = beside.get(outgoing.delivery_id)
    return {**record, "pdf": paper.name, "pdf_sha256": paper.sha256} if paper else record


def _json_lines(records: Sequence[Mapping[str, Any]], sequence: int, now: datetime) -> bytes:
    lines = [_line(each) for each in records]
    head = _line({"record": "header", "sequence": sequence, "created_at": now.isoformat()})
    totals = {"sequence": sequence, "deliveries": len(lines), "sha256": _digest(lines)}
    return b"".join((head, *lines, _line({"record": "trailer", **totals})))


def _csv(rows: Sequence[Mapping[str, str]], sequence: int, now: datetime) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [_cells("D", *(row.get(name, "") for name in columns)) for row in rows]
    head = _cells("H", sequence, now.isoformat())
    named = _cells("C", *columns)
    return b"".join((head, named, *lines, _cells("T", sequence, len(rows), _digest(lines))))


def _row(outgoing: Outgoing, beside: Mapping[str, File]) -> dict[str, str]:
    """A delivery as columns: what it is, then every field by its id."""
    body: Mapping[str, Any] = outgoing.body
    told = {name: str(body[name]) for name in TOLD if name in body}  # a test has no journey
    row = {"type": outgoing.kind, **told}
    if paper := beside.get(outgoing.delivery_id):
        row |= {"pdf": paper.name, "pdf_sha256": paper.sha256}
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
