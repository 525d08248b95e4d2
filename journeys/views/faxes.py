"""The hub's fax inbox: what waits to be sorted, and who has it."""

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
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.forms.problems import first_problem
from accounts.requests import closed
from accounts.tenancy import current_actor
from journeys.domain import faxes
from journeys.domain.attaching import Unreadable, paper_of
from journeys.domain.owning import NoReason
from journeys.domain.queries import faxes as queries
from journeys.domain.queries.work import counts
from journeys.domain.queries.worklists import colleagues
from journeys.domain.work import AlreadyTaken
from journeys.forms.faxes import FaxForm, GiveFaxForm
from journeys.models import Fax, FaxPage
from journeys.rules import Refused, may_give_cases
from journeys.views.fragments import page_or_fragment

PAGE_SIZE = 50


@requires(Permission.INTAKE_REVIEW)
@require_GET
def fax_list(request: HttpRequest) -> HttpResponse:
    """Faxes that wait to be sorted, urgent ones first, then by due time; or those that are done."""
    now, actor = timezone.now(), current_actor()
    done = request.GET.get("show") == "done"
    count, _late = queries.waiting(now=now)
    mark = queries.mark_with(counts(actor, now=now, scopes=()).mark)
    paginator = Paginator(queries.done_faxes() if done else queries.open_faxes(), PAGE_SIZE)
    if not done:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    sentence = ngettext(
        "{count} fax waits to be sorted.", "{count} faxes wait to be sorted.", count
    )
    tabs = [
        {"label": _("To sort"), "url": reverse("faxes"), "current": not done, "count": count},
        {"label": _("Done"), "url": f"{reverse('faxes')}?show=done", "current": done},
    ]
    context = {
        "rows": queries.rows_of(list(page.object_list), actor),
        "page": page,
        "page_query": "show=done&" if done else "",
        "tabs": tabs,
        "done": done,
        "now": now,
        "refresh_url": request.get_full_path(),
        "stream_url": f"{reverse('live_intake')}?{urlencode({'seen': mark})}",
        "sentence": sentence.format(count=count) if count else _("No fax waits to be sorted."),
    }
    return render(request, page_or_fragment(request, "journeys/faxes.html", "list"), context)


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Keep a fax as it came."""
    now = timezone.now()
    form = FaxForm(request.POST or None, request.FILES or None, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            paper = paper_of(form.cleaned_data["file"], token="")
            fax = faxes.keep_fax(paper, form.arrival(), by=current_actor(), now=now)
        except (Unreadable, Refused) as refused:
            form.add_error("received_at" if isinstance(refused, Refused) else "file", str(refused))
        except faxes.CameBefore as before:
            messages.info(request, _("This very fax is here already."))
            return redirect("fax", before.fax.pk)
        else:
            return redirect("fax", fax.pk)
    status = 422 if form.errors else 200
    return render(request, "journeys/fax_add.html", {"form": form}, status=status)


@requires(Permission.INTAKE_REVIEW)
@require_GET
def picture(request: HttpRequest, fax_page_id: UUID) -> HttpResponse:
    """One page, which we drew."""
    row = get_visible_or_404(FaxPage.objects, pk=fax_page_id)
    audit.read(row, fields=["picture"], purpose="look at a fax")
    return closed(HttpResponse(bytes(row.picture), content_type="image/jpeg"), "inline")


def _there(fax_id: UUID) -> Any:
    return get_visible_or_404(Fax.objects.only("id"), pk=fax_id)


def _told(request: HttpRequest, taken: AlreadyTaken) -> None:
    words = _("{who} has this fax.") if taken.by else _("This fax is not waiting any more.")
    messages.warning(request, words.format(who=taken.by))


@requires(Permission.INTAKE_REVIEW)
@require_POST
def claim(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Take a fax; of two who try at once, one is told the other's name."""
    _there(fax_id)
    try:
        faxes.claim_fax(fax_id, by=current_actor(), now=timezone.now())
    except AlreadyTaken as taken:
        _told(request, taken)
    return redirect("fax", fax_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def release(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Give a fax back for somebody else to take."""
    _there(fax_id)
    try:
        faxes.release_fax(fax_id, by=current_actor())
    except AlreadyTaken as taken:
        _told(request, taken)
    else:
        messages.success(request, _("The fax is for anyone again."))
    return redirect("faxes")


@requires(Permission.INTAKE_REVIEW)
@require_POST
def take_over(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Take a fax that a colleague has, saying why."""
    _there(fax_id)
    reason = request.POST.get("reason", "")
    try:
        faxes.take_over_fax(fax_id, reason=reason, by=current_actor(), now=timezone.now())
    except NoReason:
        messages.warning(request, _("Say why you take it over."))
    else:
        messages.success(request, _("You have this fax now."))
    return redirect("fax", fax_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def give(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Give a fax to a colleague, saying why: a supervisor's."""
    _there(fax_id)
    actor = current_actor()
    if not may_give_cases(actor):
        raise PermissionDenied
    known = colleagues()
    form = GiveFaxForm(request.POST, colleagues=known)
    if not form.is_valid():
        messages.warning(request, first_problem(form))
        return redirect("fax", fax_id)
    to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
    try:
        faxes.give_fax(fax_id, to=to, reason=reason, by=actor, now=timezone.now())
    except AlreadyTaken as taken:
        _told(request, taken)
    else:
        messages.success(request, _("Given to {to}.").format(to=dict(known)[str(to)]))
    return redirect("faxes")
