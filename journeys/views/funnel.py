"""What a manufacturer sees of its program: counts, and nothing about anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.templatetags.charts import Row
from accounts.tenancy import current_actor
from journeys.domain.queries.funnel import funnel_of
from programs.domain.queries.catalogue import version_on
from programs.models import Program

STAGE_WORDS = {
    "submitted": gettext_lazy("Submitted"),
    "accepted": gettext_lazy("Accepted by the hub"),
    "verified": gettext_lazy("Benefits verified"),
    "authorized": gettext_lazy("Authorization settled"),
    "dispensed": gettext_lazy("Dispensed"),
    "on_therapy": gettext_lazy("On therapy"),
}


@requires(Permission.FUNNEL_VIEW)
@require_GET
def program(request: HttpRequest, key: str) -> HttpResponse:
    """One program of the actor's own: its version, and how far its journeys have come."""
    mine = Program.objects.filter(manufacturer_id=current_actor().organization_id)
    found = get_visible_or_404(mine, key=key)
    funnel = funnel_of(found.id)
    return render(
        request,
        "journeys/funnel.html",
        {
            "program": found,
            "version": version_on(found, timezone.now().date()),
            "rows": [Row(str(STAGE_WORDS[stage]), count) for stage, count in funnel.stages],
            "closed": funnel.closed,
            "hides": funnel.hides,
        },
    )
