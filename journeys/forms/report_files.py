"""Files of reports: CSV with named columns, or a report as JSON on each line."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.core.facts import type_of
from journeys.forms.wire import Fault, faults_of

LARGEST_BYTES = 1_000_000
MOST_ROWS = 2_000
FACT = "fact_"
# One letter may be a code, where the fact is not one of yes and no.
YES, NO = frozenset({"yes", "true", "y"}), frozenset({"no", "false", "n"})
COLUMNS = (
    *("journey", "code", "sub_code", "step", "status", "reason", "occurred_at"),
    *("case_number", "note", "patient_name", "patient_born_on"),
)


@dataclass(frozen=True)
class FileRow:
    """One row of a file: the report in it, and what is wrong with its fields."""

    number: int
    content: Mapping[str, Any]
    faults: tuple[Fault, ...]

    @property
    def id(self) -> str:
        """The same row brought in again, in whatever file, is the same report."""
        told = {name: value for name, value in self.content.items() if name != "timestamp"}
        text = json.dumps(told, sort_keys=True)
        return f"row:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of reports"),
        help_text=_("CSV or JSON lines, up to 1 MB and 2,000 rows. Nothing is applied yet."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.jsonl,.ndjson,.txt"}),
        error_messages={"required": _("Choose a file.")},
    )

    name = ""

    def clean_file(self) -> str:
        """The file's text; what it was called is kept as `name`."""
        file = self.cleaned_data["file"]
        self.name = str(file.name)
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("The file has more than 1 MB; bring it in in parts."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is no text in UTF-8.")) from None
        rows = text.count("\n")
        if not text.strip() or "\x00" in text or rows > MOST_ROWS + 1:
            raise forms.ValidationError(_("The file needs 1 to 2,000 rows of text."))
        return text


def rows_of(text: str, *, zone: tzinfo, now: datetime) -> list[FileRow]:
    """Each row as a report, and what is wrong with it. Instants without an offset are in `zone`."""
    read = _json_lines(text) if text.lstrip().startswith("{") else _csv_rows(text)
    rows = []
    for number, content in read:
        placed = _placed(content, zone=zone, now=now)
        rows.append(FileRow(number, placed, tuple(faults_of(placed))))
    return rows


def _json_lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, {}


def columns_not_read(text: str) -> list[str]:
    """The names in a table's first row that are no column of ours: what stands there is lost."""
    if text.lstrip().startswith("{"):
        return []
    try:
        names = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return []
    told = (name.strip() for name in names)
    return [name for name in told if name and name not in COLUMNS and not name.startswith(FACT)]


def _csv_rows(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            filled = {(name or "").strip(): _cell(value) for name, value in row.items()}
            yield reader.line_num, _as_report({k: v for k, v in filled.items() if v})
    except csv.Error:
        yield reader.line_num, {}


def _cell(value: Any) -> str:
    """A cell's text; the mark that keeps a spreadsheet from running it is taken off."""
    text = value.strip() if isinstance(value, str) else ""
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text


def _as_report(cells: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        name: cells[name] for name in COLUMNS if name in cells and not name.startswith("patient_")
    }
    told = {k.removeprefix(FACT): v for k, v in cells.items() if k.startswith(FACT)}
    facts = {name: _value(name, text) for name, text in told.items()}
    patient = {
        name: cells[f"patient_{name}"] for name in ("name", "born_on") if f"patient_{name}" in cells
    }
    kind = "code.reported" if "code" in data else "step.reported"
    return {
        "type": kind,
        "data": {
            **data,
            **({"facts": facts} if facts else {}),
            **({"patient": patient} if patient else {}),
        },
    }


def _value(name: str, text: str) -> bool | int | str:
    word = text.lower()
    if word in YES | NO and (len(word) > 1 or type_of(name).kind == "boolean"):
        return word in YES
    return int(text) if text.isdigit() and len(text) < 10 and text[:1] != "0" else text


def _placed(content: Any, *, zone: tzinfo, now: datetime) -> dict[str, Any]:
    """The report with its instants' offsets; without a timestamp it is of now."""
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        return {"type": "code.reported", "timestamp": now.isoformat(), "data": {}}
    data = dict(content["data"])
    if isinstance(data.get("occurred_at"), str):
        data["occurred_at"] = _instant(data["occurred_at"], zone)
    at = content.get("timestamp") or now.isoformat()
    return {"type": content.get("type") or "code.reported", "timestamp": at, "data": data}


def _instant(text: str, zone: tzinfo) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()
