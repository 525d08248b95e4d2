"""What the nightly check found, for the operator."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from journeys.domain.queries.upkeep import issues

PAGE_SIZE = 50


@requires(Permission.UPKEEP_VIEW)
@require_GET
def upkeep(request: HttpRequest) -> HttpResponse:
    """Open issues first; each closes itself on the night after it was mended."""
    found = issues(now=timezone.now())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    open_ = found.filter(closed_at=None).count()
    words = ngettext(
        "{count} thing is not as it must be.", "{count} are not as they must be.", open_
    )
    return render(
        request,
        "journeys/upkeep.html",
        {
            "rows": list(page.object_list),
            "page": page,
            "sentence": words.format(count=open_)
            if open_
            else _("Every open journey has a next action, an owner and somebody to call."),
        },
    )
