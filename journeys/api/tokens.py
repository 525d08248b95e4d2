"""OAuth2 client credentials (RFC 6749 4.4): a partner's key for a token of a quarter hour."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from journeys.api.bodies import raw_body
from journeys.api.guard import count
from journeys.api.problems import as_json
from journeys.domain.clients import UnknownScope, issue, key_of, lifetime
from journeys.domain.key_ends import refusal

router = Router(tags=["Tokens"])
FORM = "application/x-www-form-urlencoded"


class Token(Schema):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class OAuthError(Schema):
    error: str
    error_description: str


ASKING: dict[str, Any] = {
    "security": [{"key": []}, {}],
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "scope": {"type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                    },
                }
            }
        },
    },
}


@router.post(
    "/oauth/token",
    response={200: Token, frozenset({400, 401, 413, 415, 429, 503}): OAuthError},
    summary="Ask for a token",
    openapi_extra=ASKING,
)
def token(request: HttpRequest) -> HttpResponse:
    """Show a key's id and secret, in an HTTP Basic header or in the form, for a Bearer token.

    Without a `scope` the token is for all that the key is for.
    """
    raw_body(request)
    if request.content_type != FORM:
        return _refused(415, "invalid_request", f"Send {FORM}.")
    if request.POST.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type", "The grant is client_credentials.")
    key = key_of(*_credentials(request))
    if key is None:
        return _refused(401, "invalid_client", "No active key has this id and secret.")
    count(key.organization)
    now = timezone.now()
    if ended := refusal(key, now=now):
        return _refused(401, "invalid_client", ended)
    try:
        value, scopes = issue(key, request.POST.get("scope", "").split(), now=now)
    except UnknownScope:
        return _refused(400, "invalid_scope", "The key is not for all of these scopes.")
    told = Token(
        access_token=value,
        token_type="Bearer",  # noqa: S106  # the type's name
        expires_in=int(lifetime(key, now=now).total_seconds()),
        scope=" ".join(scopes),
    )
    return as_json(200, told.model_dump(), {})


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """What was shown. In the header many clients encode it as in a form (RFC 6749 2.3.1).

    No secret of ours holds a percent sign, so either way is understood.
    """
    kind, _space, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _colon, secret = decoded.partition(":")
    return unquote(name), unquote(secret)


def _refused(status: int, error: str, words: str) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="tokens"'} if status == 401 else {}
    return as_json(status, {"error": error, "error_description": words}, headers)
