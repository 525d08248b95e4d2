"""What a partner may send, field by field: the same over the API and in a file."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)
# With a line's number behind it, it is an id of at most 80 characters.
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,64}")
# Names of ninja's own wrapping, and tags of the union, which are no part of the partner's body.
NOT_IN_THE_BODY = frozenset(
    {"body", "report", "batch", "step.reported", "code.reported", "delivery.accepted"}
)


class Fault(Schema):
    pointer: str
    code: str
    detail: str


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


Report = Annotated[StepReported | CodeReported | DeliveryAccepted, Field(discriminator="type")]
_REPORT: TypeAdapter[Any] = TypeAdapter(Report)


def pointer_of(location: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901) into the body the partner sent."""
    parts = [str(part) for part in location if part not in NOT_IN_THE_BODY]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def faults_of(content: object, *, under: str = "") -> list[Fault]:
    """What is wrong with one report, field by field; pointers begin with `under`."""
    try:
        _REPORT.validate_python(content)
    except ValidationError as error:
        return [
            Fault(pointer=under + pointer_of(one["loc"]), code=one["type"], detail=one["msg"])
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    return []
