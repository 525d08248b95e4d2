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
from accounts.prepared import together
from accounts.tenancy import current_actor
from journeys.domain import work
from journeys.domain.queries.notices import News, asking_for_news, news_of
from journeys.domain.queries.quiet import quiet_partners
from journeys.domain.queries.work import (
    MOST_COUNTED,
    SCOPES,
    WorkCounts,
    WorkRow,
    filtered,
    row_of,
)
from journeys.domain.queries.work_page import WorkPage, work_page
from journeys.domain.queries.worklists import Filters, filters_of, narrowed
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
    filters, asked = filters_of(request.GET), request.GET.get("page")
    around = work_page(actor, filters, first=0 if asked else PAGE_SIZE, now=now)
    paginator = LongPaginator(
        narrowed(filtered(actor, scope=filters.scope), filters, now=now),
        PAGE_SIZE,
        asked=asked,
        most=MOST_COUNTED,
        count=around.choices.shown,
    )
    page = paginator.get_page(asked)
    items = list(page.object_list) if around.rows is None else around.rows
    audit.read_many([item.journey for item in items], fields=["patient_name"], purpose="work list")
    (unread,) = together(asking_for_news(actor, {item.journey_id for item in items}))
    news = news_of(unread)
    return render(
        request,
        page_or_fragment(request, "journeys/work.html", "list"),
        {
            **_above(filters, around),
            "lag_sentence": lag_sentence(around.lag),
            "quiet": quiet_partners(actor),
            "rows": [_row(item, actor, news, now=now) for item in items],
            "page": page,
            "now": now,
            "page_query": urlencode(filters.kept()) + "&",
            "here": request.get_full_path(),
            "refresh_url": request.get_full_path(),
            "stream_url": f"{reverse('live_work')}?{urlencode({'seen': around.found.mark})}",
        },
    )


def _row(item: WorkItem, actor: Actor, news: Mapping[UUID, News], *, now: datetime) -> WorkRow:
    unread = news[item.journey_id].messages if item.journey_id in news else 0
    return row_of(item, actor, now=now, unread=unread)


def _above(filters: Filters, around: WorkPage) -> dict[str, Any]:
    """What stands above and below the rows."""
    labels = {
        "program": _("Program"),
        "payer": _("Payer"),
        "step": _("Step"),
        "risk": _("Risk"),
        "age": _("Open for"),
    }
    here, options = filters.kept(), around.choices.options
    views = [(view, filters_of(view.filters)) for view in around.views]
    return {
        "sentence": _sentence(around.found),
        "tabs": _tabs(around.found, filters),
        "filters": filters,
        "selects": [
            {
                "name": name,
                "label": label,
                "options": options[name],
                "chosen": getattr(filters, name),
            }
            for name, label in labels.items()
            if options[name]
        ],
        "views": [
            {
                "id": view.id,
                "name": view.name,
                "url": f"{reverse('work')}?{urlencode(kept.kept())}",
                "current": kept == filters,
            }
            for view, kept in views
        ],
        "colleagues": around.colleagues,
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
