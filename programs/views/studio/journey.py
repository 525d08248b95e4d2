"""The journey of a draft: its template, what the program changes in it, and how that looks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from programs.core.definition import JourneyPlan
from programs.core.tunings import (
    left_out,
    number,
    relimited,
    renewed,
    retuned,
    skipped_no_more,
    skipped_when,
)
from programs.domain.studio.ports import journeys
from programs.forms.parts import ABOUT
from programs.forms.tuning import LimitsForm, SkipForm, StepForm
from programs.models import ProgramDraft
from programs.views.studio.frame import changed, faults, frame, load


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def journey_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The picture, and every step; with `step`, the form of one."""
    draft = load(draft_id)
    if "step" in request.GET:
        return _step(request, draft, request.GET["step"])
    if "limits" in request.GET:
        return _limits(request, draft)
    port, plan = journeys(), _plan(draft)
    if request.method == "POST":
        template = request.POST.get("template", "")
        if template not in dict(port.templates()):
            raise Http404
        return changed(request, draft, lambda now: renewed(now, template), what="journey")
    context = {
        **frame(draft, "journey"),
        "about": ABOUT["journey"],
        "template": plan.template,
        "templates": port.templates(),
        "steps": port.steps(plan),
        "picture": port.picture(plan),
        "here": [each for each in faults(draft) if each["where"].startswith("journey")],
    }
    return render(request, "programs/studio/journey.html", context)


def _plan(draft: ProgramDraft) -> JourneyPlan:
    told = draft.definition["journey"]
    return JourneyPlan(told["template"], told.get("tune", {}))


def _step(request: HttpRequest, draft: ProgramDraft, key: str) -> HttpResponse:
    port, plan = journeys(), _plan(draft)
    step = next((each for each in port.steps(plan) if each.key == key), None)
    usual = next((e for e in port.steps(JourneyPlan(plan.template, {})) if e.key == key), None)
    if step is None or usual is None:
        raise Http404
    url = reverse("studio_journey", args=[draft.id])
    if request.method == "POST" and request.POST.get("do", "").startswith("skip"):
        return _skipped(request, draft, key)
    if request.method == "POST" and "do" in request.POST:
        out = request.POST["do"] == "leave_out"
        return changed(
            request, draft, lambda now: left_out(now, key, out=out), what=f"journey {key}", to=url
        )
    form = StepForm(step, port, request.POST or None, most=usual.most)
    if form.is_bound and form.is_valid():
        told = _changes(form.cleaned_data, usual)
        return changed(
            request, draft, lambda now: retuned(now, key, told), what=f"journey {key}", to=url
        )
    return _shown(request, draft, step=step, usual=usual, form=form, skip_form=SkipForm(port))


def _shown(request: HttpRequest, draft: ProgramDraft, **context: Any) -> HttpResponse:
    told = {**frame(draft, "journey"), **context}
    return render(request, "programs/studio/step.html", told)


def _skipped(request: HttpRequest, draft: ProgramDraft, key: str) -> HttpResponse:
    """Do without the step when something is known, or no longer; or say what is missing."""
    place = request.POST.get("place", "")
    if place.isascii() and place.isdigit() and len(place) < 5:
        return changed(
            request, draft, lambda now: skipped_no_more(now, key, int(place)), what=f"journey {key}"
        )
    form = SkipForm(journeys(), request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for each in form.errors.values() for one in each))
        return redirect(request.get_full_path())
    when, why = form.condition(), form.cleaned_data["why"]
    return changed(
        request, draft, lambda now: skipped_when(now, key, when, why), what=f"journey {key}"
    )


def _limits(request: HttpRequest, draft: ProgramDraft) -> HttpResponse:
    """From where on a journey of this program is at risk."""
    port, plan = journeys(), _plan(draft)
    form = LimitsForm(port.limits(plan), port, request.POST or None)
    if form.is_bound and form.is_valid():
        told = form.thresholds(port.limits(JourneyPlan(plan.template, {})))
        return changed(
            request,
            draft,
            lambda now: relimited(now, told),
            what="journey limits",
            to=reverse("studio_journey", args=[draft.id]),
        )
    return _shown(request, draft, form=form, about=_("From where on a journey is at risk."))


def _changes(typed: Mapping[str, Any], usual: Any) -> dict[str, Any]:
    """What differs from the template; what is as the template has it is not said again."""
    told = {
        name: typed[name]
        for name in ("title", "action", "owner")
        if typed[name] and typed[name] != getattr(usual, name)
    }
    clock = (f"{typed['amount']:g}", typed["unit"]) if typed["amount"] else None
    if clock and clock != (usual.amount, usual.unit):
        told["due"] = {"amount": number(typed["amount"]), "unit": typed["unit"]}
    if typed.get("most", usual.most) != usual.most:
        told["most"] = typed["most"]
    return told
