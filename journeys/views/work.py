"""What an organization has to do next, and who has taken it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain import work
from journeys.domain.queries.work import SCOPES, WorkCounts, counts, filtered, row_of
from journeys.models import WorkItem
from journeys.rules import may_claim
from journeys.views.fragments import page_or_fragment

PAGE_SIZE = 50


@requires(Permission.WORK_VIEW)
@require_GET
def work_list(request: HttpRequest) -> HttpResponse:
    """The open work of the actor's organization: urgent first, then what is due soonest."""
    now, actor = timezone.now(), current_actor()
    scope = request.GET.get("scope", "all")
    scope = scope if scope in SCOPES else "all"
    found = counts(actor, now=now)
    step = request.GET.get("step", "")
    step = step if step in {each.step for each in found.steps} else ""
    paginator = Paginator(filtered(actor, scope=scope, step=step), PAGE_SIZE)
    if found.shown(scope, step) >= 0:
        # The counts above already say how many there are.
        paginator.count = found.shown(scope, step)
    page = paginator.get_page(request.GET.get("page"))
    items = list(page.object_list)
    audit.read_many([item.journey for item in items], fields=["patient_name"], purpose="work list")
    kept = {"scope": scope, "step": step}
    return render(
        request,
        page_or_fragment(request, "journeys/work.html", "list"),
        {
            "rows": [row_of(item, actor, now=now) for item in items],
            "page": page,
            "now": now,
            "counts": found,
            "sentence": _sentence(found),
            "tabs": _tabs(found, scope, step),
            "scope": scope,
            "step": step,
            "page_query": urlencode({name: value for name, value in kept.items() if value}) + "&",
            "here": request.get_full_path(),
            "refresh_url": request.get_full_path(),
            "stream_url": f"{reverse('live_work')}?{urlencode({'seen': found.mark})}",
        },
    )


def _sentence(found: WorkCounts) -> str:
    total = found.scopes["all"]
    if not total:
        return _("Nothing waits for your organization.")
    words = ngettext(
        "{total} next action is with your organization.",
        "{total} next actions are with your organization.",
        total,
    ).format(total=total)
    if found.late:
        words += " " + ngettext("{late} is late.", "{late} are late.", found.late).format(
            late=found.late
        )
    return words


def _tabs(found: WorkCounts, scope: str, step: str) -> list[dict[str, Any]]:
    labels = {"all": _("All"), "mine": _("Mine"), "unclaimed": _("Unclaimed")}
    keep = {"step": step} if step else {}
    return [
        {
            "label": labels[each],
            "url": f"{reverse('work')}?{urlencode({'scope': each, **keep})}",
            "current": each == scope,
            "count": found.scopes[each],
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
