"""allauth's hooks: nobody signs up uninvited, and sign-ins are written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts.domain.sign_in import remember_failure, remember_success
from accounts.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        remember_failure(email=str(credentials.get("email", "")))
        super().authentication_failed(request, **credentials)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        remember_success(user=user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
