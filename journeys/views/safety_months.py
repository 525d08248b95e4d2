"""What was sent to a safety desk in a month against what it confirmed, signed off by both."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import audit
from accounts.access import needs_recent_authentication, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.core.spreadsheet import csv_of
from accounts.limits import limited
from accounts.templatetags.times import when
from accounts.tenancy import current_actor
from journeys.core.safety_month import Month, is_over
from journeys.domain.queries import safety_months as queries
from journeys.domain.queries.safety import WORDS
from journeys.domain.safety_signing import sign_off, today
from journeys.models import SafetySignOff
from journeys.rules import Refused, may_sign_off_safety

HEAD = (
    *("Report", "Safety desk's number", "State", "First heard of", "Forward by", "Forwarded"),
    *("Confirmed", "Difference"),
)


@requires(Permission.SAFETY_VIEW)
@require_GET
def safety_months(request: HttpRequest) -> HttpResponse:
    """The last months, each program's own, with how many differ and who signed off."""
    actor, now = _signer(), timezone.now()
    signed = queries.sign_offs()
    rows = [
        {"month": each, "name": _name(each.month), "signed": _signed(each, signed)}
        for each in queries.months(actor, now=now)
    ]
    return render(request, "journeys/safety_months.html", {"rows": rows})


def _signer() -> Actor:
    actor = current_actor()
    if not may_sign_off_safety(actor):
        raise PermissionDenied
    return actor


def _name(month: date) -> str:
    return date_format(month, "F Y")


def _signed(month: Month, signed: Sequence[SafetySignOff]) -> list[SafetySignOff]:
    return [s for s in signed if (s.program.key, s.month) == (month.program_key, month.month)]


def _month(actor: Actor, key: str, text: str, *, now: datetime) -> Month:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    found = queries.month_of(actor, program_key=key, month=first, now=now)
    if found is None:
        raise Http404
    return found


@requires(Permission.SAFETY_VIEW)
@require_GET
def safety_month(request: HttpRequest, key: str, month: str) -> HttpResponse:
    """One program's month: every report with both numbers, and each difference."""
    actor, now = _signer(), timezone.now()
    return _show(request, actor, _month(actor, key, month, now=now), now=now)


def _show(
    request: HttpRequest, actor: Actor, found: Month, *, now: datetime, problem: str = ""
) -> HttpResponse:
    signed = _signed(found, queries.sign_offs())
    mine = any(each.organization_id == actor.organization_id for each in signed)
    context: dict[str, Any] = {
        "month": found,
        "name": _name(found.month),
        "sentence": _sentence(found),
        "signed": signed,
        "signable": not mine and is_over(found.month, today=today(now)),
        "running": not is_over(found.month, today=today(now)),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "journeys/safety_month.html", context, status=status)


def _sentence(found: Month) -> str:
    count = len(found.differences)
    words = _("{sent} sent, {confirmed} confirmed.").format(
        sent=found.sent, confirmed=found.confirmed
    )
    if not count:
        return _("{words} No difference.").format(words=words)
    differ = ngettext("{count} difference.", "{count} differences.", count).format(count=count)
    return f"{words} {differ}"


@requires(Permission.SAFETY_VIEW)
@require_POST
def safety_month_sign(request: HttpRequest, key: str, month: str) -> HttpResponse:
    """Sign the month off as it stands."""
    actor, now = _signer(), timezone.now()
    found = _month(actor, key, month, now=now)
    try:
        sign_off(found, by=actor, now=now)
    except Refused as refused:
        return _show(request, actor, found, now=now, problem=str(refused))
    messages.success(request, _("{month} is signed off.").format(month=_name(found.month)))
    return redirect("safety_month", key, month)


@requires(Permission.SAFETY_VIEW)
@needs_recent_authentication
@require_safe
@limited("export")
def safety_month_csv(request: HttpRequest, key: str, month: str) -> HttpResponse:
    """The month as a file: numbers and times, nothing about a patient."""
    actor, now = _signer(), timezone.now()
    found = _month(actor, key, month, now=now)
    audit.happened("exported", purpose="safety reports of a month as CSV")
    lines = [
        (
            *(each.number, each.desk_number, WORDS[each.status], when(each.aware_at)),
            *(when(each.due_at), when(each.forwarded_at), when(each.acknowledged_at)),
            each.difference,
        )
        for each in found.reports
    ]
    name = f"safety-{found.program_key}-{found.month:%Y-%m}.csv"
    return HttpResponse(
        csv_of(HEAD, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
