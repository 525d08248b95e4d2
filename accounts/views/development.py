"""The development door: sign in as any of the cast with one click.

Its URLs exist only when DEV_SIGN_IN is on, and no process starts with it on outside development.
"""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public, safe_next
from accounts.cast import CAST, CAST_PASSWORD
from accounts.domain.queries.cast import cast_rows
from accounts.models import User


@public(reason="the development door; the URL does not exist elsewhere")
@require_safe
def cast_list(request: HttpRequest) -> HttpResponse:
    """Who can be tried, and what each can try."""
    _development_only()
    context = {"rows": cast_rows(), "password": CAST_PASSWORD}
    return render(request, "accounts/cast.html", context)


@public(reason="the development door; the URL does not exist elsewhere")
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast; it counts as having just proved who one is."""
    _development_only()
    email = request.POST.get("email", "")
    user = User.objects.filter(email=email).first()
    if user is None or email not in {member.email for member in CAST}:
        raise Http404
    logout(request)
    record_authentication(request, user, method="password", reauthenticated=True)
    login = Login(user=user, email=user.email, redirect_url=safe_next(request))
    response: HttpResponse = perform_login(request, login)
    return response


def _development_only() -> None:
    if not settings.DEV_SIGN_IN:
        raise Http404
