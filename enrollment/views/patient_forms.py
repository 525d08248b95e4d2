"""Typing a patient and their insurance, once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain import patients
from enrollment.domain.masters import Changed, Unacceptable
from enrollment.domain.queries.patients import current_coverage, same_person
from enrollment.forms.build import AnswersForm
from enrollment.forms.subject import redrawn_form
from enrollment.models import Coverage, Patient
from enrollment.rules import practice_of
from enrollment.views.patients import NAME
from journeys.domain.covering import open_of_patient
from programs.core.catalogue import ANSWERABLE
from programs.core.display import display

FORMS = ["GET", "HEAD", "POST"]


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def drawn_only(request: HttpRequest) -> bool:
    """htmx asks for the fields as they now look: nothing is saved."""
    return bool(request.htmx)  # type: ignore[attr-defined]  # set by django_htmx


def given(form: AnswersForm) -> dict[str, Any]:
    return {key: value for key, value in form.cleaned_data.items() if value is not None}


def refuse(form: AnswersForm, problems: Mapping[str, list[str]]) -> None:
    for key, said in problems.items():
        form.add_error(key if key in form.fields else None, said)


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def new_patient(request: HttpRequest) -> HttpResponse:
    """A patient with their first insurance, on one page."""
    data, now = posted(request), timezone.now()
    today = timezone.localdate(now)
    form = redrawn_form("patient", {}, data, today=today)
    insurance = redrawn_form("coverage", {}, data, today=today)
    twins: list[Patient] = []
    saving = data is not None and not drawn_only(request)
    if saving and form.is_valid() and insurance.is_valid():
        twins = _twins(form, said_otherwise="somebody_else" in request.POST)
        if not twins and (patient := _add(form, insurance, now=now)):
            messages.success(request, _("The patient is kept."))
            return redirect("patient", patient.id)
    context = {"form": form, "insurance": insurance, "twins": twins}
    return _drawn(request, "enrollment/patient_new.html", context)


def _twins(form: AnswersForm, *, said_otherwise: bool) -> list[Patient]:
    """Who has this name and date of birth already, until a person says: somebody else."""
    if said_otherwise:
        return []
    twins = same_person(given(form), organization_id=practice_of(current_actor()))
    audit.read_many(twins, fields=NAME, purpose="same name and date of birth")
    return twins


def _add(form: AnswersForm, insurance: AnswersForm, *, now: datetime) -> Patient | None:
    actor = current_actor()
    try:
        patient = patients.add_patient(given(form), by=actor, now=now)
    except Unacceptable as unacceptable:
        refuse(form, unacceptable.problems)
        return None
    if details := given(insurance):
        patients.add_coverage(patient.id, details, by=actor, now=now)
    return patient


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def edit_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Change what is known about a patient."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    form = redrawn_form("patient", row.details, posted(request), today=timezone.localdate())

    def save(given: dict[str, Any], seen_at: datetime | None, now: datetime) -> object:
        return patients.change_patient(row.id, given, seen_at=seen_at, by=current_actor(), now=now)

    audit.read(row, fields=["details"], purpose="edit patient")
    context = {"patient": row, "seen_at": row.confirmed_at}
    return edit(request, "enrollment/patient_edit.html", form, save, context)


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def edit_coverage(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Correct the insurance that stands today."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    coverage = get_visible_or_404(
        Coverage.objects.filter(ended_on=None), id=getattr(current_coverage(row), "id", None)
    )
    form = redrawn_form("coverage", coverage.details, posted(request), today=timezone.localdate())

    def save(given: dict[str, Any], seen_at: datetime | None, now: datetime) -> object:
        return patients.change_coverage(
            coverage.id, given, seen_at=seen_at, by=current_actor(), now=now
        )

    audit.read(coverage, fields=["details"], purpose="edit insurance")
    context = {"patient": row, "seen_at": coverage.confirmed_at}
    return edit(request, "enrollment/coverage_edit.html", form, save, context)


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def new_coverage(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Put a new insurance in the place of the one that stood."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    if request.method != "POST" and open_of_patient(row.id).exists():
        # Somebody on an open journey has to know.
        return redirect("coverage_changed", row.id)
    form = redrawn_form("coverage", {}, posted(request), today=timezone.localdate())

    def save(given: dict[str, Any], seen_at: datetime | None, now: datetime) -> object:
        return patients.add_coverage(row.id, given, by=current_actor(), now=now)

    audit.read(row, fields=NAME, purpose="new insurance")
    return edit(request, "enrollment/coverage_edit.html", form, save, {"patient": row})


Save = Callable[[dict[str, Any], datetime | None, datetime], object]


def edit(
    request: HttpRequest, template: str, form: AnswersForm, save: Save, context: dict[str, Any]
) -> HttpResponse:
    """Save and go back to the patient, or show the form with what stands in the way."""
    patient: Patient = context["patient"]
    context |= {"form": form, "theirs": []}
    if form.is_bound and not drawn_only(request) and form.is_valid():
        try:
            save(given(form), instant(request.POST.get("seen_at", "")), timezone.now())
            messages.success(request, _("Saved."))
            return redirect("patient", patient.id)
        except Unacceptable as unacceptable:
            refuse(form, unacceptable.problems)
        except Changed as changed:
            context["theirs"] = theirs(form, changed.fields)
    return _drawn(request, template, context)


def theirs(form: AnswersForm, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands now, for whoever typed something else at the same time."""
    return [
        (str(form.fields[key].label), display(ANSWERABLE[key], value))
        for key, value in stored.items()
        if key in form.fields
    ]


def instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    if drawn_only(request):
        target = request.headers.get("HX-Target", "")
        fragment = (
            "insurance" if target == "coverage-fields" and "insurance" in context else "fields"
        )
        return render(request, f"{template}#{fragment}", context)
    form = context["form"]
    return render(request, template, context, status=422 if form.is_bound else 200)
