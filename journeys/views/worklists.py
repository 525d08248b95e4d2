"""The work list as a whole: give rows away, keep its filters, take it as a file."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import (
    get_visible_or_404,
    needs_recent_authentication,
    requires,
    safe_next,
)
from accounts.core.permissions import Permission
from accounts.core.spreadsheet import csv_of
from accounts.forms.problems import first_problem
from accounts.limits import limited
from accounts.templatetags.times import when
from accounts.tenancy import current_actor
from journeys.core.payers import PAYER_CLASSES
from journeys.core.sentences import PHASE_WORDS
from journeys.domain import work
from journeys.domain.queries.work import filtered, row_of
from journeys.domain.queries.worklists import colleagues, filters_of, narrowed
from journeys.domain.saving_views import TooManyViews, forget_view, save_view
from journeys.forms.work import AssignForm, SaveViewForm
from journeys.models import SavedView

HEAD = ("Due", "Patient", "Journey", "Program", "Payer", "Next action", "Step", "State", "Who")
MOST_EXPORTED = 5_000


@requires(Permission.WORK_VIEW)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the picked rows to a colleague, or back to everyone."""
    actor = current_actor()
    known = colleagues()
    form = AssignForm(request.POST, colleagues=known)
    back = redirect(safe_next(request, default=reverse("work")))
    if not form.is_valid():
        messages.warning(request, first_problem(form))
        return back
    picked = form.cleaned_data["item"]
    given = work.assign(picked, to=form.receiver(), by=actor, now=timezone.now())
    to, count = dict(known).get(form.cleaned_data["to"]), len(given)
    words = ngettext("{count} is for anyone again.", "{count} are for anyone again.", count)
    if to:
        words = _("{count} given to {to}.")
    if count < len(picked):
        words += " " + _("The rest was no longer open.")
    messages.success(request, words.format(count=count, to=to))
    return back


@requires(Permission.WORK_VIEW)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name."""
    filters = filters_of(request.POST)
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["name"][0]))
    else:
        try:
            save_view(form.cleaned_data["name"], filters, by=current_actor())
        except TooManyViews:
            messages.warning(request, _("You have as many views as fit here. Remove one first."))
    return redirect(safe_next(request, default=reverse("work")))


@requires(Permission.WORK_VIEW)
@require_POST
def forget(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Take one of one's own views away."""
    actor = current_actor()
    mine = SavedView.objects.filter(user_id=actor.user_id)
    forget_view(get_visible_or_404(mine, pk=view_id).pk, by=actor)
    return redirect(safe_next(request, default=reverse("work")))


@requires(Permission.WORK_VIEW)
@needs_recent_authentication
@require_safe
@limited("export")
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, as a file; the most pressing rows when there are very many."""
    now, actor = timezone.now(), current_actor()
    filters = filters_of(request.GET)
    found = narrowed(filtered(actor, scope=filters.scope), filters, now=now)
    items = list(found[:MOST_EXPORTED])
    audit.happened("exported", purpose="the work list as CSV")
    audit.read_many([item.journey for item in items], fields=["patient_name"], purpose="export")
    rows = [(row_of(item, actor, now=now), item.journey.payer_class) for item in items]
    text = csv_of(
        HEAD,
        [
            (
                *(when(row.due_at), row.patient, row.number, row.program),
                *(PAYER_CLASSES.get(payer, ""), row.action, row.step, PHASE_WORDS[row.phase]),
                row.claimed_by,
            )
            for row, payer in rows
        ],
    )
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="work-{now:%Y-%m-%d}.csv"'},
    )
