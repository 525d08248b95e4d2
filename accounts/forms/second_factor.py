"""The second factor's code, accepted once."""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts.domain.sign_in import remember
from accounts.models import User


def use_once(user: User, code: str) -> bool:
    """Whether this is the code's first use, for as long as the clock's tolerance accepts it.

    allauth itself forgets a code after one period, while it accepts it for three.
    """
    digits = "".join(character for character in code if character.isalnum())
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    key = f"code-used:{user.pk}:{digits.upper()}"
    return cache.add(key, True, timeout=app_settings.TOTP_PERIOD * steps)


class Once:
    """Refuses a code for the second time, and writes refusals down."""

    user: User

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # allauth's form comes next
            if not use_once(self.user, code):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            remember("sign_in_failed", user=self.user, how="code")
            raise
        return code


class CodeForm(Once, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class CodeAgainForm(Once, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class FirstCodeForm(Once, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    pass
