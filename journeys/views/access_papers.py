"""Access work on paper: the payer's request filled in from what is known, and its documents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, posted_token, requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.tenancy import current_actor
from journeys.core.access_papers import (
    Section,
    criteria_section,
    letter_of_necessity,
    prefilled,
    request_to_payer,
    summary_of_benefits,
)
from journeys.core.payer_criteria import Criterion, Sheet
from journeys.documents.access import render as draw
from journeys.domain.payer_criteria import answer_criteria
from journeys.domain.queries import journeys as queries
from journeys.domain.queries.access_papers import Material, material_of, may_have_papers
from journeys.domain.queries.journeys import Story
from journeys.domain.queries.payer_criteria import criteria_of, sheet_for, told
from journeys.domain.reading import one
from journeys.domain.reporting import day_of
from journeys.forms import facts
from journeys.forms.payer_criteria import given_answers
from journeys.rules import Refused, may_answer_criteria
from journeys.views.presenting import safety_link

REQUEST, DECISION, APPEAL = (
    "prior_authorization",
    "prior_authorization_determination",
    "appeal",
)


def _story(journey_id: UUID, step: str, *, now: datetime) -> Story:
    journey = get_visible_or_404(one(), pk=journey_id)
    story = queries.story_of(journey, current_actor(), now=now)
    if step not in story.graph.by_key:
        raise Http404
    if not may_have_papers(story, step, now=now):
        raise PermissionDenied
    return story


def _words(material: Material) -> dict[str, str]:
    return {name: facts.shown(name, value) for name, value in material.facts.items()}


def _sections(material: Material) -> list[Section]:
    return request_to_payer(
        material.answers,
        _words(material),
        material.own,
        medical=material.facts.get("benefit") == "medical",
    )


@requires(Permission.JOURNEYS_REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def authorization_request(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """What the payer decides by, and its request with everything filled in that is known."""
    now, problem = timezone.now(), ""
    story = _story(journey_id, REQUEST, now=now)
    if request.method == "POST":
        try:
            _answer(request, journey_id, now=now)
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The answers are kept. Practice and hub see them."))
            return redirect("authorization_request", journey_id)
    material = material_of(story, on=day_of(story, now=now))
    audit.read(material.packet, fields=["body"], purpose="prior authorization request")
    sheet = sheet_for(story.journey, material, on=day_of(story, now=now))
    criteria = criteria_of(sheet, material)
    sections = _sections(material)
    filled, total = prefilled([*sections, *_asked_by_payer(sheet, criteria)])
    step = story.state.steps[REQUEST]
    return render(
        request,
        "journeys/authorization_request.html",
        {
            "journey": story.journey,
            "safety_url": safety_link(story.journey, current_actor()),
            "state": step,
            "criteria": criteria,
            "sheet_words": told(sheet),
            "may_answer": may_answer_criteria(current_actor(), story.state),
            "problem": problem,
            "token": uuid4(),
            "sections": sections,
            "filled": filled,
            "total": total,
            "share": filled * 100 // total,
            "owner": story.graph.by_key[REQUEST].owner,
            "report_url": reverse("journey_report", args=[journey_id, REQUEST])
            if REQUEST in story.state.current
            else "",
        },
        status=422 if problem else 200,
    )


def _answer(request: HttpRequest, journey_id: UUID, *, now: datetime) -> None:
    given, token = given_answers(request.POST), str(posted_token(request))
    answer_criteria(journey_id, given, token=token, by=current_actor(), now=now)


@requires(Permission.JOURNEYS_REPORT)
@require_GET
@limited("paper")
def access_paper(request: HttpRequest, journey_id: UUID, kind: str) -> HttpResponse:
    """One paper as a tagged PDF."""
    step, make = PAPERS.get(kind, ("", _benefits))
    now = timezone.now()
    story = _story(journey_id, step, now=now)
    material = material_of(story, on=day_of(story, now=now))
    audit.read(material.packet, fields=["body"], purpose=f"paper: {kind}")
    made = make(story, material)
    paper = draw({**made, "journey": story.journey.number, "now": timezone.now()})
    response = HttpResponse(paper, content_type="application/pdf")
    name = f"{story.journey.number}-{kind}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _about(story: Story) -> str:
    journey = story.journey
    return _("{patient}, born {born}").format(
        patient=journey.patient_name, born=f"{journey.patient_born_on:%b %-d, %Y}"
    )


def _benefits(story: Story, material: Material) -> Mapping[str, Any]:
    words = _words(material)
    labels = {name: facts.field_of(name).label for name in words}
    state = story.state.steps["benefit_verification"]
    return {
        "title": _("Summary of benefits"),
        "about": _about(story),
        "lead": ": ".join(filter(None, (state.status_label, state.reason_label))),
        "sections": summary_of_benefits(words, labels),
        "note": _("As the plan said on the day it was asked. It is no promise to pay."),
    }


def _request(story: Story, material: Material) -> Mapping[str, Any]:
    sheet = sheet_for(story.journey, material, on=day_of(story, now=timezone.now()))
    criteria = criteria_of(sheet, material)
    return {
        "title": _("Prior authorization request"),
        "about": _about(story),
        "lead": told(sheet) if sheet else "",
        "sections": [
            *_sections(material),
            *_asked_by_payer(sheet, criteria),
        ],
        "note": _("Filled in from the enrollment. What is open is for the practice to complete."),
    }


def _asked_by_payer(sheet: Sheet | None, found: Sequence[Criterion]) -> list[Section]:
    """What this payer asks beyond the request; what payers usually ask stands in it already."""
    return [criteria_section(found)] if sheet else []


def _letter(story: Story, material: Material) -> Mapping[str, Any]:
    denied = story.state.steps[DECISION]
    return {
        "title": _("Letter of medical necessity"),
        "about": _about(story),
        "prose": letter_of_necessity(
            material.answers,
            _words(material),
            denied_for=denied.reason_label if denied.status == "denied" else "",
        ),
        "note": _("A draft from the case's facts, for the prescriber to change and sign."),
    }


Paper = Callable[[Story, Material], Mapping[str, Any]]
PAPERS: Mapping[str, tuple[str, Paper]] = {
    "benefits": ("benefit_verification", _benefits),
    "request": (REQUEST, _request),
    "letter": (APPEAL, _letter),
}
