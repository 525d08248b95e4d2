"""A patient's insurance over the years: what stands, what comes, what stood."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.templatetags.times import day
from accounts.tenancy import current_actor
from enrollment.domain import patients
from enrollment.domain.covering import change_insurance, lacking
from enrollment.domain.masters import Unacceptable
from enrollment.domain.queries.patients import coverages, current_coverage
from enrollment.forms.build import AnswersForm
from enrollment.forms.coverage_change import ChangeForm
from enrollment.forms.subject import redrawn_form, subject_rows
from enrollment.models import Coverage, Patient
from enrollment.views.patient_forms import FORMS, drawn_only, edit, given, posted, refuse
from journeys.domain.covering import open_of_patient


@requires(Permission.PATIENTS_VIEW)
@require_safe
def coverage_list(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every insurance of a patient, the one that counts today marked."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    found, today = coverages(row), timezone.localdate()
    audit.read_many([row, *found], fields=["details"], purpose="insurance over the years")
    standing = current_coverage(row)
    return render(
        request,
        "enrollment/coverages.html",
        {
            "patient": row,
            "coverages": [_told(each, standing, today=today) for each in found],
            "next_year": today.year + 1,
            "standing": standing,
            "may_edit": current_actor().may(Permission.PATIENTS_EDIT),
        },
    )


def _told(coverage: Coverage, standing: Coverage | None, *, today: dt.date) -> dict[str, Any]:
    """An insurance with its phase: it counts now, later, or no longer."""
    now = standing is not None and coverage.id == standing.id
    later = coverage.starts_on is not None and coverage.starts_on > today
    if now:
        phase, word = "now", _("Counts today")
    elif later:
        phase, word = "ahead", _("From {day}").format(day=day(coverage.starts_on))
    else:
        phase, word = "skipped", _("Ended {day}").format(day=day(coverage.ended_on))
    return {
        "id": coverage.id,
        "name": coverage.details.get("B3") or _("No insurance"),
        "phase": phase,
        "word": word,
        "open": now or later,
        "ends_on": coverage.ended_on if now else None,
        "confirmed_at": coverage.confirmed_at,
        "rows": subject_rows("coverage", coverage.details, today=today),
    }


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def next_year(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The insurance of the next plan year, beginning with what stands this year."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    standing, today = current_coverage(row), timezone.localdate()
    starts_on = dt.date(today.year + 1, 1, 1)
    known = standing.details if standing else {}
    form = redrawn_form("coverage", known, posted(request), today=today)

    def save(given: dict[str, Any], seen_at: dt.datetime | None, now: dt.datetime) -> object:
        return patients.add_coverage(
            row.id, given, starts_on=starts_on, by=current_actor(), now=now
        )

    audit.read(row, fields=["details"], purpose="insurance of the next plan year")
    context = {"patient": row, "starts_on": starts_on}
    return edit(request, "enrollment/coverage_edit.html", form, save, context)


@requires(Permission.PATIENTS_EDIT)
@require_http_methods(FORMS)
def changed(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Another insurance counts since a day: kept once, and told on every open journey."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    data, today = posted(request), timezone.localdate()
    known = coverages(row)
    asked = ChangeForm(data, known=known, standing=current_coverage(row), today=today)
    form = redrawn_form("coverage", {}, data if asked.types_it(data) else None, today=today)
    audit.read_many([row, *known], fields=["details"], purpose="another insurance")
    if data is not None and not drawn_only(request) and _told_everyone(request, row, asked, form):
        return redirect("patient", row.id)
    journeys = list(open_of_patient(row.id).select_related("program_version__program", "hub"))
    context = {"patient": row, "asked": asked, "form": form, "journeys": journeys}
    if drawn_only(request):
        return render(request, "enrollment/coverage_changed.html#fields", context)
    status = 200 if data is None else 422
    return render(request, "enrollment/coverage_changed.html", context, status=status)


def _told_everyone(
    request: HttpRequest, row: Patient, asked: ChangeForm, form: AnswersForm
) -> bool:
    # Both are looked at before anything is said: what is wrong is told in one round.
    if form.is_bound and form.is_valid():
        refuse(form, lacking(given(form)))
    if not (asked.is_valid() and (form.is_valid() or not form.is_bound)):
        return False
    change = asked.change(given(form) if form.is_bound else {})
    try:
        told = change_insurance(row.id, change, by=current_actor(), now=timezone.now())
    except Unacceptable as unacceptable:
        for key, said in unacceptable.problems.items():
            if key in asked.fields:
                asked.add_error(key, said)
            else:
                refuse(form, {key: said})
        return False
    words = ngettext(
        "The insurance is changed. {told} journey and everyone on it was told.",
        "The insurance is changed. {told} journeys and everyone on them were told.",
        told,
    )
    messages.success(request, words.format(told=told))
    return True


@requires(Permission.PATIENTS_EDIT)
@require_POST
def end(request: HttpRequest, patient_id: UUID, coverage_id: UUID) -> HttpResponse:
    """This insurance counts no longer."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    coverage = get_visible_or_404(Coverage.objects.filter(patient=row), id=coverage_id)
    patients.end_coverage(coverage.id, by=current_actor(), now=timezone.now())
    messages.success(request, _("It counts no longer. It is kept, to be read."))
    return redirect("coverages", row.id)
