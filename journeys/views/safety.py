"""Reports of side effects and complaints: the hub's to pass on, the safety desk's to confirm."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, posted_token, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.core import safety
from journeys.core.steps_anytime import ADVERSE_EVENT
from journeys.domain import safety_desk as desk
from journeys.domain.queries import safety as queries
from journeys.forms import facts
from journeys.forms.safety import MissingForm
from journeys.models import SafetyReport
from journeys.rules import (
    Refused,
    may_answer_safety,
    may_forward_safety,
    may_receive_safety,
    may_sign_off_safety,
)

PAGE_SIZE = 50
SHOWS = {
    "open": gettext_lazy("Not confirmed"),
    "confirmed": gettext_lazy("Confirmed"),
    "over": gettext_lazy("Over"),
}
EMPTY = {
    "open": gettext_lazy(
        "A side effect or a complaint that somebody reports on a patient appears here, with the"
        " time by which the safety desk has to have it."
    ),
    "confirmed": gettext_lazy("What its safety desk has confirmed stands here until it is over."),
    "over": gettext_lazy("What was reconciled, or recorded by mistake, stands here."),
}
MISTAKES = next(each for each in ADVERSE_EVENT.statuses if each.key == "withdrawn").reasons
# These stand among the four criteria.
SHOWN = tuple(name for names in safety.CRITERIA.values() for name in names)


@requires(Permission.SAFETY_VIEW)
@require_GET
def safety_list(request: HttpRequest) -> HttpResponse:
    """What is not with the safety desk yet, the latest first; or what the desk has to confirm."""
    actor, now = current_actor(), timezone.now()
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    counts = queries.counted(actor)
    page = Paginator(queries.listed(actor, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    audit.read_many(found, fields=["patient_name", "body"], purpose="safety reports")
    rows = [queries.row_of(each, actor, now=now) for each in found]
    return render(
        request,
        "journeys/safety.html",
        {
            "rows": rows,
            "page": page,
            "desk": queries.is_desk(actor),
            "sentence": _sentence(counts["open"], queries.is_desk(actor)),
            "show": show,
            "empty_text": EMPTY[show],
            "signs": may_sign_off_safety(actor),
            "tabs": [
                {
                    "label": label,
                    "url": f"?show={key}",
                    "current": key == show,
                    "count": counts[key],
                }
                for key, label in SHOWS.items()
            ],
        },
    )


def _sentence(count: int, at_desk: bool) -> str:
    if not count:
        return _("No report waits to be confirmed.")
    if at_desk:
        words = ngettext(
            "{count} report is not confirmed yet.", "{count} reports are not confirmed yet.", count
        )
    else:
        words = ngettext(
            "{count} report has not been confirmed by its safety desk.",
            "{count} reports have not been confirmed by their safety desks.",
            count,
        )
    return words.format(count=count)


def _visible(report_id: UUID, actor: Actor) -> SafetyReport:
    return get_visible_or_404(queries.reports(actor), pk=report_id)


@requires(Permission.SAFETY_VIEW)
@require_GET
def safety_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report: its four criteria, what is missing, and what this reader can do about it."""
    actor = current_actor()
    return _show(request, _visible(report_id, actor), actor)


def _show(
    request: HttpRequest,
    report: SafetyReport,
    actor: Actor,
    *,
    problem: str = "",
    missing: MissingForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    audit.read(report, fields=["patient_name", "body"], purpose="safety report")
    told: Mapping[str, Any] = report.body["facts"]
    lacks = safety.missing_criteria(told)
    forwards = may_forward_safety(actor, report)
    row = queries.row_of(report, actor, now=now)
    known = [(facts.field_of(n).label, facts.shown(n, told[n])) for n in told if n not in SHOWN]
    return render(
        request,
        "journeys/safety_report.html",
        {
            "report": report,
            "row": row,
            "desk": queries.is_desk(actor),
            "body": report.body,
            "criteria": _criteria(report, row.who, lacks),
            "known": known,
            "problem": problem,
            "by_phone": forwards and not queries.has_desk(report.manufacturer_id),
            "token": uuid4(),
            "forwards": forwards and report.status in safety.TO_FORWARD,
            "missing": missing or (MissingForm(lacks=lacks) if forwards and lacks else None),
            "confirms": may_receive_safety(actor, report)
            or (forwards and report.status in safety.TO_CONFIRM),
            "asks": may_receive_safety(actor, report),
            "answers": may_answer_safety(actor, report),
            "mistakes": MISTAKES if forwards else (),
        },
        status=422 if problem or missing else 200,
    )


def _criteria(report: SafetyReport, who: str, lacks: tuple[str, ...]) -> list[dict[str, Any]]:
    """The four things that make a report count, each as it is told or as missing."""
    told: Mapping[str, Any] = report.body["facts"]
    words = {"patient": who}
    for key, names in safety.CRITERIA.items():
        said = [facts.shown(name, told[name]) for name in names if told.get(name)]
        words[key] = ": ".join(said)
    return [
        {"label": label, "words": words[key], "missing": key in lacks}
        for key, label in queries.CRITERIA_WORDS.items()
    ]


def _forward(request: HttpRequest, report: SafetyReport, **common: Any) -> str:
    desk.forward(report, **common)
    return _("Forwarded. The safety desk of {desk} reads it now.").format(
        desk=report.manufacturer.name
    )


def _confirm(request: HttpRequest, report: SafetyReport, **common: Any) -> str:
    desk.confirm(report, request.POST.get("desk_number", ""), **common)
    return _("Confirmed. Practice and hub see it now.")


def _ask(request: HttpRequest, report: SafetyReport, **common: Any) -> str:
    desk.ask(report, request.POST.get("text", ""), **common)
    return _("Asked. The practice has it as its next action.")


def _answer(request: HttpRequest, report: SafetyReport, **common: Any) -> str:
    desk.answer(report, request.POST.get("text", ""), **common)
    return _("Answered. The safety desk reads it now.")


def _withdraw(request: HttpRequest, report: SafetyReport, **common: Any) -> str:
    desk.withdraw(report, request.POST.get("reason", ""), **common)
    return _("Taken back as recorded by mistake.")


ACTS: Mapping[str, Callable[..., str]] = {
    "forward": _forward,
    "confirm": _confirm,
    "ask": _ask,
    "answer": _answer,
    "withdraw": _withdraw,
}


@requires(Permission.SAFETY_VIEW)
@require_POST
def safety_act(request: HttpRequest, report_id: UUID, act: str) -> HttpResponse:
    """Forward, confirm, ask, answer or take back; who may is asked of the rules."""
    actor, now = current_actor(), timezone.now()
    report = _visible(report_id, actor)
    if act not in ACTS:
        raise Http404
    try:
        said = ACTS[act](request, report, token=posted_token(request), by=actor, now=now)
    except Refused as refused:
        return _show(request, report, actor, problem=str(refused))
    messages.success(request, said)
    return redirect("safety_report", report_id)


@requires(Permission.SAFETY_VIEW)
@require_POST
def safety_complete(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Add what was missing of the four criteria."""
    actor, now = current_actor(), timezone.now()
    report = _visible(report_id, actor)
    form = MissingForm(request.POST, lacks=safety.missing_criteria(report.body["facts"]))
    if not form.is_valid():
        return _show(request, report, actor, missing=form)
    try:
        desk.complete(report, form.told(), token=posted_token(request), by=actor, now=now)
    except Refused as refused:
        return _show(request, report, actor, problem=str(refused))
    messages.success(request, _("Added to the report."))
    return redirect("safety_report", report_id)
