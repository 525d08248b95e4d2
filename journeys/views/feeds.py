"""Which partners' systems have been silent for too long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain.queries.feeds import feeds


@requires(Permission.EXCHANGE_VIEW)
@require_GET
def feed_list(request: HttpRequest) -> HttpResponse:
    """When each partner's system was last heard, how often it should be, and who is silent."""
    now = timezone.now()
    rows = feeds(current_actor(), now=now)
    silent = sum(1 for row in rows if row.silent_since)
    words = ngettext(
        "{count} partner's system is silent for longer than it should be.",
        "{count} partners' systems are silent for longer than they should be.",
        silent,
    ).format(count=silent)
    calm = _("No partner's system is silent for longer than it should be.")
    return render(
        request,
        "journeys/feeds.html",
        {"rows": rows, "now": now, "sentence": words if silent else calm},
    )
