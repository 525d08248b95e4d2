"""Every URL declares who may open it, with one of the decorators here.

A guard test walks the URL table and refuses a view that declares nothing.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import acting_as


P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model)
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
AsyncView = Callable[Concatenate[HttpRequest, P], Awaitable[HttpResponseBase]]


class Declared(Protocol):
    access: str


def _declare(view: F, access: str) -> F:
    cast(Declared, view).access = access
    return view


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor that the middleware resolved for this request, if anyone is signed in."""
    return cast(Actor | None, getattr(request, "actor", None))


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
                return redirect_to_login(request.get_full_path())
            if actor.organization_id is None:
                return render(request, "accounts/no_organization.html", status=403)
            if not actor.may(permission):
                return refuse(request, actor, permission.value)
            try:
                with acting_as(actor):
                    return view(request, *args, **kwargs)
            except PermissionDenied:
                return refuse(request, actor, permission.value)

        return _declare(guarded, permission.value)

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

        return _declare(guarded, permission.value)

    return decorate


def signed_in(*, reason: str) -> Callable[[View[P]], View[P]]:
    """Anyone signed in, whatever their role; the reason is for whoever reads the code."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if actor_of(request) is None:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        return _declare(guarded, f"signed in: {reason}")

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
    except queryset.model.DoesNotExist:
        raise Http404 from None
