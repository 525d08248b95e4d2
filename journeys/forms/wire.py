"""What a partner may send, field by field: the same over the API and in a file."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import dropwhile
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from journeys.core.facts import FACTS, name_like, unlike

SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)
# With a line's number behind it, it is an id of at most 80 characters.
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,64}")
# Names of ninja's own wrapping, and tags of the union, which come before the partner's body.
BEFORE_THE_BODY = frozenset(
    {"body", "report", "batch", "step.reported", "code.reported", "delivery.accepted"}
)
UNKNOWN_TYPE = frozenset({"union_tag_invalid", "union_tag_not_found"})
AN_INSTANT = "An instant is written as 2026-03-06T14:10:00-05:00."
A_DAY = "A day is written as 2026-03-06."
# People read these beside the rows of a file: what to write, by pydantic's name of the error.
WORDS = {
    "missing": "This is missing.",
    "string_type": "This is a text.",
    "string_pattern_mismatch": "It has a character that cannot stand here.",
    "string_too_short": "This is empty.",
    "string_too_long": "This is longer than {max_length} characters.",
    "datetime_type": AN_INSTANT,
    "datetime_parsing": AN_INSTANT,
    "datetime_from_date_parsing": AN_INSTANT,
    "timezone_aware": "An instant has its offset, as in 2026-03-06T14:10:00-05:00.",
    "date_type": A_DAY,
    "date_parsing": A_DAY,
    "date_from_datetime_parsing": A_DAY,
}


class Fault(Schema):
    pointer: str
    code: str
    detail: str


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", AN_INSTANT)
    return value


def _on_the_calendar(value: datetime) -> datetime:
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "This instant is beyond the calendar.") from None
    return value


def _typed(facts: dict[str, Any]) -> dict[str, Any]:
    """A fact has to be one we know and be read as such: a clock runs from it, or never starts."""
    wrong = [
        InitErrorDetails(type=fault, loc=(name,), input=value)
        for name, value in facts.items()
        if (fault := _wrong_with(name, value))
    ]
    if wrong:
        raise ValidationError.from_exception_data("facts", wrong)
    return facts


def _wrong_with(name: str, value: Any) -> PydanticCustomError | None:
    if name not in FACTS:
        meant = name_like(name)
        words = "No fact is called {fact}; is it {meant}?" if meant else "No fact is called {fact}."
        return PydanticCustomError("unknown_fact", words, {"fact": name, "meant": meant})
    if value != "" and (wanted := unlike(name, value)):
        told = {"fact": name, "wanted": wanted}
        return PydanticCustomError("fact_type", "{fact} is {wanted}.", told)
    return None


def _one_fault(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Say once what a value may be, not once for each kind that it is not."""
    try:
        return check(value)
    except ValidationError:
        raise PydanticCustomError(
            "fact_value", "True, false, a number, or a text of at most 500 characters."
        ) from None


Code = Annotated[str, StringConstraints(pattern=r"^[\w .:/-]+$", max_length=60)]
Instant = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_on_the_calendar)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FactText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=500)]
FactValue = Annotated[bool | int | float | FactText, WrapValidator(_one_fault)]
Facts = Annotated[
    dict[FactName, FactValue],
    Field(max_length=50, json_schema_extra={"additionalProperties": False}),
    AfterValidator(_typed),
]
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
    facts: Facts = Field(default={})
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
    facts: Facts = Field(default={})
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


def fault_of(one: Mapping[str, Any], *, under: str = "") -> Fault:
    """An error of pydantic's, with a JSON pointer (RFC 6901) into the body the partner sent."""
    parts = [*dropwhile(BEFORE_THE_BODY.__contains__, map(str, one["loc"]))]
    if parts and parts[-1] == "[key]":  # the name itself is wrong, which the part before it is
        parts.pop()
    if one["type"] in UNKNOWN_TYPE:
        parts.append("type")
    told = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    words = WORDS.get(one["type"], "").format_map(one.get("ctx", {})) or one["msg"]
    return Fault(pointer=under + told, code=one["type"], detail=words)


def faults_of(content: object, *, under: str = "") -> list[Fault]:
    """What is wrong with one report, field by field; pointers begin with `under`."""
    try:
        _REPORT.validate_python(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return [fault_of(one, under=under) for one in found]
    return []
