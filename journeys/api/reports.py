"""The inbound status API: a partner tells what happened, the moment it happens."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Router, Schema
from pydantic import Field

from journeys.api.answers import once, told
from journeys.api.guard import Caller, caller_may, caller_of, count
from journeys.api.problems import PROBLEMS, Problem, Refusal
from journeys.core.scopes import REPORTS_WRITE
from journeys.domain.answering import Answer
from journeys.domain.inbound import IdReused, receive, receive_all
from journeys.domain.keeping import Message
from journeys.domain.remembered_keys import KeyChanged, forget
from journeys.forms.wire import MESSAGE_ID, Fault, Report, faults_of

router = Router(tags=["Reports"])
MOST_LINES = 500
# A report has about forty texts and brackets.
BATCH_TOKENS = 60_000


class Kept(Schema):
    id: UUID
    status: Literal["received"] = "received"


class Batch(Schema):
    reports: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MOST_LINES,
        description="Each as in POST /reports, perhaps with an `id` of yours beside its `type`.",
    )


class Line(Schema):
    line: int = Field(description="Its place in `reports`, from 0.")
    status: Literal["received", "refused"]
    id: UUID | None = None
    errors: list[Fault] = Field(default=[])


class BatchKept(Schema):
    received: int
    refused: int
    lines: list[Line]


IDS, AN_ID = ("Idempotency-Key", "webhook-id"), {"pattern": f"^{MESSAGE_ID.pattern}$"}
# The guard reads these; they are told here so that the documentation has them.
CALLING: dict[str, Any] = {
    "security": [{"token": []}, {"signature": []}],
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": False,
            "description": words,
            "schema": {"type": "string", **(AN_ID if name in IDS else {})},
        }
        for name, words in (
            ("Idempotency-Key", "With a token: your id of this request; the same for every try."),
            ("Throughline-Partner", "Signed: the short name under which we know you."),
            ("webhook-id", "Signed: your id of this message; the same for every try."),
            ("webhook-timestamp", "Signed: seconds since 1970, at most five minutes off."),
            (
                "webhook-signature",
                "Signed: v1, a comma, base64 of HMAC-SHA256 over id.timestamp.body; one or two.",
            ),
        )
    ],
}


REPORTING = caller_may(REPORTS_WRITE, remembers=True)


@router.post(
    "/reports",
    auth=REPORTING,
    response={202: Kept, PROBLEMS: Problem},
    summary="Report what happened",
    openapi_extra=CALLING,
)
def report(request: HttpRequest, report: Annotated[Report, Body()]) -> HttpResponse:
    """Answers 202 once the message is kept; it is applied in a moment.

    The same id (`webhook-id`, or with a token `Idempotency-Key`) with the same body is answered
    alike and counts once; with another body it is refused (422). A report that cannot be applied
    is kept and shown to people.
    """
    caller = caller_of(request)
    # Under a signature its id alone names the message: keeping it once is answering alike.
    if caller.by_token:
        return once(request, caller, lambda: _kept(request, caller))
    try:
        return told(_kept(request, caller), caller)
    except KeyChanged:
        forget(caller.organization.slug)
        caller = REPORTING(request)
        return told(_kept(request, caller), caller)


def _kept(request: HttpRequest, caller: Caller) -> Answer:
    message, now = _message(caller, _id(caller), request.body.decode()), timezone.now()
    key_id, doubted = caller.key_id, caller.doubted
    try:
        kept = receive(caller.organization, message, now=now, key_id=key_id, doubted=doubted)
    except IdReused:
        raise Refusal(422, "id_reused", "This id came before with another body.") from None
    return Answer(202, {"id": str(kept), "status": "received"})


@router.post(
    "/reports/batch",
    auth=caller_may(REPORTS_WRITE, most_tokens=BATCH_TOKENS),
    response={202: BatchKept, PROBLEMS: Problem},
    summary="Report what happened, many at once",
    openapi_extra=CALLING,
)
def batch(request: HttpRequest, batch: Annotated[Batch, Body()]) -> HttpResponse:
    """Answers 202 with a line for each report: kept, or refused with a pointer to each field.

    What is whole is kept, whatever the others are. A line with an `id` of its own counts once,
    also when another batch repeats it.
    """
    caller = caller_of(request)
    limits = count(caller.organization, by=len(batch.reports) - 1)
    answer = once(request, caller, lambda: _keep(caller, batch.reports))
    for name, value in limits.items():
        answer[name] = value
    return answer


def _keep(caller: Caller, reports: list[dict[str, Any]]) -> Answer:
    faults = {number: _faults(number, each) for number, each in enumerate(reports)}
    whole = [number for number, found in faults.items() if not found]
    messages = [
        _message(
            caller,
            _id(caller, str(reports[number].get("id") or f"{caller.message_id}.{number}")),
            json.dumps({name: value for name, value in reports[number].items() if name != "id"}),
        )
        for number in whole
    ]
    kept = receive_all(caller.organization, messages, now=timezone.now(), key_id=caller.key_id)
    for number, row in zip(whole, kept, strict=True):
        if row is None:
            words = "This id came before with another report."
            faults[number] = [
                Fault(pointer=f"/reports/{number}/id", code="id_reused", detail=words)
            ]
    ids = {number: row for number, row in zip(whole, kept, strict=True) if row}
    lines = [
        Line(
            line=number,
            status="refused" if found else "received",
            id=ids.get(number),
            errors=found,
        )
        for number, found in faults.items()
    ]
    told = BatchKept(received=len(ids), refused=len(lines) - len(ids), lines=lines)
    return Answer(202, told.model_dump(mode="json"))


def _faults(number: int, content: dict[str, Any]) -> list[Fault]:
    own = content.get("id")
    if own is not None and not (isinstance(own, str) and MESSAGE_ID.fullmatch(own)):
        words = "An id has 1 to 64 visible ASCII characters."
        return [Fault(pointer=f"/reports/{number}/id", code="bad_id", detail=words)]
    return faults_of(content, under=f"/reports/{number}")


def _id(caller: Caller, own: str = "") -> str:
    """The id under which a message is kept: a client's own are apart from every other's."""
    name = own or caller.message_id
    return f"{caller.key_id.hex[:8]}:{name}" if caller.by_token else name


def _message(caller: Caller, message_id: str, body: str) -> Message:
    transport = "api" if caller.by_token else "webhook"
    return Message(id=message_id, body=body, transport=transport, programs=caller.programs)
