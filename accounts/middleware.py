"""Who is acting, how long a session lasts, and the headers that every answer carries."""

import re
import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.access import ask_to_authenticate, ask_to_sign_in, is_passive
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.core.sessions import ends_at
from accounts.domain import sessions
from accounts.domain.sign_in import remember
from accounts.identity import known_of, person_of
from accounts.models import Membership, User

Next = Callable[[HttpRequest], HttpResponseBase]

# How exact the idle clock is; it spares a session write on each page.
IDLE_STEP_SECONDS = 30
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# What opens while the screen is in somebody else's hands: proving who one is, and the way out.
TAKE_BACK = ("account_reauthenticate", "mfa_reauthenticate", "account_logout", "sign_out")
# What somebody without a second factor may open: its set-up, and the way out.
SET_UP = ("mfa_", "account_reauthenticate", "account_logout", "sign_out", "still_here")


def security_headers(get_response: Next) -> Next:
    """Headers that Django has no setting for, on every answer, errors included.

    The outermost middleware: it also gives the request the id that logs and the audit carry.
    An id that a proxy sent is kept when it is harmless to write down.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not REQUEST_ID.fullmatch(request.META.get("HTTP_X_REQUEST_ID", "")):
            request.META["HTTP_X_REQUEST_ID"] = str(uuid.uuid4())
        response = get_response(request)
        response.headers["X-Request-Id"] = request.META["HTTP_X_REQUEST_ID"]
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        )
        if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class Authentication(AuthenticationMiddleware):
    """Django's, with the person that the session was read with."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(person_of, request))  # type: ignore[assignment]  # as Django does


def session_limits(get_response: Next, *, clock: Callable[[], float] = time.time) -> Next:
    """Sign out after 15 idle minutes, and 12 hours after signing in whatever happens."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return get_response(request)
        now = clock()
        session = request.session
        seen_at = session.get("seen_at", now)
        signed_in_at = session.setdefault("signed_in_at", now)
        if now > ends_at(seen_at=seen_at, signed_in_at=signed_in_at, limits=sessions.limits()):
            remember("signed_out", user=request.user, how="too long without activity")
            logout(request)
            return ask_to_sign_in(request)
        is_due = "seen_at" not in session or now - seen_at > IDLE_STEP_SECONDS
        if is_due and not is_passive(request):
            session["seen_at"] = now
        return _with_new_key_after_proof(request, get_response)

    return middleware


def _with_new_key_after_proof(request: HttpRequest, get_response: Next) -> HttpResponseBase:
    """Proving again who one is gives the session a new key, as signing in does."""
    proofs = len(get_authentication_records(request, request.user))
    key = request.session.session_key
    response = get_response(request)
    proved = len(get_authentication_records(request, request.user)) > proofs
    if proved and request.session.session_key == key:
        sessions.rotate(request.session)
    return response


def actor(get_response: Next) -> Next:
    """Resolve the person's organization and roles anew for each request.

    A membership that was ended, or a role taken away, counts from the next request on.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            request.actor = None  # type: ignore[attr-defined]  # read through access.actor_of
            return get_response(request)
        user = request.user
        memberships = _memberships(request, user)
        chosen = request.session.get(sessions.ORGANIZATION)
        membership = next(
            (m for m in memberships if str(m.organization_id) == chosen),
            memberships[0] if memberships else None,
        )
        zone = None
        if membership:
            sessions.note_privileges(request.session, membership)
            zone = membership.organization.time_zone
        request.memberships = memberships  # type: ignore[attr-defined]  # read by the shell
        request.membership = membership  # type: ignore[attr-defined]  # read by the shell
        request.actor = _actor(user, membership)  # type: ignore[attr-defined]  # read by access
        with timezone.override(zone):
            return get_response(request)

    return middleware


def _memberships(request: HttpRequest, user: User) -> Sequence[Membership]:
    known = known_of(request.session, user)
    if known:
        return known.memberships
    return list(
        Membership.objects.select_related("organization")
        .filter(user=user, active=True, organization__active=True)
        .order_by("organization__name")
    )


def _actor(user: User, membership: Membership | None) -> Actor:
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    if membership is None:
        return Actor(
            user_id=user.id,
            organization_id=None,
            organization_kind=None,
            roles=frozenset(),
            name=user.name,
            request_id=request_id,
        )
    return Actor(
        user_id=user.id,
        organization_id=membership.organization_id,
        organization_kind=OrganizationKind(membership.organization.kind),
        roles=frozenset(Role(role) for role in membership.roles),
        name=user.name,
        request_id=request_id,
    )


def handed_over(get_response: Next) -> Next:
    """While a patient has the office's screen, nothing but their own pages opens on it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return get_response(request)
        proofs = get_authentication_records(request, request.user)
        proved_at = float(proofs[-1]["at"]) if proofs else 0.0
        path = sessions.handed_over_to(request.session, proved_at=proved_at)
        if not path or request.path.startswith(path) or _is_named(request, TAKE_BACK):
            return get_response(request)
        if is_passive(request):
            return ask_to_sign_in(request)
        return ask_to_authenticate(request)

    return middleware


def _is_named(request: HttpRequest, names: tuple[str, ...]) -> bool:
    try:
        name = resolve(request.path_info).url_name or ""
    except Resolver404:
        return False
    return name.startswith(names)


def mfa_required(get_response: Next) -> Next:
    """Outside development, somebody without a second factor reaches only its set-up page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _lacks_second_factor(request) and not _is_named(request, SET_UP):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.MFA_REQUIRED or not request.user.is_authenticated:
        return False
    known = known_of(request.session, request.user)
    if known:
        return not known.second_factor
    from allauth.mfa.utils import is_mfa_enabled

    return not is_mfa_enabled(request.user)
