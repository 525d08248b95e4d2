"""Every URL declares who may open it, with one of the decorators here.

A guard test walks the URL table and refuses a view that declares nothing.
"""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.ids import read_id
from accounts.core.permissions import Permission
from accounts.tenancy import acting_as

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model)
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
AsyncView = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponseBase]]


# Requests that a page makes by itself: they must not keep a session alive.
PASSIVE_PATHS = ("/live/",)
PASSIVE_HEADER = "X-Passive"
# Fields that no page repeats.
TYPED_ANEW = ("password", "oldpassword", "code")


class Declared(Protocol):
    access: str


def _declare(view: F, access: str) -> F:
    cast(Declared, view).access = access
    return view


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor that the middleware resolved for this request, if anyone is signed in."""
    return cast(Actor | None, getattr(request, "actor", None))


def is_passive(request: HttpRequest) -> bool:
    """Whether the page asked by itself: a live stream, or a part re-read because of one."""
    return request.path.startswith(PASSIVE_PATHS) or PASSIVE_HEADER in request.headers


def safe_next(request: HttpRequest, *, default: str = "/") -> str:
    """Where the request asks to go on to, if that is a page of ours."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default


def page_of(request: HttpRequest) -> str:
    """The page that a person is on: the one asked for, or for a post the one it came from."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """After signing in people land on the page they left; a script is told with 401 instead."""
    by_script = request.headers.get("HX-Request") or "json" in request.headers.get("Accept", "")
    if by_script or is_passive(request):
        return HttpResponse("Sign in first.", status=401, content_type="text/plain")
    if request.method == "POST" and may_be_sent_again(request):
        return keep_form(request, status=401)
    return redirect_to_login(page_of(request))


def may_be_sent_again(request: HttpRequest) -> bool:
    """Whether a form came from a page of ours and holds nothing that is to be typed anew."""
    ours = urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
    return ours and not any(name.startswith(TYPED_ANEW) for name in request.POST)


def filled_in(request: HttpRequest) -> list[tuple[str, str]]:
    """What was filled into the form that came, in its order, without its token."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]


def keep_form(request: HttpRequest, *, status: int) -> HttpResponse:
    """Give a form back that came without its session, to be sent again after signing in."""
    context = {
        "fields": filled_in(request),
        "action": request.get_full_path(),
        "is_in": request.user.is_authenticated,
        "files": bool(request.FILES),
    }
    return render(request, "accounts/send_again.html", context, status=status)


def recently_authenticated(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last minutes, by whatever means."""
    records = get_authentication_records(request, request.user)
    if not records:
        return False
    age = timezone.now().timestamp() - float(records[-1]["at"])
    return age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_to_authenticate(request: HttpRequest) -> HttpResponseBase:
    """Send the person to prove who they are; they come back to the page they were on."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        return redirect_to_login(page_of(request))
    return redirect_to_login(page_of(request), login_url=ways[0]["url"])


def needs_recent_authentication(view: View[P]) -> View[P]:
    """Below `requires`, before signing and exporting: who acts has just proved who they are."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not recently_authenticated(request):
            return ask_to_authenticate(request)
        return view(request, *args, **kwargs)

    return cast(View[P], guarded)


def refuse(request: HttpRequest, actor: Actor, permission: str) -> HttpResponse:
    """Answer 403, and keep in the audit that it was tried."""
    with acting_as(actor):
        audit.happened("refused", purpose=f"{permission} {request.method}")
    return render(request, "403.html", {"permission": permission}, status=403)


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Only an actor whose roles grant the permission; the view runs in their tenancy.

    The whole view is one transaction: it is undone when the view raises.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return ask_to_sign_in(request)
            if actor.organization_id is None:
                return render(request, "accounts/no_organization.html", status=403)
            if not actor.may(permission):
                return refuse(request, actor, permission.value)
            try:
                with acting_as(actor):
                    return view(request, *args, **kwargs)
            except PermissionDenied:
                return refuse(request, actor, permission.value)

        return _declare(cast(View[P], guarded), permission.value)

    return decorate


def requires_async(permission: Permission) -> Callable[[AsyncView[P]], AsyncView[P]]:
    """As `requires`, for a live stream: no transaction stays open while it flows."""

    def decorate(view: AsyncView[P]) -> AsyncView[P]:
        @functools.wraps(view)
        async def guarded(
            request: HttpRequest, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None or actor.organization_id is None:
                return HttpResponse("Sign in first.", status=401, content_type="text/plain")
            if not actor.may(permission):
                return await sync_to_async(refuse)(request, actor, permission.value)
            return await view(request, *args, **kwargs)

        return _declare(cast(AsyncView[P], guarded), permission.value)

    return decorate


def signed_in(*, reason: str) -> Callable[[View[P]], View[P]]:
    """Anyone signed in, whatever their role; the reason is for whoever reads the code."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if actor_of(request) is None:
                return ask_to_sign_in(request)
            return view(request, *args, **kwargs)

        return _declare(cast(View[P], guarded), f"signed in: {reason}")

    return decorate


def public(*, reason: str) -> Callable[[F], F]:
    """Open to anyone, or guarded by something other than a person's sign-in, as the reason says."""

    def decorate(view: F) -> F:
        return _declare(view, f"public: {reason}")

    return decorate


def get_visible_or_404(queryset: models.QuerySet[M], **lookup: Any) -> M:
    """The one row, or 404: a row of another organization and one that never was look alike."""
    try:
        return queryset.get(**lookup)
    except ObjectDoesNotExist:
        raise Http404 from None


def posted_token(request: HttpRequest) -> UUID:
    """What makes a second click the same act; PermissionDenied where no page of ours made it."""
    token = read_id(request.POST.get("token", ""))
    if token is None:
        raise PermissionDenied
    return token
