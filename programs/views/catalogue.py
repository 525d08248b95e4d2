"""The programs: for a practice to enroll in, for a manufacturer its own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission
from accounts.tenancy import current_actor
from programs.domain.queries.catalogue import listed


def only_of(actor: Actor) -> UUID | None:
    """The manufacturer whose programs alone an actor sees; None for somebody who sees all."""
    own = actor.organization_kind == OrganizationKind.MANUFACTURER
    return actor.organization_id if own else None


@requires(Permission.PROGRAMS_VIEW)
@require_GET
def program_list(request: HttpRequest) -> HttpResponse:
    """Every program, or a manufacturer's own ones."""
    actor = current_actor()
    own = actor.organization_kind == OrganizationKind.MANUFACTURER
    programs = listed(timezone.localdate(), manufacturer_id=only_of(actor))
    count, may_enroll = len(programs), actor.may(Permission.ENROLLMENTS_EDIT)
    if own:
        words = ngettext("You run {count} program.", "You run {count} programs.", count)
    elif may_enroll:
        words = ngettext(
            "{count} program can be started from here.",
            "{count} programs can be started from here.",
            count,
        )
    else:
        words = ngettext(
            "{count} program takes enrollments.", "{count} programs take enrollments.", count
        )
    return render(
        request,
        "programs/programs.html",
        {
            "programs": programs,
            "own": own,
            "sentence": words.format(count=count) if count else _("There are no programs yet."),
            "may_enroll": may_enroll,
            "may_count": actor.may(Permission.FUNNEL_VIEW),
        },
    )
