"""The page behind an invitation's link."""

from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import public
from accounts.domain import invitations, sessions
from accounts.forms.invitation import NewPersonForm
from accounts.models import Invitation, Membership, User
from accounts.rules import Refused


@public(reason="the invited person may have no account yet; the token in the link is the proof")
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept as oneself, as somebody new, or learn in one sentence why it cannot be.

    A link that never was, one that was used and one that expired look alike.
    """
    invitation = invitations.find_open(token, now=timezone.now())
    if invitation is None:
        return render(request, "accounts/invitation_closed.html", status=404)
    if request.user.is_authenticated:
        return _accept_as_oneself(request, token, invitation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return render(
            request, "accounts/invitation.html", {"invitation": invitation, "has_account": True}
        )
    return _accept_as_new(request, token, invitation)


def _accept_as_oneself(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    user = cast(User, request.user)
    if user.email.lower() != invitation.email.lower():
        context = {"invitation": invitation, "other_person": True}
        return render(request, "accounts/invitation.html", context)
    if request.method != "POST":
        return render(request, "accounts/invitation.html", {"invitation": invitation})
    try:
        accepted = invitations.accept(token, user_id=user.id, now=timezone.now())
    except Refused:
        return render(request, "accounts/invitation_closed.html", status=404)
    membership = Membership.objects.get(user=user, organization=accepted.organization)
    sessions.act_for(request.session, membership)
    messages.success(request, _("Welcome to {name}.").format(name=accepted.organization.name))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _accept_as_new(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = NewPersonForm(given, invitation=invitation)
    if form.is_valid():
        data = form.cleaned_data
        try:
            user = invitations.accept_as_new(
                token, name=data["name"], password=data["password"], now=timezone.now()
            )
        except Refused:
            return render(request, "accounts/invitation_closed.html", status=404)
        record_authentication(request, user, method="password")
        response: HttpResponse = perform_login(request, Login(user=user, email=user.email))
        return response
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)
