"""The inbound status API: a partner tells what happened, the moment it happens."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Router, Schema, Status
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from journeys.api.guard import Partner, partner_of
from journeys.api.problems import Problem, Refusal
from journeys.domain.inbound import IdReused, receive

router = Router(tags=["Reports"])


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("An instant is written as text, such as 2026-03-06T14:10:00-05:00.")
    return value


Code = Annotated[str, StringConstraints(pattern=r"^[\w .:/-]+$", max_length=60)]
Instant = Annotated[AwareDatetime, BeforeValidator(_text_only)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FactValue = (
    bool | int | float | Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=500)]
)
REFERENCE = "Our journey number or id, our delivery id, or your own case number."


class Correction(Schema):
    field: Code = Field(description="The field's id in the packet, such as B7.")
    sentence: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class PatientHint(Schema):
    name: Annotated[str, StringConstraints(max_length=120)] | None = None
    born_on: date | None = None


HINT = "Helps a person to find the journey where your number for it is not known here."


class StepData(Schema):
    journey: Code = Field(description=REFERENCE)
    step: Code = Field(description="The step's key, such as benefit_verification.")
    status: Code = Field(description="One of the step's status keys, such as complete.")
    reason: Code | None = Field(None, description="Why, as one of the status's reason keys.")
    occurred_at: Instant = Field(description="When it happened on your side, with its offset.")
    facts: dict[FactName, FactValue] = Field(default={}, max_length=50)
    case_number: Code | None = Field(None, description="Your number for the case, if you have one.")
    corrections: list[Correction] = Field(
        default=[], max_length=50, description="With status returned: what to put right."
    )
    patient: PatientHint | None = Field(None, description=HINT)
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class CodeData(Schema):
    journey: Code = Field(description=REFERENCE)
    code: Code = Field(description="Your own status, such as PENDING-PAYER.")
    sub_code: Code | None = Field(None, description="Your own sub-status, such as PA_NEEDED.")
    occurred_at: Instant = Field(description="When it happened on your side, with its offset.")
    facts: dict[FactName, FactValue] = Field(default={}, max_length=50)
    case_number: Code | None = Field(None, description="Your number for the case, if you have one.")
    patient: PatientHint | None = Field(None, description=HINT)
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class AcceptedData(Schema):
    delivery: UUID = Field(description="The webhook-id under which you received the packet.")
    case_number: Code | None = Field(None, description="Your number for the case.")
    occurred_at: Instant | None = None


class StepReported(Schema):
    type: Literal["step.reported"]
    timestamp: Instant
    data: StepData


class CodeReported(Schema):
    type: Literal["code.reported"]
    timestamp: Instant
    data: CodeData


class DeliveryAccepted(Schema):
    type: Literal["delivery.accepted"]
    timestamp: Instant
    data: AcceptedData


class Kept(Schema):
    id: UUID
    status: Literal["received"] = "received"


Report = Annotated[StepReported | CodeReported | DeliveryAccepted, Field(discriminator="type")]


# The guard reads these; they are told here so that the documentation has them.
SIGNED = [
    {
        "in": "header",
        "name": name,
        "required": True,
        "description": words,
        "schema": {"type": "string"},
    }
    for name, words in (
        ("Throughline-Partner", "The short name under which we know you."),
        ("webhook-id", "Your id of this message; the same for every try."),
        ("webhook-timestamp", "Seconds since 1970, at most five minutes off."),
        (
            "webhook-signature",
            "v1, a comma, and base64 of HMAC-SHA256 over id.timestamp.body; two while keys change.",
        ),
    )
]


@router.post(
    "/reports",
    auth=partner_of,
    response={202: Kept, frozenset({400, 401, 413, 422, 429, 503}): Problem},
    summary="Report what happened",
    openapi_extra={"parameters": SIGNED},
)
def report(
    request: HttpRequest, response: HttpResponse, report: Annotated[Report, Body()]
) -> Status[Kept]:
    """Answers 202 once the message is kept; it is applied in a moment.

    Sign with Standard Webhooks. The same `webhook-id` with the same body is answered alike and
    counts once; with another body it is refused (422). A report that cannot be applied is kept
    and shown to people.
    """
    partner: Partner = request.auth  # type: ignore[attr-defined]  # ninja puts what the guard gave there
    for name, value in partner.limits.items():
        response[name] = value
    try:
        kept = receive(
            partner.organization,
            message_id=partner.message_id,
            body=request.body.decode(),
            transport="webhook",
            now=timezone.now(),
        )
    except IdReused:
        raise Refusal(422, "id_reused", "This webhook-id came before with another body.") from None
    return Status(202, Kept(id=kept.pk))
