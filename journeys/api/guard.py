"""Who calls: a partner's system, by its signature or by a token, and how often it may."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts import counters
from accounts.models import Organization
from journeys.api.bodies import MOST_TOKENS, raw_body, refuse_complex
from journeys.api.problems import Refusal
from journeys.core import scopes
from journeys.domain.clients import Client, client_of
from journeys.domain.inbound import partner_keys
from journeys.domain.key_ends import refusal
from journeys.domain.remembered_keys import remember, remembered
from journeys.domain.sandbox_slowing import seconds_to_wait
from journeys.forms.wire import MESSAGE_ID, SLUG
from journeys.models import PartnerKey
from journeys.partners.signatures import HEADERS, BadSignature, verify

PARTNER_HEADER = "throughline-partner"
MINUTE = 60
CHALLENGE = 'Bearer realm="partners", Signature realm="partners"'


@dataclass(frozen=True)
class Caller:
    """The organization whose system calls, with which key, for what, and its message's id.

    `by_token` tells a client that signed in from one that signed its message. `doubted` is the
    key that signed it, where that is only remembered: whoever keeps the message asks of it.
    """

    organization: Organization
    key_id: UUID
    programs: tuple[str, ...]
    message_id: str
    limits: Mapping[str, str]
    by_token: bool
    doubted: PartnerKey | None = None


def caller_of(request: HttpRequest) -> Caller:
    """Who calls, as the guard of the address found."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # ninja puts what the guard gave there
    return caller


def caller_may(
    scope: str,
    *,
    most_tokens: int = MOST_TOKENS,
    takes: tuple[str, ...] = (),
    remembers: bool = False,
) -> Callable[[HttpRequest], Caller]:
    """A guard: whoever calls has a key with this scope; `takes` are types of JSON besides plain.

    One that `remembers` keys is for an address that asks of a doubted one before it does anything.

    It raises Refusal: 413 too large, 401 neither signed nor with a good token, 403 without the
    scope, 415 not JSON, 400 no usable id, 429 too often.
    """

    def guard(request: HttpRequest) -> Caller:
        body = raw_body(request)
        authorization = request.headers.get("authorization", "")
        by_token = authorization.lower().startswith("bearer ")
        doubted: PartnerKey | None = None
        if by_token:
            client = _by_token(authorization)
        else:
            client, doubted = _by_signature(request, body, scope, remembers=remembers)
        if not scopes.allows(client.scopes, scope):
            raise Refusal(403, "no_scope", f"This key is not for {scope}.")
        writes = request.method == "POST"
        if writes and body and request.content_type not in ("application/json", *takes):
            raise Refusal(415, "not_json", "Send application/json.")
        name = "Idempotency-Key" if by_token else "webhook-id"
        message_id = request.headers.get(name, "")
        if writes and not MESSAGE_ID.fullmatch(message_id):
            words = f"{name} is missing, or not 1 to 64 visible ASCII characters."
            raise Refusal(400, "bad_id", words)
        limits = count(client.organization)
        if writes:
            _slow_down(client.organization, message_id)
        refuse_complex(body, most=most_tokens)
        return Caller(
            organization=client.organization,
            key_id=client.key_id,
            programs=scopes.programs(client.scopes, scope),
            message_id=message_id,
            limits=limits,
            by_token=by_token,
            doubted=doubted,
        )

    return guard


def _slow_down(organization: Organization, message_id: str) -> None:
    """In a partner's sandbox a report may be asked to wait, to see that it does."""
    seconds = seconds_to_wait(organization, message_id, now=timezone.now())
    if seconds:
        words = "Your sandbox asks you to wait; send the same message again then."
        raise Refusal(429, "too_often", words, headers={"Retry-After": str(seconds)})


def _by_token(authorization: str) -> Client:
    client = client_of(authorization[len("bearer ") :].strip(), now=timezone.now())
    if client is None:
        raise Refusal(
            401,
            "no_token",
            "This token is unknown or has ended; ask for a new one.",
            headers={"WWW-Authenticate": 'Bearer realm="partners", error="invalid_token"'},
        )
    return client


def _by_signature(
    request: HttpRequest, body: bytes, scope: str, *, remembers: bool
) -> tuple[Client, PartnerKey | None]:
    """Who signed it, and the key where it is only remembered."""
    slug, now = request.headers.get(PARTNER_HEADER, ""), timezone.now()
    doubted = _signing(request, body, remembered(slug, now=now)) if remembers else None
    # Only a key that would do is taken as it is remembered: what refuses is read.
    if doubted and (refusal(doubted, now=now) or not scopes.allows(doubted.scopes, scope)):
        doubted = None
    key = doubted
    if key is None and SLUG.fullmatch(slug):
        keys = partner_keys(slug)
        remember(slug, keys)
        key = _signing(request, body, keys)
    if key is None:
        raise Refusal(
            401,
            "not_signed",
            "Sign id, timestamp and body with an active key of the partner named in"
            " Throughline-Partner; the timestamp may be five minutes off. Or send a token.",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    if ended := refusal(key, now=now):
        raise Refusal(401, "key_ended", ended, headers={"WWW-Authenticate": CHALLENGE})
    return Client(key.organization, key.pk, tuple(key.scopes)), doubted


def _signing(request: HttpRequest, body: bytes, keys: Sequence[PartnerKey]) -> PartnerKey | None:
    signature = {name: request.headers.get(name, "") for name in HEADERS}
    for key in keys:
        try:
            verify(signature, body, secrets=[key.secret])
        except BadSignature:
            continue
        return key
    return None


def count(organization: Organization, *, by: int = 1) -> Mapping[str, str]:
    """Count messages of this minute, and say what is left. Raises Refusal 429.

    The counters may be lost with the cache: then partners may send more, and nothing breaks.
    """
    limit: int = settings.REPORTS_PER_MINUTE
    now = int(time.time())
    key = f"reports:{organization.pk}:{now // MINUTE}"
    used = counters.count(key, by=by, seconds=2 * MINUTE)
    headers = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - used)),
        "RateLimit-Reset": str(MINUTE - now % MINUTE),
    }
    if used > limit:
        raise Refusal(
            429,
            "too_often",
            "Too many reports in this minute; send the same message again later.",
            headers={**headers, "Retry-After": headers["RateLimit-Reset"]},
        )
    return headers
