"""Sample files of every format, about made-up patients."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.core.conformance import EXPECTED
from journeys.documents.samples import SAMPLES, Ground
from journeys.domain.sandbox_samples import sample_deliveries
from journeys.domain.sandbox_sending import NothingToSend
from journeys.views.connecting import partner_or_404


@requires(Permission.ENDPOINTS_MANAGE)
@require_GET
def sample(request: HttpRequest, partner_id: UUID, name: str) -> HttpResponse:
    """One sample file, made now."""
    partner, now = partner_or_404(partner_id), timezone.now()
    found = next((each for each in SAMPLES if each.name == name), None)
    if found is None:
        raise Http404
    try:
        deliveries = sample_deliveries(partner, by=current_actor(), now=now)
    except NothingToSend as why:
        messages.warning(request, str(why))
        return redirect("connect", partner.pk)
    reported = EXPECTED[partner.kind]["approve"]
    content = found.make(Ground(partner.name, deliveries, reported, now))
    answer = HttpResponse(content, content_type=found.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
