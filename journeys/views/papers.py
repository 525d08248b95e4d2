"""The papers of a packet, for the party that reviews it: pictures to look at, files to download."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.requests import closed
from accounts.tenancy import current_actor
from journeys.domain.papers import Withheld, open_paper, open_picture
from journeys.models import HandedDocument, HandedPage

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@requires(Permission.JOURNEYS_VIEW)
@require_GET
@limited("paper")
def paper(request: HttpRequest, handed_id: UUID) -> HttpResponse:
    """The file, to be kept on the reader's machine."""
    row = get_visible_or_404(HandedDocument.objects.select_related("journey"), pk=handed_id)
    try:
        body = open_paper(row, by=current_actor(), now=timezone.now())
    except Withheld as withheld:
        messages.warning(request, str(withheld))
        return redirect("journey", row.journey_id)
    name = f"{row.journey.number}-{row.sha256[:8]}.{ENDINGS[row.content_type]}"
    answer = HttpResponse(body, content_type=row.content_type)
    return closed(answer, f'attachment; filename="{name}"')


@requires(Permission.JOURNEYS_VIEW)
@require_GET
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """One page, which we drew."""
    row = get_visible_or_404(HandedPage.objects.select_related("document"), pk=picture_id)
    try:
        body = open_picture(row, by=current_actor(), now=timezone.now())
    except Withheld as withheld:
        return HttpResponse(str(withheld), status=403, content_type="text/plain")
    return closed(HttpResponse(body, content_type="image/jpeg"), "inline")
