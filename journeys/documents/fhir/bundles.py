"""The two exports of an enrollment as FHIR R4.

A: the unsolicited message of HL7 Specialty Medication Enrollment 2.0.0 (`$process-message`).
B: a collection headed by the Task that asks the hub to take the enrollment on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from journeys.documents.fhir import resources as make
from journeys.documents.fhir.answers import questionnaire_response
from journeys.documents.fhir.resources import SYSTEM, Enrollment, Resource

EVENTS = "http://hl7.org/fhir/us/specialty-rx/CodeSystem/specialty-rx-event-type"
UNSOLICITED = "query-response-unsolicited"
NOTICES = f"{SYSTEM}/notice"
TEST_DATA = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}


def message(
    body: Mapping[str, Any], *, recipient: str, pdf: bytes, address: str, now: datetime
) -> Resource:
    """Export A. The implementation guide's examples say `prescription`, its text otherwise."""
    of = Enrollment(body, recipient=recipient, pdf=pdf)
    event = {"system": EVENTS, "code": UNSOLICITED}
    named = (
        ("source-patient", "patient"),
        ("prescription", "prescription"),
        ("pharmacy", "pharmacy"),
        ("prescriber", "prescriber"),
    )
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": name, "valueReference": of.to(what)} for name, what in named],
    }
    return _bundle(
        "message",
        of,
        body,
        now,
        [
            _header(of, event, address=address, focus="parameters"),
            of.entry("parameters", parameters),
            make.patient(of),
            make.prescription(of),
            make.pharmacy(of),
            make.prescriber(of),
            make.practice(of),
            _searchset(of, "Condition", make.conditions(of)),
            _searchset(of, "Coverage", make.coverages(of)),
            _searchset(of, "Consent", make.consents(of)),
            _searchset(of, "QuestionnaireResponse", [questionnaire_response(of)]),
        ],
    )


def collection(body: Mapping[str, Any], *, recipient: str, pdf: bytes, now: datetime) -> Resource:
    """Export B."""
    of = Enrollment(body, recipient=recipient, pdf=pdf)
    return _bundle(
        "collection",
        of,
        body,
        now,
        [
            _task(of, body, now),
            make.patient(of),
            make.prescriber(of),
            make.practice(of),
            make.recipient(of),
            make.prescription(of),
            *make.conditions(of),
            *make.coverages(of),
            *make.consents(of),
            questionnaire_response(of),
        ],
    )


def notice(
    body: Mapping[str, Any], *, kind: str, recipient: str, address: str, now: datetime
) -> Resource:
    """Word that something ended: the Task it ends; another insurance, or a test: a Task to take in.

    As a message to an address, under an event of our own, for the guide has none; else as a
    collection.
    """
    of = Enrollment(
        {**body, "packet": {"sections": [], "signatures": []}}, recipient=recipient, pdf=b""
    )
    task = {
        "resourceType": "Task",
        "identifier": _numbers(body),
        **_asked(body.get("notice", body), kind=kind),
        "intent": "order",
        "lastModified": now.isoformat(),
        "owner": of.to("recipient"),
    }
    entries = [of.entry("task", task), make.recipient(of)]
    if not address:
        return _bundle("collection", of, body, now, entries)
    event = {"system": NOTICES, "code": kind}
    header = _header(of, event, address=address, focus="task")
    return _bundle("message", of, body, now, [header, *entries])


def _header(of: Enrollment, event: Mapping[str, str], *, address: str, focus: str) -> Resource:
    header = {
        "resourceType": "MessageHeader",
        "eventCoding": event,
        "destination": [{"name": of.recipient, "endpoint": address}],
        "source": {"name": "Throughline", "endpoint": SYSTEM},
        "focus": [of.to(focus)],
    }
    return of.entry("header", header)


def _asked(told: Mapping[str, Any], *, kind: str) -> Resource:
    fields = [field for section in told.get("sections", ()) for field in section["fields"]]
    if kind == "test":
        return {"status": "requested", "code": {"text": kind}, "description": told["text"]}
    if not fields:
        return {"status": "cancelled", "statusReason": {"text": kind}}
    return {
        "status": "requested",
        "code": {"text": kind},
        "input": [
            {"type": {"text": field["label"]}, "valueString": field["display"]} for field in fields
        ],
    }


def _task(of: Enrollment, body: Mapping[str, Any], now: datetime) -> Resource:
    program, services = of.packet["program"], of.packet.get("services", ())
    told = [("program", program["key"]), *(("service", service) for service in services)]
    return of.entry(
        "task",
        {
            "resourceType": "Task",
            "identifier": _numbers(body),
            "status": "requested",
            "intent": "order",
            "code": {"text": f"Enroll in {program['name']}"},
            "focus": of.to("prescription"),
            "for": of.to("patient"),
            "authoredOn": of.packet["submitted_at"],
            "lastModified": now.isoformat(),
            "requester": of.to("practice"),
            "owner": of.to("recipient"),
            "input": [{"type": {"text": name}, "valueString": str(value)} for name, value in told],
        },
    )


def _numbers(body: Mapping[str, Any]) -> list[Resource]:
    """By what the partner quotes it: the delivery and the journey; a test has none."""
    named = [name for name in ("delivery", "journey") if name in body]
    return [{"system": f"{SYSTEM}/{name}", "value": body[name]} for name in named]


def _searchset(of: Enrollment, kind: str, entries: Iterable[Resource]) -> Resource:
    """What a search for this kind of resource would have found, nested as the guide has it."""
    found = list(entries)
    matches = [each for each in found if each["resource"]["resourceType"] == kind]
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(matches),
        "link": [{"relation": "self", "url": f"{SYSTEM}/{kind}?patient={of.url('patient')}"}],
        "entry": [
            {**each, "search": {"mode": "match" if each in matches else "include"}}
            for each in found
        ],
    }
    # An empty search has the total 0 and no entries.
    said = {key: value for key, value in bundle.items() if value != []}
    return {"fullUrl": of.url(f"search:{kind}"), "resource": said}


def _bundle(
    kind: str, of: Enrollment, body: Mapping[str, Any], now: datetime, entries: list[Resource]
) -> Resource:
    return {
        "resourceType": "Bundle",
        "id": str(of.space),
        "meta": _meta(body),
        "identifier": {"system": f"{SYSTEM}/delivery", "value": body["delivery"]},
        "type": kind,
        "timestamp": now.isoformat(),
        "entry": entries,
    }


def _meta(body: Mapping[str, Any]) -> Resource:
    """Which version of the enrollment it is; in a sandbox, what shall be made of it.

    A test is marked as such, and has but one.
    """
    if "journey" not in body:
        return {"versionId": "1", "tag": [TEST_DATA]}
    meta: Resource = {"versionId": str(body["version"])}
    if wish := body.get("packet", {}).get("sandbox", {}).get("expected_outcome"):
        asked = {"system": f"{SYSTEM}/expected-outcome", "code": wish}
        meta["tag"] = [TEST_DATA, asked]
    return meta
