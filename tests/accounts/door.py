"""Sign in the way a person does: through the pages."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.models import Membership
from tests.factories.people import PASSWORD, TOTP_SECRET, enroll


def code(*, step: int = 0) -> str:
    """What the authenticator app shows now, or so many steps of 30 seconds from now."""
    return str(format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30 + step)))


def sign_in(client: Client, membership: Membership, password: str = PASSWORD) -> None:
    """By password and code. A code is good once: the next sign-in takes its neighbour's."""
    user = membership.user
    if not user.has_usable_password():
        user.set_password(password)
        user.save()
    enroll(user)
    client.post("/account/login/", {"login": user.email, "password": password})
    for step in (0, 1, -1):
        answer = client.post("/account/second-factor/authenticate/", {"code": code(step=step)})
        if answer.status_code == 302:
            return
    raise AssertionError("The door stayed closed.")


class CountingHasher(MD5PasswordHasher):
    """A quick hash that tells how often it was asked for."""

    algorithm = "counting"
    asked = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.asked += 1
        return super().encode(password, salt)
