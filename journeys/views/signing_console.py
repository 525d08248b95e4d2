"""Sign a report by hand and see what we answer, and find out why a signature does not fit."""

import json
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.core.conformance import EXPECTED
from journeys.core.signature_faults import (
    Claim,
    Finding,
    faults,
    signature_of,
    signed_content,
)
from journeys.domain.sandbox_secrets import Secrets, secrets_of
from journeys.domain.sandbox_sending import NothingToSend
from journeys.forms.connecting import ComposeForm, VerifyForm
from journeys.views.connecting import partner_or_404

# Of our answer: what an engineer asks about.
SHOWN_HEADERS = ("Content-Type", "Retry-After", "RateLimit-Remaining", "WWW-Authenticate")


@dataclass(frozen=True)
class Signed:
    """One report as it is to be sent: the bytes under the signature, and every header."""

    body: bytes
    headers: dict[str, str]

    @property
    def content(self) -> str:
        """What is signed, as text."""
        name, seconds = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        return signed_content(name, seconds, self.body).decode()

    @property
    def length(self) -> int:
        return len(self.body)


@dataclass(frozen=True)
class Answered:
    """What we answered."""

    status: int
    headers: dict[str, str]
    body: str


@requires(Permission.ENDPOINTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def console(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Compose, sign and send a report to the sandbox; check a signature pasted from elsewhere."""
    partner = partner_or_404(partner_id)
    try:
        known = secrets_of(partner, by=current_actor())
    except NothingToSend as why:
        messages.warning(request, str(why))
        return redirect("connect", partner.pk)
    act = request.POST.get("act", "")
    compose = ComposeForm(
        request.POST if act in ("sign", "send") else None, initial=_sample(partner, known)
    )
    verify = VerifyForm(request.POST if act == "verify" else None)
    signed = _signed(compose, known) if compose.is_bound and compose.is_valid() else None
    asked = verify.is_bound and verify.is_valid()
    context = {
        "partner": partner,
        "compose": compose,
        "verify": verify,
        "signed": signed,
        "answered": _answered(signed) if signed and act == "send" else None,
        "findings": _findings(verify, known) if asked else (),
        "url": request.build_absolute_uri(reverse("api:report")),
    }
    wrong = (compose.is_bound and signed is None) or (verify.is_bound and not asked)
    return render(request, "journeys/connect_console.html", context, status=422 if wrong else 200)


def _sample(partner: Organization, known: Secrets) -> dict[str, str]:
    """A report that can be sent as it stands, on the newest test enrollment."""
    step, status = EXPECTED[partner.kind]["approve"][0]
    now = timezone.now().isoformat(timespec="seconds")
    content = {
        "type": "step.reported",
        "timestamp": now,
        "data": {"journey": known.journey, "step": step, "status": status, "occurred_at": now},
    }
    return {"body": json.dumps(content, indent=2), "message_id": f"console-{uuid4()}"}


def _signed(form: ComposeForm, known: Secrets) -> Signed:
    body, name = form.cleaned_data["body"].encode(), form.cleaned_data["message_id"]
    seconds = str(int(timezone.now().timestamp()))
    secret = next(iter(known.good.values()))
    return Signed(
        body,
        {
            "content-type": "application/json",
            "throughline-partner": known.slug,
            "webhook-id": name,
            "webhook-timestamp": seconds,
            "webhook-signature": signature_of(secret, name, seconds, body),
        },
    )


def _answered(signed: Signed) -> Answered:
    """Our own API's answer to exactly these bytes, by the same door as from outside."""
    path = reverse("api:report")
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(signed.length),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "wsgi.input": BytesIO(signed.body),
        "wsgi.url_scheme": "https",
    }
    for name, value in signed.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    found = resolve(path)
    answer: HttpResponse = found.func(WSGIRequest(environ), *found.args, **found.kwargs)
    headers = {name: answer[name] for name in SHOWN_HEADERS if name in answer}
    return Answered(answer.status_code, headers, answer.content.decode())


def _findings(form: VerifyForm, known: Secrets) -> list[Finding]:
    told = form.cleaned_data
    claim = Claim(told["id"], told["timestamp"], told["signature"], told["text"].encode())
    good, others = (known.ours, known.good) if told["way"] == "ours" else (known.good, known.ours)
    return faults(claim, secrets=good, others={**others, **known.ended}, now=timezone.now())
