"""A partner that takes FHIR R4, as a client of SMART Backend Services (private_key_jwt)."""

import json
import math
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError
from journeys.documents.fhir import bundles
from journeys.domain.carrying import PartnerRefused, Route
from journeys.partners.assertions import BadKey, assertion
from journeys.partners.http import Line, open_line
from journeys.partners.paper import drawn

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"content-type": "application/x-www-form-urlencoded"}
FHIR = {"content-type": "application/fhir+json", "accept": "application/fhir+json"}
# A token is not used in its last moments: a request takes time.
MARGIN_SECONDS = 30
DEFAULT_LIFE_SECONDS = 300
NO_RESOURCE = "no FHIR resource"
RESOURCE = re.compile(r"[A-Za-z]{1,40}")
# RFC 6749 A.12, without the space: it goes into a header.
TOKEN = re.compile(r"[\x21-\x7e]+")


def base_of(route: Route) -> str:
    """Where the partner takes Bundles in the form that it chose."""
    path = "/$process-message" if route.options.get("form") != "collection" else "/Bundle"
    return route.address.rstrip("/") + path


@asynccontextmanager
async def open_fhir(route: Route) -> AsyncIterator[Transport]:
    """Connections to the FHIR server and to where its tokens are had. Raises TransportError."""
    async with (
        open_line(route, base_of(route)) as line,
        open_line(route, route.options["token_url"]) as tokens,
    ):
        yield FhirServer(route, line, tokens)


@dataclass
class FhirServer:
    """Posts each enrollment as a Bundle; the endpoint's secret is our private key (PEM)."""

    route: Route
    line: Line
    tokens: Line
    token: str = ""
    good_until: float = field(default=0.0)

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the Bundle. Raises TransportError unless the server takes it in."""
        body = json.dumps(await self._bundle(outgoing)).encode()
        headers = {
            **FHIR,
            "authorization": f"Bearer {await self._token()}",
            "x-request-id": outgoing.delivery_id,
        }
        try:
            answer = await self.line.post(body, headers)
        except TransportError:
            # It may be the token: the next try asks for a new one.
            self.good_until = 0.0
            raise
        return receipt_of(answer, self.route.recipient)

    async def _bundle(self, outgoing: Outgoing) -> dict[str, Any]:
        now, who = outgoing.at, self.route.recipient
        address = "" if self.route.options.get("form") == "collection" else self.route.address
        if "packet" not in outgoing.body:
            return bundles.notice(
                outgoing.body, kind=outgoing.kind, recipient=who, address=address, now=now
            )
        pdf = await drawn(outgoing, who)
        if not address:
            return bundles.collection(outgoing.body, recipient=who, pdf=pdf, now=now)
        return bundles.message(outgoing.body, recipient=who, pdf=pdf, address=address, now=now)

    async def _token(self) -> str:
        """An access token (RFC 6749 4.4, RFC 7523), kept as long as it holds."""
        if time.monotonic() < self.good_until:
            return self.token
        asked = token_request(self.route, pem=self.route.secrets[0], now=datetime.now(UTC))
        try:
            self.token, life = token_of(await self.tokens.post(asked, FORM))
        except PartnerRefused:
            raise TransportError(
                f"{self.route.recipient} gave us no access token.", permanent=False
            ) from None
        except Unusable:
            raise TransportError(
                f"{self.route.recipient} gave us a token that cannot be read.", permanent=False
            ) from None
        self.good_until = time.monotonic() + life - MARGIN_SECONDS
        return self.token


class Unusable(ValueError):
    """The answer holds no token that can be shown."""


def token_of(answer: bytes) -> tuple[str, float]:
    """The access token and the seconds that it holds (RFC 6749 5.1). Raises Unusable."""
    try:
        told = json.loads(answer)
        token, life = told["access_token"], float(told.get("expires_in", DEFAULT_LIFE_SECONDS))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise Unusable from None
    if not isinstance(token, str) or not TOKEN.fullmatch(token) or not math.isfinite(life):
        raise Unusable
    return token, life


def token_request(route: Route, *, pem: str, now: datetime) -> bytes:
    """The form that asks for a token, its assertion signed with this key. Raises TransportError."""
    options = route.options
    try:
        signed = assertion(
            options["client_id"],
            audience=options["token_url"],
            key_id=options.get("key_id", ""),
            pem=pem,
            now=now,
        )
    except BadKey as error:
        raise TransportError(str(error), permanent=False, ours=True) from None
    form = {
        "grant_type": "client_credentials",
        "scope": options.get("scope", "system/*.write"),
        "client_assertion_type": JWT_BEARER,
        "client_assertion": signed,
    }
    return urlencode(form).encode()


def receipt_of(answer: bytes, who: str) -> Receipt:
    """A 2xx answer: an error in an OperationOutcome is a refusal, a Task's number confirms.

    The details tell what kind of resource it was.
    """
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        return Receipt(details={"answer": NO_RESOURCE})
    named = content.get("resourceType") if isinstance(content, dict) else None
    known = isinstance(named, str) and RESOURCE.fullmatch(named)
    details = {"answer": f"a resource of the type {named}" if known else NO_RESOURCE}
    for resource in _resources(content):
        issues = resource.get("issue")
        if resource.get("resourceType") == "OperationOutcome" and isinstance(issues, list):
            severities = {each.get("severity") for each in issues if isinstance(each, dict)}
            if severities & {"error", "fatal"}:
                raise PartnerRefused(f"{who} refused the packet.")
        if resource.get("resourceType") == "Task" and resource.get("status") == "accepted":
            return Receipt(reference=_number(resource), details=details)
    return Receipt(details=details)


def _resources(content: Any) -> list[dict[str, Any]]:
    """The answer's resource, or those of its Bundle."""
    if not isinstance(content, dict):
        return []
    entries = content.get("entry")
    inside = (
        [each.get("resource") for each in entries if isinstance(each, dict)]
        if isinstance(entries, list)
        else []
    )
    return [each for each in (content, *inside) if isinstance(each, dict)]


def _number(task: dict[str, Any]) -> str:
    """The partner's own number: the first identifier that is a text."""
    identifiers = task.get("identifier")
    for each in identifiers if isinstance(identifiers, list) else ():
        if isinstance(each, dict) and isinstance(each.get("value"), str):
            return str(each["value"]).strip()
    return ""
