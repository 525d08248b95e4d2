"""Find anything from anywhere. What was typed comes in a body and never stands in an address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import actor_of, signed_in
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.tenancy import acting_as
from enrollment.domain.queries.find import Found, find
from enrollment.models import Patient
from enrollment.views.patients import NAME
from journeys.models import Journey
from programs.core.catalogue import ANSWERABLE
from programs.core.display import display
from programs.models import Program


@signed_in(reason="everybody finds something; each kind of result asks for its own permission")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("search", when=lambda request: request.method == "POST")
def find_anything(request: HttpRequest) -> HttpResponse:
    """Patients, journeys and programs; the palette asks for the results alone."""
    actor, typed = actor_of(request), request.POST.get("q", "").strip()
    groups: list[dict[str, Any]] = []
    if actor is not None and actor.organization_id is not None and typed:
        with acting_as(actor):
            found = find(typed, actor=actor)
            audit.read_many(found.patients, fields=NAME, purpose="find")
            audit.read_many(found.journeys, fields=["patient_name"], purpose="find")
            groups = _groups(found, may_enroll=actor.may(Permission.ENROLLMENTS_EDIT))
    template = "enrollment/find.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by django_htmx
        template = "components/find_results.html"
    return render(request, template, {"groups": groups, "q": typed})


def _groups(found: Found, *, may_enroll: bool) -> list[dict[str, Any]]:
    """The results as the palette shows them; a kind without any is left out."""
    groups = [
        (_("Patients"), [_patient(row) for row in found.patients]),
        (_("Journeys"), [_journey(row) for row in found.journeys]),
        (_("Programs"), [_program(row, may_enroll=may_enroll) for row in found.programs]),
    ]
    return [{"label": label, "results": results} for label, results in groups if results]


def _patient(row: Patient) -> dict[str, str]:
    born = display(ANSWERABLE["A5"], row.details.get("A5"))
    return {
        "label": row.name,
        "note": _("born {date}").format(date=born),
        "url": reverse("patient", args=[row.id]),
        "icon": "user",
    }


def _journey(row: Journey) -> dict[str, str]:
    return {
        "label": f"{row.number}, {row.patient_name}",
        "note": row.program_version.program.name,
        "url": reverse("journey", args=[row.id]),
        "icon": "route",
    }


def _program(row: Program, *, may_enroll: bool) -> dict[str, str]:
    address = reverse("enrollment_start") if may_enroll else reverse("programs")
    return {
        "label": row.name,
        "note": f"{row.product}, {row.manufacturer.name}",
        "url": f"{address}?program={row.key}" if may_enroll else address,
        "icon": "blocks",
    }
