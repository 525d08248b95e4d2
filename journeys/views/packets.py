"""A packet as paper: downloaded by whoever may have it, confirmed by hand by who received it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.tenancy import current_actor
from journeys.domain.confirming import confirm_by_hand
from journeys.domain.disclosing import refusal_for, role_of
from journeys.domain.drawing import ask_for_packets
from journeys.domain.papers import papers_with
from journeys.domain.queries.ended_parts import number_of
from journeys.domain.queries.exchange import packets
from journeys.enums import PacketKind
from journeys.models import ConsentGrant, Delivery, DrawnPacket


@requires(Permission.JOURNEYS_VIEW)
@require_GET
@limited("paper")
def packet(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The packet as a PDF, for the partner it was sent to and for the practice that sent it.

    Handing it over is a disclosure: the patient's permission is asked for again.
    """
    actor = current_actor()
    found: Delivery = get_visible_or_404(packets(actor), pk=delivery_id)
    role = role_of(found.recipient)
    if found.recipient_id == actor.organization_id:
        grants = ConsentGrant.objects.filter(journey=found.journey_id)
        refusal = refusal_for(found, role=role, grants=grants, at=timezone.now())
        if refusal:
            messages.warning(request, refusal.sentence)
            return redirect("journey", found.journey_id)
    kept = DrawnPacket.objects.filter(delivery=found).first()
    if kept is None:
        messages.warning(request, _not_there(found))
        return redirect("journey", found.journey_id)
    audit.read(found.packet, fields=["body"], purpose="packet download")
    if found.packet.kind == PacketKind.ENROLLMENT:
        papers = [document for document, _pages in papers_with(found.packet, role=role)]
        audit.read_many(papers, fields=["body"], purpose="packet download")
    response = HttpResponse(bytes(kept.content), content_type="application/pdf")
    name = f"{number_of(found.journey_id, actor)}-{found.packet.version}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _not_there(delivery: Delivery) -> str:
    """Why there is no PDF, in a sentence; a worker that is late is asked again."""
    if delivery.drawing_ended_at is not None:
        return _("This packet cannot be drawn as a PDF.")
    ask_for_packets()
    return _("The PDF of this packet is being made. Ask for it again in a few seconds.")


@requires(Permission.JOURNEYS_REPORT)
@require_POST
def confirm(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The recipient says that it has the packet, and under which number of its own."""
    actor = current_actor()
    received = packets(actor).filter(recipient=actor.organization_id)
    found: Delivery = get_visible_or_404(received, pk=delivery_id)
    confirm_by_hand(
        found, reference=request.POST.get("number", "").strip(), by=actor, now=timezone.now()
    )
    messages.success(request, _("Confirmed. The practice sees that you have it."))
    return redirect("journey", found.journey_id)
