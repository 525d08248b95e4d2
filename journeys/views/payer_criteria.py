"""What payers decide prior authorizations by, as a hub keeps it: the sheets and their versions."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor, current_organization_id
from journeys.core.fact_choices import CHOICES
from journeys.core.payer_criteria import Sheet, usual
from journeys.domain.payer_criteria import Kept, keep_version
from journeys.domain.queries import payer_criteria as queries
from journeys.forms.payer_criteria import SheetForm, WhomForm
from journeys.models import PayerCriteria
from journeys.rules import Refused, may_keep_criteria
from programs.core.definition import Definition
from programs.models import ProgramVersion

_LINES = {each.code: each.label for each in CHOICES["line_of_business"]}


def whom(row: PayerCriteria) -> str:
    """Whom a sheet is about, in words."""
    line = _LINES.get(row.line, row.line)
    return ", ".join(filter(None, (row.payer, line))) or _("Every plan")


@requires(Permission.INTAKE_REVIEW)
@require_GET
def sheet_list(request: HttpRequest) -> HttpResponse:
    """Every sheet of the acting hub in its newest version."""
    rows = [
        {"row": each, "whom": whom(each), "count": len(each.asked)} for each in queries.sheets()
    ]
    context = {"rows": rows, "may_keep": may_keep_criteria(current_actor())}
    return render(request, "journeys/payer_criteria_list.html", context)


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def new_sheet(request: HttpRequest) -> HttpResponse:
    """Begin a sheet: for whom, then its first version, with what payers usually decide by."""
    if not may_keep_criteria(current_actor()):
        raise PermissionDenied
    known = {str(each.program_id): each for each in _programs()}
    version = known.get(request.GET.get("program", ""))
    context: dict[str, Any] = {
        "programs": [
            {"label": each.program.name, "url": f"?{urlencode({'program': key})}"}
            | {"current": each is version}
            for key, each in known.items()
        ]
    }
    if version is None:
        return render(request, "journeys/payer_criteria_new.html", context)
    data = request.POST if request.method == "POST" else None
    chosen = WhomForm(data)
    form = _form(request, version, Sheet(asked=usual({})), today=timezone.localdate())
    if chosen.is_valid() and form.is_valid():
        told = chosen.cleaned_data
        kept = form.kept(program_id=version.program_id, payer=told["payer"], line=told["line"])
        if row := _keep(request, form, kept):
            return redirect("payer_criteria_sheet", row.pk)
    context |= {"chosen": chosen, "form": form}
    status = 422 if data is not None else 200
    return render(request, "journeys/payer_criteria_new.html", context, status=status)


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """One sheet: what counts, its versions with who and when, and the next one to be written."""
    row = get_visible_or_404(PayerCriteria.objects.select_related("program"), pk=sheet_id)
    versions, today = queries.versions_of(row), timezone.localdate()
    actor = current_actor()
    version = next((each for each in _programs() if each.program_id == row.program_id), None)
    newest = queries.sheet_of(versions[0])
    form = _form(request, version, newest, today=today)
    if request.method == "POST":
        if not may_keep_criteria(actor):
            raise PermissionDenied
        about = {"program_id": row.program_id, "payer": row.payer, "line": row.line}
        if form.is_valid() and (kept := _keep(request, form, form.kept(**about))):
            return redirect("payer_criteria_sheet", kept.pk)
    labels = dict(queries.shown_by(_definition(version))) if version else {}
    told = [_told(each, labels) for each in versions]
    counts = queries.counting(versions, on=today)
    context = {
        "row": row,
        "whom": whom(row),
        "versions": told,
        "counts": counts.version if counts else None,
        "form": form if may_keep_criteria(actor) else None,
    }
    status = 422 if form.errors else 200
    return render(request, "journeys/payer_criteria_sheet.html", context, status=status)


def _told(row: PayerCriteria, labels: dict[str, str]) -> dict[str, Any]:
    asked = [
        (each.words, ", ".join(labels.get(code, code) for code in each.shown_by))
        for each in queries.sheet_of(row).asked
    ]
    return {"row": row, "asked": asked}


def _programs() -> list[ProgramVersion]:
    slug = Organization.objects.values_list("slug", flat=True).get(pk=current_organization_id())
    return queries.programs_of_hub(slug, on=timezone.localdate())


def _definition(version: ProgramVersion) -> Definition:
    return Definition.from_json(version.definition)


def _form(
    request: HttpRequest, version: ProgramVersion | None, known: Sheet, *, today: date
) -> SheetForm:
    if version is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    offered = list(queries.shown_by(_definition(version)))
    return SheetForm(data, sheet=known, shown_by=offered, today=today)


def _keep(request: HttpRequest, form: SheetForm, kept: Kept) -> PayerCriteria | None:
    try:
        row = keep_version(kept, by=current_actor(), now=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, _("Version {number} is kept.").format(number=row.version))
    return row
