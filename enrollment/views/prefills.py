"""A record from elsewhere: choose the file, look at what it proposes, take what is right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.core.fhir_reading import NotFhir
from enrollment.core.files import Unfit
from enrollment.domain import proposals
from enrollment.domain.masters import Unacceptable
from enrollment.forms.uploads import bytes_of
from enrollment.models import Enrollment, Patient, Prefill
from enrollment.rules import Refused
from enrollment.views.standing import load

FORMS = ["GET", "HEAD", "POST"]


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def for_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Fill a patient's records from a file."""
    return _chosen(request, get_visible_or_404(Patient.objects.all(), id=patient_id), None)


@requires(Permission.ENROLLMENTS_EDIT)
@require_http_methods(FORMS)
def for_enrollment(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Fill a form from a file."""
    row = load(enrollment_id)
    return _chosen(request, row.patient, row)


def _chosen(request: HttpRequest, patient: Patient, enrollment: Enrollment | None) -> HttpResponse:
    problem, file = "", request.FILES.get("file")
    if request.method == "POST" and file is None:
        problem = _("Choose a file first; nothing was read.")
    elif request.method == "POST" and file is not None:
        try:
            row = proposals.keep_proposals(
                bytes_of(file),
                name=file.name or "",
                patient_id=patient.id,
                enrollment_id=enrollment.id if enrollment else None,
                by=current_actor(),
                now=timezone.now(),
            )
            return redirect("prefill", row.id)
        except (NotFhir, Unfit, Refused) as refused:
            problem = str(refused)
    audit.read(patient, fields=["A1", "A3"], purpose="choose a record")
    return render(
        request,
        "enrollment/prefill_new.html",
        {"patient": patient, "enrollment": enrollment, "problem": problem},
        status=422 if problem else 200,
    )


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def prefill(request: HttpRequest, prefill_id: UUID) -> HttpResponse:
    """What a file proposes, beside what is on file; posting takes what is ticked."""
    rows = Prefill.objects.select_related("patient", "enrollment__program_version__program")
    row = get_visible_or_404(rows, id=prefill_id)
    problems: list[str] = []
    if request.method == "POST":
        try:
            taken = proposals.accept(
                row.id, request.POST.getlist("take"), by=current_actor(), now=timezone.now()
            )
            messages.success(request, _taken(len(taken)))
            return redirect("enrollment" if row.enrollment_id else "patient", _back(row))
        except Unacceptable as unacceptable:
            problems = [one for said in unacceptable.problems.values() for one in said]
        except Refused as refused:
            problems = [str(refused)]
    lines = proposals.lines_of(row)
    fields = [line.proposal.field for line in lines]
    audit.read(row, fields=fields, purpose="look at what a record proposes")
    return render(
        request,
        "enrollment/prefill.html",
        {
            "prefill": row,
            "problems": problems,
            "groups": _grouped(lines),
            "same": sum(line.same for line in lines),
            "notices": row.content["notices"],
        },
        status=422 if problems else 200,
    )


@requires(Permission.PATIENTS_EDIT)
@require_POST
def dismiss(request: HttpRequest, prefill_id: UUID) -> HttpResponse:
    """Put a record away from the list where it waits, without a look at what it says."""
    row = get_visible_or_404(Prefill.objects.defer("content"), id=prefill_id)
    proposals.dismiss(row.id, by=current_actor(), now=timezone.now())
    messages.success(request, _("The record is put away; nothing was taken from it."))
    return redirect(safe_next(request, default=reverse("patient", args=[row.patient_id])))


def _back(row: Prefill) -> UUID:
    back: UUID = row.enrollment_id or row.patient_id
    return back


def _taken(count: int) -> str:
    if not count:
        return _("Nothing was taken; everything stays as it is.")
    return ngettext("{count} value was taken.", "{count} values were taken.", count).format(
        count=count
    )


def _grouped(lines: list[proposals.Line]) -> list[tuple[str, list[proposals.Line]]]:
    """What needs a decision first, then what is simply new."""
    open_lines = [line for line in lines if not line.same]
    return [
        (_("Differs from what is on file"), [line for line in open_lines if line.differing]),
        (
            _("Look at these"),
            [line for line in open_lines if line.proposal.why and not line.differing],
        ),
        (_("New"), [line for line in open_lines if line.ticked]),
    ]
