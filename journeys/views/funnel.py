"""What a manufacturer sees of its program: counts, and nothing about anybody."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.core.spreadsheet import csv_of
from accounts.limits import limited
from accounts.tenancy import current_actor
from journeys.core.graph import Graph
from journeys.core.tallies import GROUPS
from journeys.documents.counts import render as draw
from journeys.domain import counts_letters
from journeys.domain.graphs import graph_of
from journeys.domain.queries.funnel import Funnel, funnel_of
from journeys.views.funnel_words import GROUP_WORDS, alerts_in_words, in_words, table_of
from programs.domain.queries.catalogue import version_on
from programs.models import Program, ProgramVersion

HEAD = ("Table", "Row", "Column", "Journeys")
# What stands on the page below the stages, in this order, in two columns.
BELOW = (
    *("step", "therapy", "reason", "dwell", "at_risk", "risk"),
    *("week", "denied", "denied:payer", "lag", "returned", "closed"),
)


@requires(Permission.FUNNEL_VIEW)
@require_GET
def program(request: HttpRequest, key: str) -> HttpResponse:
    """One program of the actor's own: how far its journeys have come, split by one group."""
    found = _own(key)
    by = request.GET.get("by", "")
    by = by if by in GROUPS else GROUPS[0]
    version, funnel = _counted(found, groups=(by,), purpose=f"counts by {by}")
    graph = _graph(version)
    told = in_words(funnel, graph=graph)
    below = table_of(told, BELOW)
    return render(
        request,
        "journeys/funnel.html",
        {
            "program": found,
            "version": version,
            "stages": told["stage"],
            "last_stage": told["stage"].written[-1][1][0],
            "split": told.get(f"stage:{by}"),
            "tabs": _tabs(found, by),
            "columns": (below[::2], below[1::2]),
            "alerts": alerts_in_words(funnel, graph=graph),
            "may_compose": current_actor().may(Permission.PROGRAMS_COMPOSE),
            "weekly": counts_letters.letter_of(found, by=current_actor()) is not None,
        },
    )


@requires(Permission.FUNNEL_VIEW)
@require_POST
def weekly(request: HttpRequest, key: str) -> HttpResponse:
    """Be written to each Monday when the counts are to be read, or no more."""
    found, actor = _own(key), current_actor()
    if request.POST.get("weekly") == "on":
        counts_letters.write_weekly(found, by=actor, now=timezone.now())
        messages.success(request, _("An e-mail with a link comes each Monday at 7 am."))
    else:
        counts_letters.write_no_more(found, by=actor)
        messages.success(request, _("No e-mail comes any more."))
    return redirect("program", found.key)


@requires(Permission.FUNNEL_VIEW)
@require_GET
@limited("export")
def counts_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Every table of the page as one file: no number in it that the page does not tell."""
    found = _own(key)
    version, funnel = _counted(found, groups=GROUPS, purpose="counts as CSV")
    told = in_words(funnel, graph=_graph(version)).values()
    lines = [
        (table.title, label, column, each)
        for table in told
        for label, numbers in table.written
        for column, each in zip(table.columns, numbers, strict=True)
    ]
    return _file(csv_of(HEAD, lines).encode(), "text/csv; charset=utf-8", f"{found.key}-counts.csv")


@requires(Permission.FUNNEL_VIEW)
@require_GET
def counts_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a report on paper."""
    found = _own(key)
    version, funnel = _counted(found, groups=GROUPS, purpose="counts as PDF")
    graph = _graph(version)
    report = draw(
        {
            "program": found,
            "on": timezone.localdate(),
            "tables": list(in_words(funnel, graph=graph).values()),
            "alerts": alerts_in_words(funnel, graph=graph),
        }
    )
    return _file(report, "application/pdf", f"{found.key}-counts.pdf")


def _own(key: str) -> Program:
    mine = Program.objects.filter(manufacturer_id=current_actor().organization_id)
    found: Program = get_visible_or_404(mine, key=key)
    return found


def _counted(
    found: Program, *, groups: tuple[str, ...], purpose: str
) -> tuple[ProgramVersion | None, Funnel]:
    """The version that holds and the counts; whoever asks for counts is written down."""
    audit.happened("counted", purpose=f"{found.key}: {purpose}")
    today = timezone.now().date()
    return version_on(found, today), funnel_of(found.id, today=today, groups=groups)


def _graph(version: ProgramVersion | None) -> Graph | None:
    return graph_of(version.id) if version else None


def _tabs(found: Program, by: str) -> list[dict[str, Any]]:
    page = reverse("program", args=[found.key])
    return [
        {"label": words, "url": f"{page}?by={group}", "current": group == by}
        for group, words in GROUP_WORDS.items()
    ]


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
