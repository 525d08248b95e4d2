"""The programs begun in one sitting, side by side: asked for, signed and sent from one page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain import sending
from enrollment.domain.queries.signing import latest_link
from enrollment.models import Enrollment
from enrollment.rules import Refused
from enrollment.views.standing import load, work_on


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def together(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Each program of the sitting: what is missing, who has signed, and Send for the complete."""
    row = load(enrollment_id)
    if row.sitting is None:
        return redirect("enrollment_review", row.id)
    now = timezone.now()
    found = sending.standings(row.sitting, now=now)
    rows = [each.enrollment for each in found]
    audit.read_many(rows, fields=["answers"], purpose="review the programs together")
    actor = current_actor()
    may_ask = actor.may(Permission.ENROLLMENTS_EDIT)
    unsigned = next((each.enrollment for each in found if may_ask and each.lacks_patient), None)
    return render(
        request,
        "enrollment/together.html",
        {
            "enrollment": row,
            "standings": found,
            "sentence": _sentence(found),
            "work": work_on(rows),
            "complete": sum(each.can_send for each in found),
            "to_ask": sum(each.can_ask for each in found),
            "open": any(each.is_open for each in found),
            "may_edit": may_ask,
            "may_send": actor.may(Permission.ENROLLMENTS_SUBMIT),
            "unsigned": unsigned,
            "link": latest_link(unsigned.id) if unsigned else None,
            "has_address": bool(row.patient.details.get("A17")),
            "now": now,
        },
    )


def _sentence(found: list[sending.Standing]) -> str:
    waiting = [each for each in found if each.is_open]
    ready = sum(each.can_send for each in waiting)
    if not waiting:
        return _("Nothing is left to do here: each program has its own journey now.")
    if ready == len(waiting):
        return _("Complete and signed. Your office has them: send them.")
    return ngettext(
        "Your office has them: {ready} of {all} is complete and signed.",
        "Your office has them: {ready} of {all} are complete and signed.",
        ready,
    ).format(ready=ready, all=len(waiting))


def _sitting_id(enrollment_id: UUID) -> UUID:
    row: Enrollment = load(enrollment_id)
    if row.sitting is None:
        raise Http404
    return row.sitting


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def ask(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Put every complete form of the sitting into the prescriber's queue."""
    try:
        asked = sending.ask_for_all(
            _sitting_id(enrollment_id), by=current_actor(), now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        for name in {row.prescriber.name for row in asked}:
            messages.success(request, _("{name} finds them under Signing.").format(name=name))
    return redirect("enrollment_together", enrollment_id)


@requires(Permission.ENROLLMENTS_SUBMIT)
@require_POST
def send(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Send every program that is complete and signed."""
    try:
        sent = sending.send_complete(
            _sitting_id(enrollment_id),
            urgent="urgent" in request.POST,
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("enrollment_together", enrollment_id)
    for name in sent.without_hub:
        no_hub = _("{name} was not sent: it names no hub that takes enrollments now.")
        messages.error(request, no_hub.format(name=name))
    if sent.enrollments:
        words = ngettext(
            "{count} program is sent.", "{count} programs are sent.", len(sent.enrollments)
        )
        messages.success(request, words.format(count=len(sent.enrollments)))
    elif not sent.without_hub:
        messages.error(request, _("Nothing was sent: what is still to do stands below."))
    return redirect("enrollment_together", enrollment_id)
