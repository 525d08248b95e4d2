"""Patients to read. A typed name travels in a body, never in an address."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain.queries.documents import of_patient as papers_of_patient
from enrollment.domain.queries.enrollments import of_patient
from enrollment.domain.queries.patients import (
    PAGE,
    current_coverage,
    find_patients,
    newest_patients,
)
from enrollment.domain.queries.proposals import waiting
from enrollment.forms.subject import subject_rows
from enrollment.models import Enrollment, Patient
from enrollment.rules import practice_of
from enrollment.views.standing import row_of, safety_url
from programs.core.catalogue import ANSWERABLE
from programs.core.display import display

NAME = ("A1", "A3", "A5")
WAITING = "records to look at"


@requires(Permission.PATIENTS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def patient_list(request: HttpRequest) -> HttpResponse:
    """The practice's patients, newest first; a post searches by the beginnings of a name."""
    actor = current_actor()
    typed = request.POST.get("q", "").strip()
    after = ""
    if typed:
        found: Sequence[Patient] = find_patients(typed, organization_id=practice_of(actor))
        sentence = _found(len(found), typed)
    else:
        page = newest_patients(after=request.GET.get("after", ""))
        found, after = page.patients, page.after
        sentence = _("The newest first. Find anyone by the beginning of their name.")
    may_edit = actor.may(Permission.PATIENTS_EDIT)
    records = waiting() if may_edit and not typed and "after" not in request.GET else []
    audit.read_many(found, fields=NAME, purpose="patient list")
    audit.read_many([row.patient for row in records], fields=["A1", "A3"], purpose=WAITING)
    audit.read_many(records, fields=["source"], purpose=WAITING)
    return render(
        request,
        "enrollment/patients.html",
        {
            "rows": [listed(row) for row in found],
            "after": after,
            "paged": "after" in request.GET,
            "q": typed,
            "sentence": sentence,
            "records": records,
            "may_edit": may_edit,
        },
    )


def listed(row: Patient) -> dict[str, Any]:
    """A patient as a row of a list."""
    told = {key: display(ANSWERABLE[key], row.details.get(key)) for key in ("A5", "A13")}
    return {
        "id": row.id,
        "name": row.name,
        "born": told["A5"],
        "phone": told["A13"],
        "confirmed_at": row.confirmed_at,
    }


def _found(count: int, typed: str) -> str:
    if count >= PAGE:
        return _("The newest {count} patients whose names begin with “{typed}”.").format(
            count=count, typed=typed
        )
    return ngettext(
        "{count} patient whose name begins with “{typed}”.",
        "{count} patients whose names begin with “{typed}”.",
        count,
    ).format(count=count, typed=typed)


def _sentence(row: Patient) -> str:
    told = {key: display(ANSWERABLE[key], row.details.get(key)) for key in ("A5", "A13", "A7")}
    words = [_("Born {date}").format(date=told["A5"]), told["A13"], told["A7"]]
    return ", ".join(word for word in words if word)


def _safety(rows: Sequence[Enrollment], actor: Actor) -> list[dict[str, str]]:
    """Where a side effect or a complaint is reported, for each medicine that was sent for."""
    sent = ((row, safety_url(row, actor)) for row in rows if row.journey_id)
    return [{"label": row.program_version.program.product, "url": url} for row, url in sent if url]


@requires(Permission.PATIENTS_VIEW)
@require_safe
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One patient: details, insurance, and where each of their enrollments stands."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    coverage, rows = current_coverage(row), of_patient(row.id)
    papers = papers_of_patient(row.id)
    audit.read_many([row, *([coverage] if coverage else [])], fields=["details"], purpose="patient")
    audit.read_many(papers, fields=["title"], purpose="patient")
    today, actor = timezone.localdate(), current_actor()
    may_edit = actor.may(Permission.PATIENTS_EDIT)
    records = waiting(row.id) if may_edit else []
    audit.read_many(records, fields=["source"], purpose=WAITING)
    return render(
        request,
        "enrollment/patient.html",
        {
            "patient": row,
            "sentence": _sentence(row),
            "details": subject_rows("patient", row.details, today=today),
            "coverage": coverage,
            "insurance": subject_rows("coverage", coverage.details, today=today)
            if coverage
            else [],
            "rows": [row_of(each) for each in rows],
            "safety": _safety(rows, actor),
            "documents": papers,
            "records": records,
            "may_edit": may_edit,
            "may_enroll": actor.may(Permission.ENROLLMENTS_EDIT),
            "now": timezone.now(),
        },
    )
