"""What went to partners and how it stands, and what came back unusable."""

from typing import Any
from uuid import UUID

from django.contrib import messages
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
from journeys.domain import inbound, replaying
from journeys.domain.queries import exchange as queries
from journeys.domain.queries.quiet import quiet_partners
from journeys.models import DeliveryAttempt, InboundReport
from journeys.views.fragments import page_or_fragment

PAGE_SIZE = 50


@requires(Permission.EXCHANGE_VIEW)
@require_GET
def exchange(request: HttpRequest) -> HttpResponse:
    """Deliveries, newest first; who is not confirming; reports that need a person."""
    actor = current_actor()
    which = "open" if request.GET.get("show") == "open" else "all"
    with queries.seen_by(actor):
        totals = queries.totals(actor)
        listed = queries.deliveries(actor)
        paginator = Paginator(
            queries.not_confirmed(listed) if which == "open" else listed, PAGE_SIZE
        )
        paginator.count = totals[which]
        page = paginator.get_page(request.GET.get("page"))
        found = list(page.object_list)
        if not actor.is_operator:
            audit.read_many(
                [each.journey for each in found], fields=["patient_name"], purpose="exchange"
            )
        quiet = quiet_partners(actor)
        context = {
            "rows": queries.rows_of(found, actor),
            "page": page,
            "page_query": "show=open&" if which == "open" else "",
            "tabs": _tabs(totals, which),
            "which": which,
            "quiet": quiet,
            "unusable": queries.unusable_reports(actor),
            "may_replay": actor.may(Permission.EXCHANGE_REPLAY),
            "sentence": _sentence(sum(each.queued for each in quiet), totals["stopped"]),
            "now": timezone.now(),
        }
    return render(request, page_or_fragment(request, "journeys/exchange.html", "list"), context)


def _tabs(totals: dict[str, int], which: str) -> list[dict[str, Any]]:
    page = reverse("exchange")
    return [
        {
            "label": _("All"),
            "url": page,
            "current": which == "all",
            "count": totals["all"],
        },
        {
            "label": _("Not confirmed"),
            "url": f"{page}?show=open",
            "current": which == "open",
            "count": totals["open"],
        },
    ]


def _sentence(queued: int, stopped: int) -> str:
    waits = ngettext(
        "{queued} packet waits for a partner that does not confirm.",
        "{queued} packets wait for a partner that does not confirm.",
        queued,
    ).format(queued=queued)
    lies = ngettext(
        "{stopped} delivery stopped; somebody has to look at it.",
        "{stopped} deliveries stopped; somebody has to look at them.",
        stopped,
    ).format(stopped=stopped)
    said = [words for count, words in ((queued, waits), (stopped, lies)) if count]
    return " ".join(said) or _("Every partner takes what is sent to it.")


@requires(Permission.EXCHANGE_VIEW)
@require_GET
def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """One delivery with every attempt."""
    actor = current_actor()
    with queries.seen_by(actor):
        found = get_visible_or_404(queries.deliveries(actor), pk=delivery_id)
        if not actor.is_operator:
            audit.read(found.journey, fields=["patient_name"], purpose="exchange")
        context = {
            "row": queries.rows_of([found], actor)[0],
            "attempts": list(DeliveryAttempt.objects.filter(delivery=found).order_by("-number")),
            "delivery": found,
            "shows_packet": queries.packets(actor).filter(pk=found.pk).exists(),
            "now": timezone.now(),
        }
        return render(request, "journeys/exchange_delivery.html", context)


@requires(Permission.EXCHANGE_REPLAY)
@require_POST
def as_packet(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Hand a delivery that does not go through over as a PDF packet."""
    actor = current_actor()
    with queries.seen_by(actor):
        found = get_visible_or_404(queries.deliveries(actor), pk=delivery_id)
        try:
            replaying.send_as_packet(found, by=actor, now=timezone.now())
        except replaying.NotReplayable as why:
            messages.warning(request, str(why))
        else:
            messages.success(request, _("It goes as a PDF packet, which they download here."))
    return redirect("exchange_delivery", delivery_id)


@requires(Permission.EXCHANGE_REPLAY)
@require_POST
def replay(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send a stopped delivery again."""
    actor = current_actor()
    with queries.seen_by(actor):
        found = get_visible_or_404(queries.deliveries(actor), pk=delivery_id)
        try:
            replaying.replay_delivery(found, by=actor, now=timezone.now())
        except replaying.NotReplayable as why:
            messages.warning(request, str(why))
        else:
            messages.success(request, _("It is on its way again."))
    return redirect("exchange_delivery", delivery_id)


@requires(Permission.EXCHANGE_REPLAY)
@require_POST
def replay_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Try a partner's report again, once what stood in its way is put right."""
    with queries.seen_by(current_actor()):
        found = get_visible_or_404(InboundReport.objects.all(), pk=report_id)
        try:
            inbound.replay(found)
        except inbound.NotReplayable:
            messages.warning(request, _("This report has been dealt with already."))
        else:
            messages.success(request, _("The report is tried again now."))
    return redirect(safe_next(request, default=reverse("exchange")))
