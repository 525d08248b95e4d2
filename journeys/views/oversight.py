"""A supervisor's view of the hub: each chart drawn here, with its table behind it."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.templatetags.charts import Row
from accounts.tenancy import current_actor
from journeys.domain.queries import oversight as queries
from journeys.rules import may_give_cases


@requires(Permission.INTAKE_REVIEW)
@require_GET
def oversight(request: HttpRequest) -> HttpResponse:
    """Load, ageing, service levels and returns of the actor's hub."""
    actor, now = current_actor(), timezone.now()
    if not may_give_cases(actor):
        raise PermissionDenied
    returned = queries.returns(actor, now=now)
    audit.read_many(returned.read, fields=["body"], purpose="returns counted")
    charts = (
        (_("Open cases by person"), _("Open cases"), queries.load(actor)),
        (_("Open cases by age"), _("Open cases"), queries.ageing(actor, now=now)),
        (_("Open work by step"), _("Next actions"), queries.waiting(actor, now=now)),
        (
            _("Work done in the last 28 days"),
            _("Next actions"),
            queries.service_levels(actor, now=now),
        ),
        (_("Returned to practices, last 28 days"), _("Returns"), returned.practices),
        (_("Fields that were returned, last 28 days"), _("Times asked"), returned.fields),
    )
    return render(
        request,
        "journeys/oversight.html",
        {
            "charts": [
                {"title": title, "what": what, "rows": _rows(rows)} for title, what, rows in charts
            ],
        },
    )


def _rows(counted: Iterable[queries.Counted]) -> list[Row]:
    return [
        Row(
            each.label,
            each.count,
            note=_("{late} late").format(late=each.late) if each.late else "",
        )
        for each in counted
    ]
