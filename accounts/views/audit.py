"""The audit: who did what to which row, why and when, and whether the record is whole."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import needs_recent_authentication, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.core.spreadsheet import csv_of
from accounts.domain.queries.audit import (
    Filters,
    Row,
    actions,
    entries,
    export_rows,
    page_of,
    people,
)
from accounts.forms.audit import AuditFilterForm
from accounts.limits import limited
from accounts.models import Organization
from accounts.tenancy import current_actor, current_organization_id
from accounts.writing import take_time

HEAD = ("At (UTC)", "Who", "What", "Kind of row", "Row", "Fields", "Why", "Request")
# Where the rows that entries speak of are shown, and who may open that page.
SUBJECT_PAGES = {
    "accounts.membership": ("member", Permission.MEMBERS_MANAGE),
    "enrollment.patient": ("patient", Permission.PATIENTS_VIEW),
    "enrollment.enrollment": ("enrollment", Permission.ENROLLMENTS_VIEW),
    "journeys.journey": ("journey", Permission.JOURNEYS_VIEW),
}


def _filters(request: HttpRequest) -> tuple[AuditFilterForm, Filters]:
    form = AuditFilterForm(request.GET, people=people(), actions=actions())
    return form, form.filters()


def _zone() -> ZoneInfo:
    return ZoneInfo(Organization.objects.get(id=current_organization_id()).time_zone)


def _link(row: Row, actor: Actor) -> str:
    """The page of the entry's row, where the reader may open it."""
    name, permission = SUBJECT_PAGES.get(row.subject_type, ("", None))
    if row.subject_id is None or permission is None or not actor.may(permission):
        return ""
    try:
        return reverse(name, args=[row.subject_id])
    except NoReverseMatch:
        return ""


@requires(Permission.AUDIT_VIEW)
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """The acting organization's entries, newest first."""
    actor = current_actor()
    form, filters = _filters(request)
    page = page_of(entries(filters, zone=_zone()), before=request.GET.get("before", ""))
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "form": form,
        "rows": [(row, _link(row, actor)) for row in page.rows],
        "older": page.older,
        "query": kept.urlencode(),
        "is_filtered": bool(kept),
        "chain": audit.chain_standing(),
    }
    return render(request, "accounts/audit.html", context)


@requires(Permission.AUDIT_VIEW)
@needs_recent_authentication
@require_safe
@limited("export")
def audit_export(request: HttpRequest) -> HttpResponse:
    """The same entries as a file, oldest left out beyond what a spreadsheet opens."""
    _form, filters = _filters(request)
    take_time()
    found = entries(filters, zone=_zone())
    text = csv_of(HEAD, export_rows(found))
    audit.happened("exported", purpose="the audit as CSV")
    name = f"audit-{timezone.now():%Y-%m-%d}.csv"
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
