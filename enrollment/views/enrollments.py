"""The practice's enrollments by state."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain.queries.enrollments import counts, of_status
from enrollment.enums import EnrollmentStatus
from enrollment.views.standing import row_of

PAGE_SIZE = 50


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def enrollment_list(request: HttpRequest) -> HttpResponse:
    """The practice's enrollments by state, the latest changed first."""
    status = request.GET.get("status", "")
    status = status if status in EnrollmentStatus.values else ""
    found = counts()
    paginator = Paginator(of_status(status), PAGE_SIZE)
    # The counts above already say how many there are.
    paginator.count = found.get(status, 0) if status else sum(found.values())
    page = paginator.get_page(request.GET.get("page"))
    rows = [row_of(row) for row in page.object_list]
    patients = [row.enrollment.patient for row in rows]
    audit.read_many(patients, fields=["name"], purpose="enrollment list")
    return render(
        request,
        "enrollment/enrollments.html",
        {
            "rows": rows,
            "page": page,
            "query": f"status={status}&" if status else "",
            "tabs": _tabs(found, status),
            "sentence": _waiting(found),
            "may_start": current_actor().may(Permission.ENROLLMENTS_EDIT),
            "now": timezone.now(),
        },
    )


def _tabs(found: Mapping[str, int], status: str) -> list[dict[str, Any]]:
    all_of_them = {"label": _("All"), "url": "?", "current": not status, "count": None}
    return [all_of_them] + [
        {
            "label": state.label,
            "url": f"?status={state.value}",
            "current": state.value == status,
            "count": found.get(state.value, 0),
        }
        for state in EnrollmentStatus
    ]


def _waiting(found: Mapping[str, int]) -> str:
    """What is with the office, in one sentence."""
    drafts_open, returned_open = (
        found.get(EnrollmentStatus.DRAFT, 0),
        found.get(EnrollmentStatus.RETURNED, 0),
    )
    if returned_open:
        return ngettext(
            "The hub returned {count} enrollment for correction; your office has it.",
            "The hubs returned {count} enrollments for correction; your office has them.",
            returned_open,
        ).format(count=returned_open)
    return ngettext(
        "Your office has {count} open draft.", "Your office has {count} open drafts.", drafts_open
    ).format(count=drafts_open)
