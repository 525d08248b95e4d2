"""The second factor: needed by everyone, good once, and not to be stepped around."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.domain.second_factors import reveal
from accounts.models import AuditEntry, Membership
from accounts.tenancy import every_tenant
from tests.accounts.door import code, sign_in
from tests.factories.people import PASSWORD, enroll, proven, signed_in

LOGIN, CODE = "/account/login/", "/account/second-factor/authenticate/"
SET_UP = "/account/second-factor/totp/activate/"
MEMBERS = "/organization/members/"


def with_password(membership: Membership) -> Client:
    """A browser in which the password was given, and the code is asked for."""
    enroll(membership.user)
    client = Client()
    answer = client.post(LOGIN, {"login": membership.user.email, "password": PASSWORD})
    assert answer["Location"] == CODE
    return client


def gets_in(client: Client, typed: str) -> bool:
    return client.post(CODE, {"code": typed}).status_code == 302


@pytest.mark.asvs("6.3.3")
def test_without_a_second_factor_one_reaches_its_set_up_and_nothing_else(ana: Membership) -> None:
    client = Client()
    client.post(LOGIN, {"login": ana.user.email, "password": PASSWORD})
    for path in (MEMBERS, "/audit/", "/account/sessions/", "/account/email/", "/nowhere/"):
        assert client.get(path)["Location"] == SET_UP
    assert client.get(SET_UP).status_code == 200
    assert client.get("/account/second-factor/").status_code == 200
    assert client.get("/account/logout/").status_code == 200
    assert client.post("/account/still-here/").status_code == 200


@pytest.mark.asvs("6.3.3")
def test_setting_up_an_authenticator_opens_the_pages_and_gives_recovery_codes(
    ana: Membership,
) -> None:
    client = Client()
    client.post(LOGIN, {"login": ana.user.email, "password": PASSWORD})
    page = client.get(SET_UP).content.decode()
    assert "data:image/svg+xml" in page
    secret = client.session["mfa.totp.secret"]
    now = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = client.post(SET_UP, {"code": now}, follow=True)
    codes = re.findall(r"\b\d{8}\b", answer.content.decode())
    assert len(set(codes)) >= 10
    assert client.get(MEMBERS).status_code == 200
    stored = Authenticator.objects.get(user=ana.user, type="totp")
    assert reveal(stored.data["secret"]) == secret


def test_development_works_without_a_second_factor(ana: Membership, settings: Settings) -> None:
    settings.MFA_REQUIRED = False
    client = Client()
    client.post(LOGIN, {"login": ana.user.email, "password": PASSWORD})
    assert client.get(MEMBERS).status_code == 200


@pytest.mark.asvs("6.5.1")
def test_a_code_is_good_once_for_as_long_as_the_clock_would_take_it(ana: Membership) -> None:
    typed = code(step=1)
    assert gets_in(with_password(ana), typed)
    # What allauth itself remembers, for one step only.
    cache.delete(f"allauth.mfa.totp.used?user={ana.user_id}&code={typed}")
    assert not gets_in(with_password(ana), typed)


@pytest.mark.asvs("6.5.1")
@pytest.mark.usefixtures("one_moment")
@pytest.mark.parametrize(
    ("step", "accepted"), [(-1, True), (0, True), (1, True), (-3, False), (3, False)]
)
def test_a_clock_may_be_wrong_by_one_step(ana: Membership, step: int, accepted: bool) -> None:
    assert gets_in(with_password(ana), code(step=step)) == accepted


@pytest.mark.asvs("6.6.3")
def test_after_five_wrong_codes_not_even_the_right_one_is_taken(ana: Membership) -> None:
    client = with_password(ana)
    for _ in range(5):
        assert not gets_in(client, "000000")
    assert not gets_in(client, code())
    with every_tenant(reason="the test reads the record"):
        assert AuditEntry.objects.filter(action="sign_in_failed", purpose="code").count() == 6


@pytest.mark.asvs("6.5.1")
def test_a_recovery_code_is_good_once(ana: Membership) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    enroll(ana.user)
    first, second, *_rest = RecoveryCodes.activate(ana.user).get_unused_codes()
    assert gets_in(with_password(ana), first)
    assert not gets_in(with_password(ana), first)
    assert gets_in(with_password(ana), second)
    stored = str(Authenticator.objects.get(user=ana.user, type="recovery_codes").data)
    assert second not in stored


@pytest.mark.asvs("6.4.3")
def test_a_new_password_by_mail_does_not_step_around_it(ana: Membership) -> None:
    enroll(ana.user)
    client = Client()
    client.post("/account/password/reset/", {"email": ana.user.email})
    (path,) = re.findall(r"/account/password/reset/key/\S+", str(mail.outbox[-1].body))
    form = client.get(path, follow=True).redirect_chain[-1][0]
    new = "another long pass phrase"
    client.post(form, {"password1": new, "password2": new})
    assert client.get(MEMBERS).status_code == 302
    answer = client.post(LOGIN, {"login": ana.user.email, "password": new})
    assert answer["Location"] == CODE
    assert client.get(MEMBERS).status_code == 302


@pytest.mark.asvs("7.2.4")
def test_proving_again_who_one_is_changes_the_sessions_key(ana: Membership) -> None:
    client = Client()
    sign_in(client, ana)
    client.get(MEMBERS)
    key = client.session.session_key
    answer = client.post("/account/reauthenticate/?next=/audit/", {"password": PASSWORD})
    assert answer["Location"] == "/audit/"
    assert client.session.session_key != key
    assert client.get(MEMBERS).status_code == 200


@pytest.mark.asvs("7.5.1")
@pytest.mark.parametrize(
    "path",
    [
        SET_UP,
        "/account/second-factor/recovery-codes/generate/",
        "/account/second-factor/webauthn/add/",
    ],
)
def test_changing_how_one_signs_in_asks_who_one_is_first(ana: Membership, path: str) -> None:
    client = signed_in(ana)
    if path == SET_UP:
        Authenticator.objects.filter(user=ana.user).delete()
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/account/reauthenticate/" in answer["Location"]
    assert proven(client, ana).get(path).status_code == 200


@pytest.mark.asvs("7.5.1")
def test_changing_ones_address_asks_who_one_is_first(ana: Membership) -> None:
    client = signed_in(ana)
    fields = {"action_add": "", "email": "ana@elsewhere.example"}
    answer = client.post("/account/email/", fields)
    assert "/account/reauthenticate/" in answer["Location"]
    assert not ana.user.emailaddress_set.filter(email="ana@elsewhere.example").exists()  # type: ignore[attr-defined]  # allauth's relation


@pytest.mark.asvs("7.5.1")
def test_somebody_who_just_signed_in_is_not_asked_again(ana: Membership) -> None:
    client = Client()
    sign_in(client, ana)
    answer = client.get("/account/second-factor/recovery-codes/generate/")
    assert answer.status_code == 200
