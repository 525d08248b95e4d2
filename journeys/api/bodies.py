"""Read a request's body within limits, before anything is made of it."""

import json
import re
from typing import Any, NoReturn, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

from journeys.api.problems import Refusal

LARGEST_BYTES = 1_000_000
DEEPEST = 20
MOST_TOKENS = 5_000
# Strings are passed over whole, also one that never ends; what is left are the brackets.
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{},]', re.DOTALL)


def raw_body(request: HttpRequest) -> bytes:
    """The bytes as they were sent. Raises Refusal 413 when there are more than 1 MB."""
    too_big = Refusal(413, "too_large", "A report may have up to 1 MB.")
    if int(request.headers.get("content-length") or 0) > LARGEST_BYTES:
        raise too_big
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_big from None
    if len(body) > LARGEST_BYTES:
        raise too_big
    return body


def refuse_complex(body: bytes, *, most: int = MOST_TOKENS) -> None:
    """Raises Refusal 400 for a body nested over 20 deep, or of more texts than that."""
    depth = 0
    for count, token in enumerate(TOKENS.finditer(body)):
        first = token[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEEPEST:
            raise Refusal(400, "too_deep", f"JSON may be nested up to {DEEPEST} deep.")
        if count > most:
            raise Refusal(400, "too_many_values", "A body may not have this many values.")


def _no_such_number(text: str) -> NoReturn:
    raise ValueError(text)


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, no Infinity."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The body as Python values. Raises Refusal 400 when it is not JSON."""
        try:
            content: Any = json.loads(request.body, parse_constant=_no_such_number)
        except (ValueError, RecursionError):
            raise Refusal(400, "not_json", "The body is not JSON.") from None
        return cast(DictStrAny, content)
