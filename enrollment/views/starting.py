"""Start an enrollment: for whom, in which programs, by which prescriber, on one screen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.ids import read_id
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain.definitions import definition_of
from enrollment.domain.queries.enrollments import by_program, startable_versions
from enrollment.domain.queries.patients import find_patients, newest_patients
from enrollment.domain.queries.practice import to_be_offered
from enrollment.domain.starting import start_together
from enrollment.models import Enrollment, Patient, Prescriber
from enrollment.rules import Refused, practice_of
from enrollment.views.patients import NAME, listed
from programs.models import ProgramVersion

RECENT = 8


@requires(Permission.ENROLLMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose the patient when the address names none, then the program; then a draft stands."""
    patient = _patient(request)
    if patient is None:
        return _choose_patient(request)
    if "prescriber" in request.POST:
        return _begin(request, patient)
    audit.read(patient, fields=NAME, purpose="start an enrollment")
    today = timezone.localdate()
    known = by_program(patient.id)
    prescribers = to_be_offered()
    return render(
        request,
        "enrollment/start.html",
        {
            "patient": patient,
            "programs": [
                _card(version, known.get(version.program_id))
                for version in startable_versions(today=today)
            ],
            "wanted": request.GET.get("program", ""),
            "prescribers": prescribers,
            "only_prescriber": prescribers[0] if len(prescribers) == 1 else None,
            "now": timezone.now(),
        },
    )


def _patient(request: HttpRequest) -> Patient | None:
    chosen = request.GET.get("patient")
    if not chosen:
        return None
    patient: Patient = get_visible_or_404(Patient.objects.all(), id=_uuid(chosen))
    return patient


def _uuid(text: str) -> UUID:
    """An id from a form or an address. Raises Http404 for anything else."""
    found = read_id(text)
    if found is None:
        raise Http404
    return found


def _choose_patient(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("q", "").strip()
    if typed:
        found = find_patients(typed, organization_id=practice_of(current_actor()))
    else:
        found = list(newest_patients(size=RECENT).patients)
    audit.read_many(found, fields=NAME, purpose="start an enrollment")
    return render(
        request,
        "enrollment/start_patient.html",
        {
            "rows": [listed(row) for row in found],
            "q": typed,
            "program": request.GET.get("program", ""),
        },
    )


def _card(version: ProgramVersion, known: Enrollment | None) -> dict[str, Any]:
    definition = definition_of(version)
    return {
        "version": version,
        "key": version.program.key,
        "name": version.program.name,
        "manufacturer": version.program.manufacturer.name,
        "medicine": definition.medicine,
        "about": definition.about,
        "diagnoses": [indication.label for indication in definition.indications],
        "draft": known if known and not known.journey_id else None,
        "journey": known.journey if known else None,
        "sent_at": known.submitted_at if known else None,
    }


def _begin(request: HttpRequest, patient: Patient) -> HttpResponse:
    try:
        begun = start_together(
            [_uuid(each) for each in request.POST.getlist("version")],
            patient_id=patient.id,
            prescriber_id=_uuid(request.POST.get("prescriber", "")),
            by=current_actor(),
            now=timezone.now(),
        )
    except (ProgramVersion.DoesNotExist, Prescriber.DoesNotExist):
        raise Http404 from None
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(request.get_full_path())
    words = ngettext(
        "The draft begins with what your office knows.",
        "One form for all of them; it begins with what your office knows.",
        len(begun),
    )
    messages.success(request, words)
    return redirect("enrollment", begun[0].id)
