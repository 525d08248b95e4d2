"""The maps of partners' status codes: look, try, preview, and say what a code means."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.domain import mapping
from journeys.domain.queries import maps as queries
from journeys.domain.queries import reports
from journeys.forms.codes import EVERY, MeaningForm, TryForm


@requires(Permission.STATUS_MAPS_EDIT)
@require_GET
def map_list(request: HttpRequest) -> HttpResponse:
    """Whose codes there are to explain, and the codes that need no explaining."""
    actor = current_actor()
    context = {"partners": queries.partners(actor), "defaults": queries.defaults()}
    return render(request, "journeys/maps.html", context)


@requires(Permission.STATUS_MAPS_EDIT)
@require_http_methods(["GET", "POST"])
def status_map(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """One partner's map: its lines, what waits for one, and a line to try, preview and add."""
    actor, now = current_actor(), timezone.now()
    partner = _partner(actor, partner_id)
    programs = queries.programs_of(actor, partner)
    posted = request.POST if request.method == "POST" else None
    wants = request.POST.get("do", "")
    everywhere = queries.may_explain_everywhere(actor, partner)
    form = MeaningForm(
        posted if wants in ("preview", "save") else None,
        meanings=queries.meanings(queries.graphs_of(programs)),
        programs=programs,
        everywhere=everywhere,
        initial={"program": EVERY} if everywhere else None,
    )
    rows = TryForm(posted)
    line = form.line() if form.is_bound and form.is_valid() else None
    with reports.seen_by(actor):
        if line and wants == "save":
            explained = mapping.teach(partner, line, by=actor, now=now)
            words = ngettext(
                "Noted. {count} report that waited for it is applied now.",
                "Noted. {count} reports that waited for it are applied now.",
                len(explained),
            )
            messages.success(request, words.format(count=len(explained)))
            return redirect("status_map", partner_id)
        program = line.program if line else None
        typed = rows.codes() if rows.is_valid() else []
        tested = [*([(line.code, line.sub_code)] if line else []), *typed]
        context = {
            "partner": partner,
            "form": form,
            "try": rows,
            "rows": queries.rows(partner),
            "unexplained": queries.unexplained(partner),
            "preview": line,
            "tried": queries.try_codes(partner, tested, program=program, new=line, now=now),
            "would_map": reports.rows_of(mapping.waiting_for(partner, line)) if line else [],
        }
    return render(request, "journeys/map.html", context, status=422 if form.errors else 200)


def _partner(actor: Actor, partner_id: UUID) -> Organization:
    for partner, _waiting in queries.partners(actor):
        if partner.pk == partner_id:
            return partner
    raise Http404(_("No such partner."))
