"""The page on which a person settles what partners say differently."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain.queries import journeys as queries
from journeys.domain.reading import one
from journeys.domain.settling import settle
from journeys.forms.settle import SettleForm
from journeys.rules import Refused, may_settle
from journeys.views import presenting


@requires(Permission.CONFLICTS_SETTLE)
@require_http_methods(["GET", "POST"])
def settle_conflicts(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Every open disagreement of the journey that the actor's organization settles."""
    journey = get_visible_or_404(one(), pk=journey_id)
    actor = current_actor()
    story = queries.story_of(journey, actor, now=timezone.now())
    mine = {
        each.key
        for each in story.state.conflicts
        if may_settle(actor, story.state, each, roles=story.roles)
    }
    posted = request.POST if request.method == "POST" else None
    if not mine and not posted:
        if any(each.open for each in story.state.conflicts):
            raise PermissionDenied
        messages.info(request, _("Partners do not disagree about anything here."))
        return redirect("journey", journey_id)
    entries = [entry for entry in presenting.entries(story) if entry.columns and entry.key in mine]
    forms = [
        SettleForm(posted if posted and posted.get("conflict") == entry.key else None, entry=entry)
        for entry in entries
    ]
    sent = next((form for form in forms if form.is_bound), None)
    if posted is not None:
        if sent is None:
            messages.warning(request, _("This was settled already; the story tells how."))
            return redirect("journey", journey_id)
        if sent.is_valid():
            try:
                told = sent.settlement(weighed=request.POST.getlist("weighed"))
                settle(journey_id, told, by=actor, now=timezone.now())
            except Refused as refused:
                sent.add_error(None, str(refused))
            else:
                messages.success(request, _("Settled. What waited for it goes on."))
                return redirect("journey", journey_id)
    audit.read(journey, fields=["patient_name", "events"], purpose="settling a disagreement")
    return render(
        request,
        "journeys/settle.html",
        {
            "journey": journey,
            "safety_url": presenting.safety_link(journey, current_actor()),
            "forms": forms,
        },
        status=422 if sent is not None else 200,
    )
