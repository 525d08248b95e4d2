"""The session: how long it lasts, for whom one acts, where one is signed in, signing out."""

import time
from typing import Any, cast

from allauth.account import views as allauth_account
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import actor_of, public, safe_next, signed_in
from accounts.core.sessions import ends_at
from accounts.domain import sessions
from accounts.domain.queries.sessions import living_sessions
from accounts.domain.sign_in import remember
from accounts.models import Membership, User
from accounts.tenancy import every_tenant


def idle_data(request: HttpRequest) -> dict[str, Any]:
    """What the page's countdown needs, in seconds: `expires_at` (epoch) and `seconds`."""
    now = time.time()
    ends = ends_at(
        seen_at=request.session.get("seen_at", now),
        signed_in_at=request.session.get("signed_in_at", now),
        limits=sessions.limits(),
    )
    return {
        "expires_at": int(ends),
        "seconds": max(0, int(ends - now)),
    }


@signed_in(reason="whoever is at the screen may say so")
@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Start the idle time anew; answers when the session ends now."""
    request.session["seen_at"] = time.time()
    return JsonResponse({"expires_at": idle_data(request)["expires_at"]})


@signed_in(reason="everybody chooses among their own organizations")
@require_POST
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Act for another organization that one is a member of; the session gets a new key."""
    memberships: list[Membership] = getattr(request, "memberships", [])
    chosen = request.POST.get("organization", "")
    membership = next((m for m in memberships if str(m.organization_id) == chosen), None)
    if membership is None:
        raise Http404
    sessions.act_for(request.session, membership)
    with every_tenant(reason="one comes from another organization", actor=actor_of(request)):
        audit.happened("organization_switched", organization_id=membership.organization_id)
    messages.success(
        request, _("You now work for {name}.").format(name=membership.organization.name)
    )
    return HttpResponseRedirect(safe_next(request))


@public(reason="anyone may leave; a stranger is sent to the sign-in page")
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """allauth's page; signing out ends the session on the server and empties the browser."""
    user = request.user
    response: HttpResponseBase = allauth_account.logout(request)
    if request.method == "POST" and user.is_authenticated:
        remember("signed_out", user=user)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in(reason="everybody sees their own sessions")
@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    found = living_sessions(cast(User, request.user).id, now=time.time())
    current = request.session.session_key
    context = {"sessions": found, "current": current, "others": len(found) - 1}
    return render(request, "accounts/sessions.html", context)


@signed_in(reason="everybody ends their own sessions")
@require_POST
def end_own_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out one other device, or without naming one every other."""
    chosen = request.POST.get("session", "")
    user_id = cast(User, request.user).id
    only = int(chosen) if chosen.isdecimal() else None
    ended = sessions.end_all(user_id, only=only, but=request.session.session_key)
    words = ngettext("{count} device was signed out.", "{count} devices were signed out.", ended)
    messages.success(request, words.format(count=ended))
    return redirect("sessions")
