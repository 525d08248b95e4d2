"""Who reports: a partner's system that signs with one of its keys, and how often it may."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from accounts.models import Organization
from journeys.api.bodies import raw_body, refuse_complex
from journeys.api.problems import Refusal
from journeys.domain.inbound import partner_keys
from journeys.partners.signatures import HEADERS, BadSignature, verify

log = structlog.get_logger(__name__)
PARTNER_HEADER = "throughline-partner"
SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,80}")
MINUTE = 60


@dataclass(frozen=True)
class Partner:
    """The organization whose system signed this message."""

    organization: Organization
    message_id: str
    limits: Mapping[str, str]


def partner_of(request: HttpRequest) -> Partner:
    """The partner that signed this request, whatever is in it.

    Raises Refusal: 413 too large, 401 not signed by a partner, 429 too often, 400 unusable.
    """
    body = raw_body(request)
    slug = request.headers.get(PARTNER_HEADER, "")
    organization, keys = partner_keys(slug) if SLUG.fullmatch(slug) else (None, [])
    signature = {name: request.headers.get(name, "") for name in HEADERS}
    try:
        verify(signature, body, secrets=[key.secret for key in keys])
    except BadSignature:
        organization = None
    if organization is None:
        raise Refusal(
            401,
            "not_signed",
            "Sign id, timestamp and body with an active key of the partner named in"
            " Throughline-Partner; the timestamp may be five minutes off.",
            headers={"WWW-Authenticate": 'Signature realm="reports"'},
        )
    message_id = signature["webhook-id"]
    if not MESSAGE_ID.fullmatch(message_id):
        raise Refusal(400, "bad_id", "webhook-id has 1 to 80 visible ASCII characters.")
    limits = _count(organization)
    refuse_complex(body)
    return Partner(organization=organization, message_id=message_id, limits=limits)


def _count(organization: Organization) -> Mapping[str, str]:
    """Count one message of this minute, and say what is left. Raises Refusal 429.

    The counters may be lost with the cache: then partners may send more, and nothing breaks.
    """
    limit: int = settings.REPORTS_PER_MINUTE
    now = int(time.time())
    key = f"reports:{organization.pk}:{now // MINUTE}"
    try:
        cache = caches["counters"]
        cache.add(key, 0, timeout=2 * MINUTE)
        used = cache.incr(key)
    except Exception as error:  # whatever the cache does, a signed report is taken
        log.warning("rate_not_counted", error=type(error).__name__)
        used = 0
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
