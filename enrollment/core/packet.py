"""What is handed over at submission: plain data, the same for the same enrollment, for ever."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from programs.core.conditions import holds, is_present
from programs.core.definition import Definition
from programs.core.display import display
from programs.core.fields import SECTIONS
from programs.core.forms import Item, sheet, signing, subject_sheet

SCHEMA = "throughline.packet/1"


def packet(
    definition: Definition,
    answers: Mapping[str, Any],
    *,
    signatures: Sequence[Mapping[str, Any]],
    submitted_at: datetime,
    today: date,
    agreement: bool = False,
) -> dict[str, Any]:
    """Everything this enrollment says, section by section, with the words of the form.

    ``answers`` are this program's, with what the practice, patient, coverage and prescriber
    records gave already among them; hidden and unknown ones are left out. Each signature is
    plain data and holds in ``fields`` the signature fields it fills. ``today`` is the
    practice's day at ``submitted_at``, for what depends on an age. With ``agreement`` the
    practice says that the hub acts for it, before the patient has signed (45 CFR 164.502(e)).
    """
    form = sheet((definition,), answers, today=today)
    signed = {key: value for each in signatures for key, value in each["fields"].items()}
    known = {**form.known, **signed}
    items = (*form.shown, *_signed_items(definition, known))
    return {
        "schema": SCHEMA,
        "program": {
            "key": definition.key,
            "version": definition.version,
            "name": definition.name,
            "manufacturer": definition.manufacturer,
            "medicine": definition.medicine,
        },
        "route": {"hub": definition.route.hub, "transport": definition.route.transport},
        "submitted_at": submitted_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "business_associate": agreement or known.get("C14") is True,
        "services": list(known.get("H1") or ()),
        "sections": [
            {"name": name, "fields": fields}
            for name in SECTIONS
            if (fields := [_told(item, known) for item in items if _said(item, name, known)])
        ],
        "documents": [],
        "signatures": _plain(signatures),
    }


def with_documents(
    packet: Mapping[str, Any],
    documents: Sequence[Mapping[str, Any]],
    *,
    scans: Collection[str] = (),
) -> dict[str, Any]:
    """The packet naming the documents that its file questions are answered by.

    Answers hold the ``id`` of each; outside it is known by its ``sha256`` alone. ``scans`` are
    the ids of those that a signature in the packet rests on.
    """
    told = [field for section in packet["sections"] for field in section["fields"]]
    files = {field["id"]: field["value"] for field in told if field["type"] == "file"}
    sent = [
        each
        for each in documents
        if each["id"] in files.get(each["field"], ()) or each["id"] in scans
    ]
    digests = {each["id"]: each["sha256"] for each in sent}
    return {
        **packet,
        "sections": [
            {**section, "fields": [_by_digest(field, digests) for field in section["fields"]]}
            for section in packet["sections"]
        ],
        "documents": [{name: each[name] for name in each if name != "id"} for each in sent],
    }


def _by_digest(field: Mapping[str, Any], digests: Mapping[str, str]) -> Mapping[str, Any]:
    if field["type"] != "file":
        return field
    return {**field, "value": [digests[one] for one in field["value"] if one in digests]}


def coverage_section(details: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """One insurance as a packet tells it, by itself: for who has the rest already."""
    items = subject_sheet("coverage", details, today=today).shown
    told = [_told(item, details) for item in items if _said(item, "Coverage", details)]
    return {"name": "Coverage", "fields": told}


def sha256(packet: Mapping[str, Any]) -> str:
    """Fingerprint of a packet, as hexadecimal: equal for equal packets, however ordered."""
    written = json.dumps(packet, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _signed_items(definition: Definition, known: Mapping[str, Any]) -> list[Item]:
    return [
        item
        for item in signing((definition,))
        if item.field.shown_when is None or holds(item.field.shown_when, known)
    ]


def _said(item: Item, section: str, known: Mapping[str, Any]) -> bool:
    return item.field.section == section and is_present(known.get(item.key))


def _told(item: Item, known: Mapping[str, Any]) -> dict[str, Any]:
    value = _plain(known[item.key])
    field = item.field
    told = {
        "id": field.id,
        "name": field.name or field.id,
        "label": field.label,
        "type": field.type,
        "value": value,
        "display": "Signed" if field.type == "esign" else display(field, value),
    }
    if field.formula:
        told["follows_from"] = {"id": field.formula.of, "value": known.get(field.formula.of)}
    if field.recurs:
        told["recurs"] = {"when": field.recurs, "every_days": field.every_days}
    return {**told, "group": item.group} if item.group else told


def _plain(value: Any) -> Any:
    """A copy that shares nothing with what it was made of; raises TypeError if not JSON."""
    return json.loads(json.dumps(value))
