"""Errors as RFC 9457 problem details, with a JSON pointer for each field that is wrong."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from journeys.forms.wire import Fault, fault_of

log = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"
# What any operation may answer instead of what it is for.
PROBLEMS = frozenset({400, 401, 403, 409, 413, 415, 422, 429, 503})


class Problem(Schema):
    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]


class Refusal(Exception):
    """The request is not taken: an answer with a status, a code and a sentence."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        pointer: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.faults = [Fault(pointer=pointer, code=code, detail=detail)]
        self.headers = headers or {}


def as_json(
    status: int, content: Any, headers: Mapping[str, str], *, content_type: str = "application/json"
) -> HttpResponse:
    return HttpResponse(
        json.dumps(content), status=status, content_type=content_type, headers=dict(headers)
    )


def answer(
    status: int, detail: str, faults: Sequence[Fault], headers: Mapping[str, str] | None = None
) -> HttpResponse:
    content = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(faults),
    )
    return as_json(status, content.model_dump(), headers or {}, content_type=CONTENT_TYPE)


def install(api: NinjaAPI) -> None:
    """Answer every error of this API as a problem."""

    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return answer(refusal.status, str(refusal), refusal.faults, refusal.headers)

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [fault_of(one) for one in error.errors]
        return answer(422, "Some fields are missing or wrong; nothing was kept.", faults)

    @api.exception_handler(OperationalError)
    def overloaded(_request: HttpRequest, error: OperationalError) -> HttpResponse:
        log.error("database_unavailable", exc_info=error)
        words = "We cannot keep anything at the moment; send the same message again soon."
        fault = Fault(pointer="", code="unavailable", detail=words)
        return answer(503, words, [fault], {"Retry-After": "5"})

    @api.exception_handler(HttpError)
    def failed(_request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, Refusal):
            return refused(_request, error.__cause__)
        fault = Fault(pointer="", code="bad_request", detail=error.message)
        return answer(error.status_code, error.message, [fault])
