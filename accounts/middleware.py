"""Who is acting, how long a session lasts, and the headers that every answer carries."""

import time
import uuid
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.models import Membership, User

Next = Callable[[HttpRequest], HttpResponseBase]

# Requests that a page makes by itself: they must not keep a session alive.
PASSIVE_PATHS = ("/live/",)
# How exact the idle clock is; it spares a session write on each page.
IDLE_STEP_SECONDS = 30


def security_headers(get_response: Next) -> Next:
    """Headers that Django has no setting for, on every answer, errors included."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        )
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return middleware


def session_limits(get_response: Next) -> Next:
    """Sign out after 15 idle minutes, and 12 hours after signing in whatever happens."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = time.time()
            seen_at = request.session.get("seen_at", now)
            signed_in_at = request.session.setdefault("signed_in_at", now)
            too_old = now - signed_in_at > settings.SESSION_COOKIE_AGE
            if now - seen_at > settings.IDLE_SECONDS or too_old:
                logout(request)
                return _ask_to_sign_in(request)
            passive = request.path.startswith(PASSIVE_PATHS)
            if not passive and (
                "seen_at" not in request.session or now - seen_at > IDLE_STEP_SECONDS
            ):
                request.session["seen_at"] = now
        return get_response(request)

    return middleware


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """After sign-in people land on the page they left; a script is told with 401 instead."""
    if request.headers.get("HX-Request") or request.path.startswith(PASSIVE_PATHS):
        return HttpResponse(
            "You were signed out after 15 idle minutes. What you typed is still on this page.",
            status=401,
            content_type="text/plain",
        )
    back = request.get_full_path() if request.method == "GET" else request.path
    return redirect_to_login(back)


def actor(get_response: Next) -> Next:
    """Resolve the person's organization and roles anew for each request.

    A membership that was ended, or a role taken away, counts from the next request on.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            request.actor = None  # type: ignore[attr-defined]  # read through access.actor_of
            return get_response(request)
        user = cast(User, request.user)
        memberships = list(
            Membership.objects.select_related("organization")
            .filter(user=user, active=True, organization__active=True)
            .order_by("organization__name")
        )
        chosen = request.session.get("organization_id")
        membership = next(
            (m for m in memberships if str(m.organization_id) == chosen),
            memberships[0] if memberships else None,
        )
        request.memberships = memberships  # type: ignore[attr-defined]  # read by the shell
        request.membership = membership  # type: ignore[attr-defined]  # read by the shell
        request.actor = Actor(  # type: ignore[attr-defined]  # read through access.actor_of
            user_id=user.id,
            organization_id=membership.organization_id if membership else None,
            organization_kind=OrganizationKind(membership.organization.kind)
            if membership
            else None,
            roles=frozenset(Role(role) for role in membership.roles) if membership else frozenset(),
            name=user.name,
            request_id=request.headers.get("X-Request-Id", "") or str(uuid.uuid4()),
        )
        return get_response(request)

    return middleware


def mfa_required(get_response: Next) -> Next:
    """Outside development, somebody without a second factor reaches only its set-up page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.MFA_REQUIRED and request.user.is_authenticated:
            from allauth.mfa.utils import is_mfa_enabled

            open_paths = (
                reverse("mfa_index"),
                reverse("account_logout"),
                "/account/",
                "/static/",
            )
            if not request.path.startswith(open_paths) and not is_mfa_enabled(request.user):
                return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware
