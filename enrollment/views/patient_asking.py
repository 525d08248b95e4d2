"""The office asks a patient to sign: by e-mail, by a code to hand over, on this screen."""

import base64
import io
import time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.permissions import Permission
from accounts.domain import sessions
from accounts.tenancy import current_actor
from enrollment.domain import signing_links
from enrollment.domain.signing_links import Asked
from enrollment.enums import LinkChannel
from enrollment.models import Enrollment, SigningLink
from enrollment.rules import Refused
from enrollment.views.patient_signing import start_on_screen
from enrollment.views.standing import load


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def ask_patient(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Make a link, and send it, show it to be handed over, or open it on this very screen."""
    row = load(enrollment_id)
    back = safe_next(request, default=reverse("enrollment_review", args=[row.id]))
    chosen = request.POST.get("channel", "")
    channel = LinkChannel(chosen) if chosen in LinkChannel.values else LinkChannel.HANDED
    try:
        asked = signing_links.ask_to_sign(
            row.patient_id, channel=channel, by=current_actor(), now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    if channel == LinkChannel.EMAIL:
        messages.success(request, _("The link is on its way to the patient's e-mail address."))
        return redirect(back)
    if channel == LinkChannel.SCREEN:
        return _hand_over_screen(request, asked.link)
    return _handed(request, row, asked)


def _hand_over_screen(request: HttpRequest, link: SigningLink) -> HttpResponse:
    """From here on this browser opens the patient's pages only."""
    response = start_on_screen(request, link)
    sessions.hand_over(request.session, path=reverse("sign"), now=time.time())
    return response


def _handed(request: HttpRequest, row: Enrollment, asked: Asked) -> HttpResponse:
    """The one page that ever shows the link, to be photographed, written down or printed."""
    audit.read(row.patient, fields=["name"], purpose="hand over a signing link")
    return render(
        request,
        "enrollment/handed_link.html",
        {
            "enrollment": row,
            "address": asked.address,
            "code": picture_of(asked.address),
            "link": asked.link,
            "programs": [
                each.program_version.program.name
                for each in signing_links.enrollments_of(asked.link)
            ],
        },
    )


def picture_of(address: str) -> str:
    """The address as a QR code, as a data: URI of an SVG."""
    # Comes with the second factor, which shows its secret the same way.
    import qrcode
    from qrcode.image.svg import SvgPathImage

    drawing = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=4).save(drawing)
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode()


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def withdraw_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Take a link back before it is used."""
    link = get_visible_or_404(SigningLink.objects.all(), id=link_id)
    signing_links.withdraw_link(link.id, by=current_actor(), now=timezone.now())
    messages.success(request, _("The link cannot be used any more."))
    if link.enrollment_ids:
        return redirect("enrollment_review", link.enrollment_ids[0])
    return redirect("patient", link.patient_id)
