"""Bring in a file of reports: look it through row by row, then take what is whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.core.codes import shown
from journeys.domain import report_files
from journeys.domain.applying import said_in
from journeys.domain.finding import NotApplicable
from journeys.domain.queries.reports import reference_of
from journeys.enums import ReportStatus
from journeys.forms.report_files import COLUMNS, FileRow, UploadForm, columns_not_read, rows_of
from journeys.models import InboundReport, ReportFile

# The first rows are told one by one; all are counted.
MOST_TOLD = 200


@dataclass(frozen=True)
class Told:
    """One row as the page tells it: what it says, and what would become of it."""

    number: int
    said: str
    about: str
    phase: str
    word: str
    why: str = ""


@requires(Permission.REPORTS_SETTLE)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    if current_actor().is_operator:
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["file"]
        file = report_files.bring(form.name, text, by=current_actor(), now=timezone.now())
        return redirect("report_file", file.pk)
    context = {"form": form, "columns": COLUMNS}
    status = 422 if form.errors else 200
    return render(request, "journeys/report_file_bring.html", context, status=status)


def _rows(file: ReportFile) -> list[FileRow]:
    zone = Organization.objects.get(pk=file.organization_id).time_zone
    return rows_of(file.body, zone=ZoneInfo(zone), now=file.brought_at)


@requires(Permission.REPORTS_SETTLE)
@require_GET
def look(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """What each row would do; nothing is done yet."""
    actor = current_actor()
    file = get_visible_or_404(ReportFile.objects, pk=file_id)
    rows = _rows(file)
    came = report_files.came_before([row.id for row in rows])
    audit.read(file, fields=["body"], purpose="looking a file of reports through")
    taken = came if file.applied_at else {}
    told = [_told(row, came, taken, actor) for row in rows[:MOST_TOLD]]
    whole = sum(1 for row in rows if not row.faults)
    context = {
        "file": file,
        "told": told,
        "all": len(rows),
        "whole": whole,
        "broken": len(rows) - whole,
        "not_read": columns_not_read(file.body),
        "again": 0 if taken else sum(1 for row in rows if row.id in came),
    }
    return render(request, "journeys/report_file.html", context)


BECAME = {
    ReportStatus.WAITING: ("now", _("Waiting to be applied")),
    ReportStatus.APPLIED: ("done", _("Applied")),
    ReportStatus.EXCEPTION: ("blocked", _("Needs a person")),
    ReportStatus.SET_ASIDE: ("skipped", _("Set aside")),
}
Reports = Mapping[str, InboundReport]


def _told(row: FileRow, came: Reports, taken: Reports, actor: Actor) -> Told:
    if row.faults:
        wrong = " ".join(f"{_column(each.pointer)}: {each.detail}" for each in row.faults[:3])
        return Told(row.number, "", "", "blocked", gettext("Left out"), wrong)
    said, about = shown(*said_in(row.content)), reference_of(row.content)
    if row.id in taken:
        report = taken[row.id]
        phase, word = BECAME[ReportStatus(report.status)]
        return Told(row.number, said, about, phase, str(word), report.problem)
    if row.id in came:
        return Told(row.number, said, about, "skipped", gettext("Came before"))
    try:
        number, words = report_files.foretell(row.content, by=actor, now=timezone.now())
    except NotApplicable as why:
        return Told(row.number, said, about, "waiting", gettext("A person has to look"), str(why))
    return Told(row.number, said, number, "ahead", gettext("Would be applied"), words)


def _column(pointer: str) -> str:
    """What a table calls the field that a pointer leads to."""
    path = pointer.removeprefix("/").removeprefix("data/")
    named = path.replace("facts/", "fact_").replace("patient/", "patient_")
    return named or gettext("The row")


@requires(Permission.REPORTS_SETTLE)
@require_POST
def take(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Take the whole rows as reports."""
    file = get_visible_or_404(ReportFile.objects, pk=file_id)
    whole = [(row.id, row.content) for row in _rows(file) if not row.faults]
    try:
        new = report_files.take(file, whole, now=timezone.now())
    except report_files.AlreadyTaken:
        messages.warning(request, gettext("The rows of this file were taken already."))
    else:
        words = ngettext("{count} report was taken.", "{count} reports were taken.", new)
        messages.success(request, words.format(count=new))
    return redirect("report_file", file_id)
