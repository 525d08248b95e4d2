"""What a party's staff say on a journey: how a step came out, and messages to the others."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, posted_token, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.core.graph import Step
from journeys.core.visibility import sees_step
from journeys.core.worksheet import Values, stopped
from journeys.core.worksheets import worksheet_of
from journeys.domain.attaching import Unreadable, paper_of
from journeys.domain.messages import Message, send_message
from journeys.domain.papers import Paper
from journeys.domain.queries import journeys as queries
from journeys.domain.queries.pharmacies import eligible_pharmacies
from journeys.domain.reading import one
from journeys.domain.reporting import known_of, report
from journeys.forms.pharmacies import NAMING
from journeys.forms.report import ReportForm, choosable
from journeys.models import Journey
from journeys.rules import ROUTING, SAFETY, Refused
from journeys.views.journeys import show
from journeys.views.presenting import safety_link


@requires(Permission.JOURNEYS_REPORT)
@require_http_methods(["GET", "POST"])
def report_step(request: HttpRequest, journey_id: UUID, step: str) -> HttpResponse:
    """Report how a step came out that one's own organization has."""
    return _report(request, journey_id, step)


@requires(Permission.SAFETY_REPORT)
@require_http_methods(["GET", "POST"])
def report_safety(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Report a side effect or a complaint: whoever sees patients may, a prescriber too."""
    return _report(request, journey_id, SAFETY)


def _report(request: HttpRequest, journey_id: UUID, step: str) -> HttpResponse:
    journey = get_visible_or_404(one(), pk=journey_id)
    now, actor = timezone.now(), current_actor()
    story = queries.story_of(journey, actor, now=now)
    node = story.graph.by_key.get(step)
    if node is None:
        raise Http404
    known = _known(story, node, now=now)
    status = (request.POST or request.GET).get("status", "")
    form = _form(request, story, node, status, known=known, now=now)
    if request.method == "POST" and form and form.is_valid():
        try:
            report(journey_id, form.report(), by=actor, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _thanks(story, node, status))
            return redirect("journey", journey_id)
    audit.read(journey, fields=["patient_name"], purpose="report form")
    return render(
        request,
        "journeys/report.html",
        {
            "journey": journey,
            "safety_url": "" if step == SAFETY else safety_link(journey, actor),
            "step": node,
            "state": story.state.steps.get(step) if sees_step(story.viewer, node) else None,
            "form": form,
            "pharmacies": eligible_pharmacies(journey) if step == ROUTING else [],
            "results": _results(node, chosen=status, known=known, viewer=story.viewer),
        },
        status=422 if form and form.errors else 200,
    )


def _known(story: queries.Story, step: Step, *, now: datetime) -> Values:
    """What the form builds on: nothing that others said of a step that its reader only tells of."""
    if sees_step(story.viewer, step):
        return known_of(story, now=now)
    return {"suspect_product": story.journey.program_version.program.product}


def _thanks(story: queries.Story, step: Step, status: str) -> str:
    if (step.key, status) != (SAFETY, "captured"):
        words = _("{step} reported. Everyone who takes part sees it now.")
        return words.format(step=step.title)
    words = _("Reported. {hub} passes it on to the safety desk within one business day.")
    return words.format(hub=story.journey.hub.name)


def _form(
    request: HttpRequest,
    story: queries.Story,
    step: Step,
    status: str,
    *,
    known: Values,
    now: datetime,
) -> ReportForm | None:
    """The form of the chosen result; None before one is chosen."""
    if request.method != "POST" and step.status(status) is None:
        return None
    names_one = not NAMING.keys().isdisjoint(worksheet_of(step).facts)
    asked: dict[str, Any] = {
        "step": step,
        "status": status,
        "known": known,
        "viewer": story.viewer,
        "pharmacies": eligible_pharmacies(story.journey) if names_one else (),
    }
    if request.method == "POST":
        return ReportForm(request.POST, **asked)
    return ReportForm.about(now=now, **asked)


def _results(step: Step, *, chosen: str, known: Values, viewer: str) -> list[dict[str, Any]]:
    """Every result the step may have, and why one cannot be told now."""
    worksheet = worksheet_of(step)
    return [
        {
            "label": each.label,
            "url": f"?{urlencode({'status': each.key})}",
            "current": each.key == chosen,
            "stopped": stopped(worksheet, each.key, known=known),
        }
        for each in choosable(step, viewer)
    ]


def _paper(request: HttpRequest, *, token: str) -> Paper | None:
    """The file that was chosen, read; None without one. Raises Unreadable with a sentence."""
    file = request.FILES.get("paper")
    pages = request.POST.get("pages", "")
    return paper_of(file, token=token, pages=pages) if file else None


@requires(Permission.JOURNEYS_REPORT)
@require_POST
def send(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Send a message on a step."""
    get_visible_or_404(Journey.objects, pk=journey_id)
    message = Message(
        token=str(posted_token(request)),
        step=request.POST.get("step", ""),
        to=tuple(request.POST.getlist("to")),
        text=request.POST.get("text", ""),
    )
    try:
        message = replace(message, paper=_paper(request, token=message.token))
        send_message(journey_id, message, by=current_actor(), now=timezone.now())
    except (Refused, Unreadable) as refused:
        return show(request, journey_id, refused=str(refused), unsent=message)
    messages.success(request, _("Message sent."))
    return redirect("journey", journey_id)
