"""What an organization has to do next, and who has taken it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain import work
from journeys.domain.queries.lag import headline
from journeys.domain.queries.notices import unread_messages
from journeys.domain.queries.quiet import quiet_partners
from journeys.domain.queries.work import (
    MOST_COUNTED,
    SCOPES,
    WorkCounts,
    WorkRow,
    counts,
    filtered,
    row_of,
)
from journeys.domain.queries.worklists import (
    Facets,
    Filters,
    colleagues,
    facets,
    filters_of,
    narrowed,
    saved_views,
)
from journeys.models import WorkItem
from journeys.rules import may_claim
from journeys.views.fragments import page_or_fragment
from journeys.views.lag import sentence as lag_sentence
from journeys.views.paging import LongPaginator, told

PAGE_SIZE = 50


@requires(Permission.WORK_VIEW)
@require_GET
def work_list(request: HttpRequest) -> HttpResponse:
    """The open work of the actor's organization: urgent first, then what is due soonest."""
    now, actor = timezone.now(), current_actor()
    filters, found = filters_of(request.GET), counts(actor, now=now)
    choices = facets(actor, filters, total=found.scopes["all"], now=now)
    paginator = LongPaginator(
        narrowed(filtered(actor, scope=filters.scope), filters, now=now),
        PAGE_SIZE,
        asked=request.GET.get("page"),
        most=MOST_COUNTED,
        count=choices.shown,
    )
    page = paginator.get_page(request.GET.get("page"))
    items = list(page.object_list)
    audit.read_many([item.journey for item in items], fields=["patient_name"], purpose="work list")
    news = unread_messages(actor, {item.journey_id for item in items})
    return render(
        request,
        page_or_fragment(request, "journeys/work.html", "list"),
        {
            **_above(actor, filters, found, choices),
            "lag_sentence": lag_sentence(headline(today=now.date())),
            "quiet": quiet_partners(actor),
            "rows": [_row(item, actor, news, now=now) for item in items],
            "page": page,
            "now": now,
            "page_query": urlencode(filters.kept()) + "&",
            "here": request.get_full_path(),
            "refresh_url": request.get_full_path(),
            "stream_url": f"{reverse('live_work')}?{urlencode({'seen': found.mark})}",
        },
    )


def _row(item: WorkItem, actor: Actor, news: Mapping[UUID, int], *, now: datetime) -> WorkRow:
    return row_of(item, actor, now=now, unread=news.get(item.journey_id, 0))


def _above(actor: Actor, filters: Filters, found: WorkCounts, choices: Facets) -> dict[str, Any]:
    """What stands above and below the rows."""
    labels = {
        "program": _("Program"),
        "payer": _("Payer"),
        "step": _("Step"),
        "risk": _("Risk"),
        "age": _("Open for"),
    }
    here = filters.kept()
    return {
        "sentence": _sentence(found),
        "tabs": _tabs(found, filters),
        "filters": filters,
        "selects": [
            {
                "name": name,
                "label": label,
                "options": choices.options[name],
                "chosen": getattr(filters, name),
            }
            for name, label in labels.items()
            if choices.options[name]
        ],
        "views": [
            {
                "id": view.id,
                "name": view.name,
                "url": f"{reverse('work')}?{urlencode(kept.kept())}",
                "current": kept == filters,
            }
            for view, kept in saved_views(actor)
        ],
        "colleagues": colleagues(),
        "kept": here,
        "export_url": f"{reverse('work_export')}?{urlencode(here)}",
    }


def _sentence(found: WorkCounts) -> str:
    total = found.scopes["all"]
    if not total:
        return _("Nothing waits for your organization.")
    words = ngettext(
        "{total} next action is with your organization.",
        "{total} next actions are with your organization.",
        total,
    ).format(total=told(total, most=MOST_COUNTED))
    if found.more:
        return f"{words} {_late_of_most(found.late)}"
    if found.late:
        words += " " + ngettext("{late} is late.", "{late} are late.", found.late).format(
            late=found.late
        )
    return words


def _late_of_most(late: int) -> str:
    """How many of the most pressing are late, where there are more than are counted."""
    late = min(late, MOST_COUNTED)
    words = ngettext(
        "Of the {most:,} most pressing, {late:,} is late.",
        "Of the {most:,} most pressing, {late:,} are late.",
        late,
    )
    return words.format(most=MOST_COUNTED, late=late)


def _tabs(found: WorkCounts, filters: Filters) -> list[dict[str, Any]]:
    labels = {"all": _("My organization's"), "mine": _("Mine"), "unclaimed": _("Nobody's yet")}
    return [
        {
            "label": labels[each],
            "url": f"{reverse('work')}?{urlencode({**filters.kept(), 'scope': each})}",
            "current": each == filters.scope,
            "count": told(found.scopes[each], most=MOST_COUNTED),
        }
        for each in SCOPES
    ]


@requires(Permission.WORK_VIEW)
@require_POST
def claim(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take a piece of work; of two who try at once, one is told the other's name."""
    actor = current_actor()
    if not may_claim(actor, get_visible_or_404(WorkItem.objects.all(), pk=item_id)):
        raise PermissionDenied
    try:
        work.claim(item_id, by=actor, now=timezone.now())
    except work.AlreadyTaken as taken:
        words = _("{who} already has this.") if taken.by else _("This is no longer open.")
        messages.warning(request, words.format(who=taken.by))
    return _back(request)


@requires(Permission.WORK_VIEW)
@require_POST
def release(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Give back a piece of work for somebody else to take."""
    actor = current_actor()
    if not may_claim(actor, get_visible_or_404(WorkItem.objects.all(), pk=item_id)):
        raise PermissionDenied
    try:
        work.release(item_id, by=actor)
    except work.AlreadyTaken as taken:
        words = _("{who} has this now.") if taken.by else _("Nobody had taken this.")
        messages.warning(request, words.format(who=taken.by))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the button stood on, if it is one of ours."""
    return redirect(safe_next(request, default=reverse("work")))
