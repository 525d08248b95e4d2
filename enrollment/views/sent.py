"""What was sent: where it arrived, what is amended, and what is taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.templatetags.times import when
from accounts.tenancy import current_actor
from enrollment.documents.signed import draw
from enrollment.domain import amending, permissions, sealing
from enrollment.domain.queries.enrollments import deliveries_of
from enrollment.domain.queries.signing import latest_link, waiting_paper
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Signature
from enrollment.rules import Refused, why_not_amend, why_not_ask_patient, why_not_withdraw
from enrollment.views.files import pdf
from enrollment.views.standing import load, safety_url, work_on
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Journey


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def receipt(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """What was sent, to whom, under which number, and whether each version has arrived."""
    row = load(enrollment_id)
    if row.journey is None or row.status != EnrollmentStatus.SUBMITTED:
        return redirect("enrollment", row.id)
    audit.read(row.patient, fields=["name"], purpose="receipt")
    actor, going = current_actor(), row.journey.closed_at is None
    return render(
        request,
        "enrollment/receipt.html",
        {
            "enrollment": row,
            "journey": row.journey,
            "safety_url": safety_url(row, actor),
            "facts": _facts(row, row.journey),
            "deliveries": [_delivery(each) for each in deliveries_of(row.journey.id)],
            "work": work_on([row]),
            "permissions": permissions.of_enrollment(row),
            "link": latest_link(row.id) if row.awaiting_patient_since else None,
            "paper": waiting_paper(row.id) if row.awaiting_patient_since else None,
            "has_address": bool(row.patient.details.get("A17")),
            "may_ask": not why_not_ask_patient(actor),
            "may_amend": going and not why_not_amend(actor, row),
            "may_withdraw": going and not why_not_withdraw(actor, row),
            "now": timezone.now(),
        },
    )


def _facts(row: Enrollment, journey: Journey) -> list[tuple[str, Any]]:
    return [
        (_("Journey"), journey.number),
        (_("Patient"), row.patient.name),
        (_("Program"), row.program_version.program.name),
        (_("Version of the program"), row.program_version.definition["version"]),
        (_("Prescriber"), row.prescriber.name),
        (_("Sent"), when(row.submitted_at)),
        (_("Urgent"), _("Yes") if journey.urgent else _("No")),
    ]


def _delivery(each: Delivery) -> dict[str, Any]:
    status = DeliveryStatus(each.status)
    return {
        "to": each.recipient.name,
        "version": each.packet.version,
        "kind": each.packet.get_kind_display(),
        "phase": status.phase,
        "word": status.label,
        "at": each.settled_at or each.sent_at or each.created_at,
        "trouble": each.trouble,
    }


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def amend(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Open what was sent; nothing goes out until it is sent again."""
    row = load(enrollment_id)
    try:
        amending.amend(row.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("enrollment", row.id)


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def leave(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Close an amendment in which nothing was changed."""
    row = load(enrollment_id)
    try:
        amending.leave_as_sent(row.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("enrollment_review", row.id)
    return redirect("enrollment_receipt", row.id)


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def withdraw(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Withdraw what was sent: its journey ends, and everyone who had it is told."""
    row = load(enrollment_id)
    note = request.POST.get("note", "").strip()[:300]
    try:
        amending.withdraw_sent(row.id, note=note, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("enrollment", row.id)
    messages.success(request, _("The enrollment is withdrawn; everyone who had it is told."))
    return redirect("patient", row.patient_id)


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def take_back(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """End a permission because the patient asked the office to."""
    found = get_visible_or_404(Signature.objects.filter(kind="patient"), id=signature_id)
    row = permissions.take_back_for(found.id, by=current_actor(), now=timezone.now())
    messages.success(
        request, _("The permission has ended. Everyone who had something on it is told.")
    )
    return redirect("enrollment", row.id)


@requires(Permission.ENROLLMENTS_VIEW)
@require_POST
@limited("paper")
def signed_copy(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """The sealed copy of a signature, for the office that keeps it; made now if none is there."""
    found = get_visible_or_404(Signature.objects.all(), id=signature_id)
    sealed = sealing.seal(found, draw=draw, now=timezone.now())
    audit.read(sealed, fields=["content"], purpose="signed copy")
    return pdf(sealing.bytes_of(sealed), name=f"signed-{found.kind}.pdf")
