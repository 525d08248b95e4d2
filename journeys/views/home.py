"""The address without a path: each person's first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import actor_of, signed_in
from accounts.core.permissions import Permission

# The first page whose permission a person has is where their day begins.
FIRST_PAGES = (
    (Permission.WORK_VIEW, "work"),
    (Permission.FUNNEL_VIEW, "programs"),
    (Permission.EXCHANGE_VIEW, "exchange"),
    (Permission.SAFETY_VIEW, "safety"),
    (Permission.PROGRAMS_VIEW, "programs"),
    (Permission.MEMBERS_MANAGE, "members"),
)


@signed_in(reason="everybody has a first page; it only leads there")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """On to the page that the person's roles begin their day with."""
    actor = actor_of(request)
    if actor is None or actor.organization_id is None:
        return render(request, "accounts/no_organization.html", status=403)
    name = next((name for permission, name in FIRST_PAGES if actor.may(permission)), None)
    if name is None:
        return render(request, "accounts/no_organization.html", status=403)
    return redirect(name)
