"""Every address declares who may open it, and refuses everybody else, by a walk of the table."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.decorators.csrf import csrf_exempt

from accounts.core.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.factories.people import OrganizationFactory, member, proven, signed_in

SOME_ID = "00000000-0000-4000-8000-000000000000"

# Views of others that declare nothing, and what guards them.
THIRD_PARTY = {
    "account_login": "the door itself",
    "account_logout": "ours, in front of it, declares; this one is never reached",
    "account_inactive": "a sentence for somebody whose account is closed",
    "account_signup": "closed by the adapter: a sentence",
    "account_reauthenticate": "allauth asks for a session",
    "account_email": "allauth asks for a session",
    "account_email_verification_sent": "a sentence",
    "account_change_password": "allauth asks for a session",
    "account_set_password": "allauth asks for a session",
    "account_reset_password": "the door itself; answers alike for anyone",
    "account_reset_password_done": "a sentence",
    "account_reset_password_from_key": "the key in the link is the proof",
    "account_reset_password_from_key_done": "a sentence",
    "account_confirm_login_code": "allauth asks for a sign-in that has begun",
    "account_confirm_email": "the key in the link is the proof",
    "mfa_index": "allauth asks for a session",
    "mfa_authenticate": "allauth asks for a sign-in that has begun",
    "mfa_reauthenticate": "allauth asks for a session",
    "mfa_activate_totp": "allauth asks for a session and a recent proof",
    "mfa_deactivate_totp": "allauth asks for a session and a recent proof",
    "mfa_view_recovery_codes": "allauth asks for a session and a recent proof",
    "mfa_generate_recovery_codes": "allauth asks for a session and a recent proof",
    "mfa_download_recovery_codes": "allauth asks for a session and a recent proof",
    "mfa_list_webauthn": "allauth asks for a session",
    "mfa_add_webauthn": "allauth asks for a session and a recent proof",
    "mfa_reauthenticate_webauthn": "allauth asks for a session",
    "mfa_remove_webauthn": "allauth asks for a session and a recent proof",
    "mfa_edit_webauthn": "allauth asks for a session and a recent proof",
    "mfa_login_webauthn": "the door itself, by passkey",
}
# Of those, what a stranger may see: forms and sentences of the door.
THIRD_PARTY_OPEN = {
    "account_login",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "mfa_login_webauthn",
}
# The partner API: each operation asks for a partner's key; tests/journeys/exchange holds that.
API = "api/"
# Requests that come from no page of ours, so that there is no form token to ask for.
WITHOUT_TOKEN = {API: "a partner's key in a header is the proof"}


@dataclass(frozen=True)
class Address:
    path: str
    name: str
    access: str
    exempt: bool

    @property
    def permission(self) -> Permission | None:
        return next((p for p in Permission if p.value == self.access), None)


def _filled(route: str) -> str:
    """The route with something plausible in every place."""
    samples = {"uuid": SOME_ID, "int": "1", "str": "x", "slug": "x", "path": "x"}
    filled = re.sub(r"\(\?P<\w+>[^)]*\)", "x", route)
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: samples[found[1] or "str"], filled)
    return filled.replace("^", "").replace("$", "").replace("\\", "")


def _walk(patterns: list[Any], before: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = before + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            yield Address(
                path=f"/{route}",
                name=pattern.name or "",
                access=getattr(view, "access", ""),
                exempt=getattr(view, "csrf_exempt", False),
            )


@cache
def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns))


def ours() -> list[Address]:
    """Without the partner API."""
    return [address for address in addresses() if not address.path.startswith(f"/{API}")]


def named(address: Address) -> str:
    return f"{address.name} {address.path}"


def undeclared(found: Iterable[Address]) -> list[str]:
    """Addresses that say nothing of who may open them, or name a permission that is not there."""
    return [
        address.name
        for address in found
        if address.name not in THIRD_PARTY and not address.permission and ":" not in address.access
    ]


def exempt(found: Iterable[Address]) -> list[str]:
    """Addresses that take unsafe requests without a form token, and are not listed above."""
    listed = tuple(f"/{prefix}" for prefix in WITHOUT_TOKEN)
    return [each.path for each in found if each.exempt and not each.path.startswith(listed)]


def counting(patterns: list[Any]) -> list[str]:
    """Routes in which a number stands for a row."""
    routes = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            routes += counting(pattern.url_patterns)
        if "<int:" in (route := str(pattern.pattern)):
            routes.append(route)
    return routes


@pytest.mark.asvs("8.1.1")
def test_every_address_declares_who_may_open_it() -> None:
    assert undeclared(ours()) == []
    assert {a.name for a in ours()} >= set(THIRD_PARTY), "a reason for nothing"


def test_an_address_that_is_open_unchecked_or_counts_rows_is_reported() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def misspelt(request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    misspelt.access = "patients.veiw"  # type: ignore[attr-defined]  # what `requires` sets
    bad = [
        path("open/", view, name="open"),
        path("patients/<int:number>/", misspelt, name="patient_by_number"),
        path("inbox/", csrf_exempt(view), name="inbox"),
    ]
    found = list(_walk(bad))
    assert undeclared(found) == ["open", "patient_by_number", "inbox"]
    assert exempt(found) == ["/inbox/"]
    assert counting(bad) == ["patients/<int:number>/"]


@pytest.mark.asvs("8.2.1")
def test_a_stranger_is_refused_at_every_address_that_is_not_public(db: None) -> None:
    stranger = Client()
    for address in ours():
        public = address.access.startswith("public") or address.name in THIRD_PARTY_OPEN
        if public:
            continue
        for method in ("get", "post"):
            answer = getattr(stranger, method)(address.path)
            assert answer.status_code in {302, 401, 403, 404, 405}, (method, named(address))
            if answer.status_code == 302:
                assert answer["Location"].startswith("/account/login/"), named(address)


@pytest.mark.asvs("8.4.1")
def test_a_stranger_gets_nothing_from_the_partner_api(db: None) -> None:
    public = {"/api/v1/openapi.json", "/api/v1/docs"}
    for address in addresses():
        if address.path.startswith(f"/{API}") and address.path not in public:
            answer = Client().get(address.path)
            assert answer.status_code in {401, 403, 404, 405}, named(address)


@pytest.mark.asvs("6.3.3")
def test_without_a_second_factor_every_address_but_the_set_up_is_closed(db: None) -> None:
    membership = member(OrganizationFactory.create(), *Role)
    client = Client()
    client.force_login(membership.user)
    for address in ours():
        if address.name.startswith(("mfa_", "account_reauth", "account_logout", "still_here")):
            continue
        answer = client.get(address.path)
        assert answer.status_code in {302, 404}, named(address)


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_wherever_the_table_does_not_let_it_in(db: None, role: Role) -> None:
    client = signed_in(member(OrganizationFactory.create(), role))
    for address in ours():
        if address.permission and address.permission not in ROLE_PERMISSIONS[role]:
            assert client.get(address.path).status_code == 403, named(address)


@pytest.mark.asvs("3.5.1")
def test_every_unsafe_request_needs_the_form_token(db: None) -> None:
    assert exempt(addresses()) == []
    membership = member(OrganizationFactory.create(), *Role)
    client = signed_in(membership)
    client.handler.enforce_csrf_checks = True
    for address in ours():
        assert client.post(address.path).status_code == 403, named(address)


# What may be written while something is only looked at: the session, the record, attempts, that
# recovery codes were shown, and allauth's own copy of the address one signs in by.
HOUSEKEEPING = (
    "django_session",
    "accounts_audit",
    "accounts_cache",
    "mfa_authenticator",
    "account_emailaddress",
)


@pytest.mark.asvs("3.5.3")
def test_looking_writes_nothing_but_the_record_of_it(db: None) -> None:
    """Where no permission is asked for; tests/security/test_looking.py has the other pages."""
    membership = member(OrganizationFactory.create(), *Role)
    client = proven(signed_in(membership), membership)
    written: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        verb, _space, tail = sql.lstrip().partition(" ")
        if verb.upper() in {"INSERT", "UPDATE", "DELETE"} and not any(
            f'"{name}' in tail for name in HOUSEKEEPING
        ):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        for address in ours():
            if not address.permission:
                client.get(address.path)
                assert written == [], named(address)


@pytest.mark.asvs("8.2.2")
def test_no_address_of_ours_counts_rows(db: None) -> None:
    """Ids in addresses are random; allauth's security keys are looked up among one's own."""
    assert counting(get_resolver().url_patterns) == ["keys/<int:pk>/"]
