"""allauth's hooks: nobody signs up uninvited, and what happens at the door is written down."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import recently_authenticated
from accounts.domain import second_factors
from accounts.domain.sign_in import remember, remember_failure
from accounts.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {  # noqa: RUF012  # allauth's own attribute
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and password do not belong together."),
        "too_many_login_attempts": _(
            "Too many attempts. Wait ten minutes, or set a new password by e-mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures per account and address, so that a stranger cannot lock a person out."""
        return f"{self.get_client_ip(request)} {str(credentials.get('email', '')).lower()}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the costly password hash when there were too many failures."""
        super().pre_authenticate(request, **credentials)
        self._account_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            key=str(credentials.get("email", "")).lower(),
        )
        if not self._account_usage:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._account_usage.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            key=str(credentials.get("email", "")).lower(),
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        remember_failure(email=str(credentials.get("email", "")))
        super().authentication_failed(request, **credentials)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        methods = [record["method"] for record in get_authentication_records(request, user)]
        remember("signed_in", user=user, how=" and ".join(methods))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Somebody who signed in a moment ago is not asked to do it again."""
        if recently_authenticated(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """A link in a mail never follows the request's Host header."""
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}
        ).replace("UID-KEY", key)
        return f"{settings.SITE_URL}{path}"

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """As above."""
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return f"{settings.SITE_URL}{path}"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return second_factors.close(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.reveal(encrypted_text)
