"""What partners reported: the queue of what people settle, and one report with its ways out."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import acting_as, current_actor
from journeys.domain import inbound, mapping, settling_reports
from journeys.domain.applying import said_in
from journeys.domain.queries import maps
from journeys.domain.queries import reports as queries
from journeys.enums import ReportCause, ReportStatus
from journeys.forms.codes import AsideForm, MeaningForm
from journeys.forms.which_journey import WhichJourneyForm
from journeys.models import InboundReport, Journey

PAGE_SIZE = 50
TABS = {
    "open": (gettext_lazy("To settle"), ReportStatus.EXCEPTION),
    "aside": (gettext_lazy("Set aside"), ReportStatus.SET_ASIDE),
    "all": (gettext_lazy("All"), None),
}


@requires(Permission.REPORTS_SETTLE)
@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports, newest first: those that need a person before all others."""
    actor = current_actor()
    which = request.GET.get("show", "open")
    which = which if which in TABS else "open"
    with queries.seen_by(actor):
        totals = queries.totals(actor)
        found = queries.visible(actor)
        status = TABS[which][1]
        paginator = Paginator(found.filter(status=status) if status else found, PAGE_SIZE)
        paginator.count = totals[which]
        page = paginator.get_page(request.GET.get("page"))
        rows = queries.rows_of(list(page.object_list))
    tabs = [
        {
            "label": label,
            "url": f"{reverse('reports')}?show={key}",
            "current": key == which,
            "count": totals[key],
        }
        for key, (label, _status) in TABS.items()
    ]
    context = {
        "rows": rows,
        "page": page,
        "page_query": f"show={which}&",
        "tabs": tabs,
        "which": which,
        "sentence": _sentence(totals["open"]),
        "may_bring": not actor.is_operator,
        "may_map": actor.may(Permission.STATUS_MAPS_EDIT),
    }
    return render(request, "journeys/inbound.html", context)


def _sentence(count: int) -> str:
    if not count:
        return _("Everything that partners reported was applied or is on its way.")
    words = ngettext(
        "{count} report needs a person; nothing of it is lost.",
        "{count} reports need a person; nothing of them is lost.",
        count,
    )
    return words.format(count=count)


@requires(Permission.REPORTS_SETTLE)
@require_GET
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report with everything that is needed to settle it."""
    return _show(request, report_id)


def _found(actor: Actor, report_id: UUID) -> InboundReport:
    return get_visible_or_404(queries.visible(actor), pk=report_id)


def _show(request: HttpRequest, report_id: UUID, **forms: Any) -> HttpResponse:
    actor = current_actor()
    with queries.seen_by(actor):
        found = _found(actor, report_id)
        content = queries.content_of(found)
        readable = content is not queries.UNREADABLE
        operator = actor.is_operator
        journey = Journey.objects.filter(pk=found.journey_id).first()
        stuck = found.status == ReportStatus.EXCEPTION
        unknown_journey = stuck and found.cause == ReportCause.JOURNEY
        teach = forms.get("teach") or _meaning_form(found, actor)
        if not operator:
            audit.read(found, fields=["body"], purpose="settling a report")
        candidates = queries.candidates(found, actor) if unknown_journey else []
        audit.read_many(
            [each.journey for each in candidates],
            fields=["patient_name", "patient_born_on"],
            purpose="settling a report",
        )
        context = {
            "report": found,
            "row": queries.rows_of([found])[0],
            "happened_at": queries.happened_at(content) if readable else None,
            "readable": readable,
            "raw": "" if operator else _word_for_word(found, content),
            "journey": journey,
            "links_journey": not operator,
            "stuck": stuck,
            "candidates": candidates,
            "match": forms.get("match") or (WhichJourneyForm() if unknown_journey else None),
            "teach": teach,
            "others_teach": teach is None and found.cause == ReportCause.CODE,
            "aside": forms.get("aside") or AsideForm(),
            "may_replay": actor.may(Permission.EXCHANGE_REPLAY)
            and found.status in (ReportStatus.EXCEPTION, ReportStatus.SET_ASIDE),
        }
    status = 422 if forms else 200
    return render(request, "journeys/inbound_report.html", context, status=status)


def _word_for_word(report: InboundReport, content: Mapping[str, Any]) -> str:
    """What came, laid out; as it came where it cannot be read."""
    if content is queries.UNREADABLE:
        return str(report.body)
    return json.dumps(content, indent=2, ensure_ascii=False)


def _meaning_form(report: InboundReport, actor: Actor, posted: Any = None) -> MeaningForm | None:
    """The form that explains the report's code, for those who may."""
    program = maps.program_of(report)
    if report.cause != ReportCause.CODE or program is None:
        return None
    programs = [each for each in maps.programs_of(actor, report.organization) if each == program]
    everywhere = maps.may_explain_everywhere(actor, report.organization)
    if not programs and not everywhere:
        return None
    code, sub_code = said_in(queries.content_of(report))
    return MeaningForm(
        posted,
        meanings=maps.meanings(maps.graphs_of([program])),
        programs=programs,
        everywhere=everywhere,
        initial={"code": code, "sub_code": sub_code},
    )


@requires(Permission.REPORTS_SETTLE)
@require_POST
def match(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Say which journey a report is about."""
    actor, form = current_actor(), WhichJourneyForm(request.POST)
    with queries.seen_by(actor):
        found = _found(actor, report_id)
    journey = _journey_meant(form, actor)
    if journey is None:
        form.add_error("number", _("Choose a journey, or give the number of one of yours."))
        return _show(request, report_id, match=form)
    with queries.seen_by(actor):
        try:
            count = settling_reports.match(found, journey, by=actor, now=timezone.now())
        except settling_reports.NotSettled as why:
            form.add_error(None, str(why))
            return _show(request, report_id, match=form)
    words = ngettext(
        "Matched to {number}. The report is applied.",
        "Matched to {number}. {count} reports that named it so are applied.",
        count,
    )
    messages.success(request, words.format(number=journey.number, count=count))
    return redirect("report", report_id)


def _journey_meant(form: WhichJourneyForm, actor: Actor) -> Journey | None:
    """The journey that was chosen or numbered, if the actor's organization takes part in it."""
    meant = form.meant()
    if meant is None or actor.is_operator:
        return None
    with acting_as(actor):
        journey: Journey | None = Journey.objects.filter(**meant).first()
        return journey


@requires(Permission.STATUS_MAPS_EDIT)
@require_POST
def teach(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Say what the report's code means: it and all that waited for it are applied."""
    actor, now = current_actor(), timezone.now()
    with queries.seen_by(actor):
        found = _found(actor, report_id)
        form = _meaning_form(found, actor, request.POST)
        if form is None:
            messages.warning(request, _("This report has been dealt with already."))
            return redirect("report", report_id)
        if not form.is_valid():
            return _show(request, report_id, teach=form)
        explained = mapping.teach(found.organization, form.line(), by=actor, now=now)
        inbound.process(found.pk, now=now)
    words = ngettext(
        "Noted. The report that waited for it is applied.",
        "Noted. {count} reports that waited for it are applied.",
        len(explained),
    )
    messages.success(request, words.format(count=len(explained)))
    return redirect("report", report_id)


@requires(Permission.REPORTS_SETTLE)
@require_POST
def set_aside(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Leave a report unapplied, with a reason."""
    actor, form = current_actor(), AsideForm(request.POST)
    if not form.is_valid():
        return _show(request, report_id, aside=form)
    with queries.seen_by(actor):
        found = _found(actor, report_id)
        try:
            why = form.cleaned_data["why"]
            settling_reports.set_aside(found, why=why, by=actor, now=timezone.now())
        except settling_reports.NotSettled as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, _("Set aside. It is kept and can be tried again."))
    return redirect("report", report_id)
