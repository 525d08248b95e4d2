"""Sample files for a partner's engineer: what we write, what is answered, what is brought in."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.core.conformance import Pair
from journeys.core.delivery import Outgoing
from journeys.core.templates import GRAPHS
from journeys.documents.batch import File, written
from journeys.documents.fhir.bundles import message
from journeys.documents.packet import file_name
from journeys.documents.step_list import step_table

# It stands where a drawn packet would be.
EMPTY_PDF = b"%PDF-1.4\n%%EOF\n"
COLUMNS = ("journey", "step", "status", "occurred_at", "case_number", "note")


@dataclass(frozen=True)
class Ground:
    """What sample files are made of: deliveries to the partner, and what it reports on them."""

    partner: str
    deliveries: Sequence[Outgoing]
    reported: Sequence[Pair]
    now: datetime


@dataclass(frozen=True)
class Sample:
    """One file: its name, what it is, its type and how it is made."""

    name: str
    about: str
    content_type: str
    make: Callable[[Ground], bytes]


def _batch(form: str) -> Callable[[Ground], bytes]:
    def make(ground: Ground) -> bytes:
        told = ground.deliveries
        beside = {each.delivery_id: File(file_name(each), EMPTY_PDF) for each in told}
        return written(told, form=form, sequence=1, now=ground.now, beside=beside)

    return make


def _bundle(ground: Ground) -> bytes:
    body = ground.deliveries[0].body
    address = "https://fhir.example/r4"
    told = message(body, recipient=ground.partner, pdf=EMPTY_PDF, address=address, now=ground.now)
    return json.dumps(told, indent=2).encode()


def _acknowledgement(ground: Ground) -> bytes:
    rows = [
        {"delivery": each.delivery_id, "status": "accepted", "case_number": f"CASE-{number}"}
        for number, each in enumerate(ground.deliveries, start=1)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _reports(ground: Ground) -> list[Mapping[str, Any]]:
    at = ground.now.isoformat(timespec="seconds")
    return [
        {
            "journey": str(each.body["journey"]),
            "step": step,
            "status": status,
            "occurred_at": at,
            "case_number": f"CASE-{number}",
        }
        for number, each in enumerate(ground.deliveries, start=1)
        for step, status in ground.reported
    ]


def _report_lines(ground: Ground) -> bytes:
    at = ground.now.isoformat(timespec="seconds")
    lines = (
        json.dumps({"type": "step.reported", "timestamp": at, "data": data})
        for data in _reports(ground)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _report_table(ground: Ground) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows(_reports(ground))
    return text.getvalue().encode()


SAMPLES = (
    Sample(
        "throughline-000001.jsonl",
        "A batch file that we write: its number first, totals and a SHA-256 of the lines last.",
        "application/x-ndjson",
        _batch("jsonl"),
    ),
    Sample(
        "throughline-000001.csv",
        "The same as a table: H the number, C the columns, D a delivery each, T the totals.",
        "text/csv",
        _batch("csv"),
    ),
    Sample(
        "throughline-000001.ack",
        "What you put beside it: each delivery accepted or rejected, with your case number.",
        "application/x-ndjson",
        _acknowledgement,
    ),
    Sample(
        "bundle.json",
        "An enrollment as a FHIR R4 message, as it goes to $process-message.",
        "application/fhir+json",
        _bundle,
    ),
    Sample(
        "reports.jsonl",
        "Reports of yours to bring in as a file: on each line one, as the API takes it.",
        "application/x-ndjson",
        _report_lines,
    ),
    Sample("reports.csv", "The same reports as a table.", "text/csv", _report_table),
    Sample(
        "steps.csv",
        "What can be reported: every step, its statuses, their reasons and the facts.",
        "text/csv",
        lambda _ground: step_table(GRAPHS.values()),
    ),
)
