"""A hub's cases: who answers for each, who covers, and giving them to somebody else."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

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
from accounts.access import get_visible_or_404, requires, safe_next
from accounts.core.permissions import Permission
from accounts.domain import desks
from accounts.forms.problems import first_problem
from accounts.models import Membership, Organization
from accounts.tenancy import current_actor, current_organization_id
from journeys.domain.owning import give_cases, take_unowned
from journeys.domain.queries import cases as queries
from journeys.domain.reading import one
from journeys.forms.cases import DeskForm, GiveForm
from journeys.models import Journey
from journeys.rules import may_give_cases, may_own
from journeys.views.presenting import safety_link

PAGE_SIZE = 50


def _today(*, now: datetime) -> date:
    """The day at the acting hub."""
    zone: str = Organization.objects.values_list("time_zone", flat=True).get(
        pk=current_organization_id()
    )
    return now.astimezone(ZoneInfo(zone)).date()


@requires(Permission.INTAKE_REVIEW)
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The hub's open cases by who answers for them, and how many each person has."""
    now, actor = timezone.now(), current_actor()
    today = _today(now=now)
    load = queries.load(actor, today=today)
    counts = {"mine": load.mine, "unowned": load.unowned, "all": load.total}
    scope = request.GET.get("show", "")
    scope = scope if scope in queries.SCOPES else ("unowned" if load.unowned else "mine")
    paginator = Paginator(queries.listed(actor, scope=scope, today=today), PAGE_SIZE)
    paginator.count = counts[scope]
    page = paginator.get_page(request.GET.get("page"))
    journeys = list(page.object_list)
    audit.read_many(journeys, fields=["patient_name"], purpose="case list")
    return render(
        request,
        "journeys/cases.html",
        {
            "rows": [queries.row_of(each, now=now) for each in journeys],
            "page": page,
            "page_query": urlencode({"show": scope}) + "&",
            "here": request.get_full_path(),
            "now": now,
            "today": today,
            "desks": load.desks,
            "may_give": may_give_cases(actor),
            "own_id": actor.user_id,
            "give": GiveForm(None, colleagues=_choices(load.desks)),
            "sentence": _sentence(load),
            "tabs": _tabs(counts, scope),
        },
    )


def _choices(found: Any) -> list[tuple[str, str]]:
    return [(str(each.id), each.name) for each in found]


def _sentence(load: queries.Load) -> str:
    words = ngettext(
        "You answer for {count} open case.", "You answer for {count} open cases.", load.mine
    ).format(count=load.mine)
    if load.unowned:
        words += " " + ngettext(
            "{count} has no owner yet.", "{count} have no owner yet.", load.unowned
        ).format(count=load.unowned)
    return words


def _tabs(counts: dict[str, int], scope: str) -> list[dict[str, Any]]:
    labels = {"mine": _("Mine"), "unowned": _("Nobody's yet"), "all": _("Everyone's")}
    return [
        {
            "label": labels[each],
            "url": f"{reverse('cases')}?{urlencode({'show': each})}",
            "current": each == scope,
            "count": counts[each],
        }
        for each in queries.SCOPES
    ]


@requires(Permission.INTAKE_REVIEW)
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Give the picked cases to a colleague, with the reason: a supervisor's."""
    actor = current_actor()
    if not may_give_cases(actor):
        raise PermissionDenied
    known = [(str(each.pk), each.user.name) for each in queries.people()]
    form = GiveForm(request.POST, colleagues=known)
    back = redirect(safe_next(request, default=reverse("cases")))
    if not form.is_valid():
        messages.warning(request, first_problem(form))
        return back
    told = form.cleaned_data
    count = give_cases(told["case"], to=told["to"], reason=told["reason"], by=actor)
    words = ngettext("{count} case given to {to}.", "{count} cases given to {to}.", count)
    messages.success(request, words.format(count=count, to=dict(known)[str(told["to"])]))
    return back


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Who answers for one case: take it while nobody does, or give it away."""
    actor = current_actor()
    journey: Journey = get_visible_or_404(one().select_related("case_owner__user"), pk=journey_id)
    if not may_own(actor, journey):
        raise PermissionDenied
    if request.method == "POST":
        if take_unowned(journey_id, by=actor):
            messages.success(request, _("You have this case now."))
        else:
            messages.info(request, _("Somebody has this case already."))
        return redirect("journey", journey_id)
    audit.read(journey, fields=["patient_name"], purpose="case owner")
    known = [(str(each.pk), each.user.name) for each in queries.people()]
    context = {
        "journey": journey,
        "safety_url": safety_link(journey, current_actor()),
        "holder": journey.case_owner.user.name if journey.case_owner else "",
        "may_give": may_give_cases(actor),
        "give": GiveForm(None, colleagues=known),
        "here": reverse("journey", args=[journey_id]),
    }
    return render(request, "journeys/case_owner.html", context)


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, colleague_id: UUID) -> HttpResponse:
    """How one person is reached and who covers: one's own, and a supervisor's of everybody."""
    actor, colleagues = current_actor(), queries.people()
    mine = Membership.objects.filter(organization_id=current_organization_id(), active=True)
    row = get_visible_or_404(mine.select_related("user", "organization"), pk=colleague_id)
    supervises = may_give_cases(actor)
    if row.user_id != actor.user_id and not supervises:
        raise PermissionDenied
    given = request.POST if request.method == "POST" else None
    form = DeskForm(given, of=row, colleagues=colleagues, for_hub=supervises)
    if form.is_valid():
        desks.set_desk(row, form.desk(), by=actor)
        if supervises:
            desks.set_after_hours(form.cleaned_data["after_hours"], by=actor)
        messages.success(request, _("Kept. Everyone on these cases sees it now."))
        return redirect("cases")
    context = {"form": form, "row": row}
    return render(request, "journeys/case_desk.html", context, status=422 if form.errors else 200)
