"""The one-click door: open in development, and nowhere else."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from accounts import checks
from accounts.cast import CAST, CAST_PASSWORD
from accounts.core.permissions import KIND_ROLES, OrganizationKind, Role
from accounts.models import Membership
from tests.factories.people import MembershipFactory, OrganizationFactory, UserFactory, member

ROOT = Path(__file__).resolve().parents[2]
ANA = CAST[0]


@pytest.fixture
def development(settings: Settings) -> None:
    settings.DEV_SIGN_IN = True
    settings.MFA_REQUIRED = False
    settings.ROOT_URLCONF = "tests.accounts.development_urls"


@pytest.fixture
def cast(db: None) -> Membership:
    lakeside = OrganizationFactory.create(name="Lakeside Rheumatology", slug="lakeside")
    user = UserFactory.create(email=ANA.email, name=ANA.name)
    return MembershipFactory.create(
        user=user, organization=lakeside, roles=[role.value for role in ANA.roles]
    )


def started_with(**variables: str) -> subprocess.CompletedProcess[str]:
    """Start a process of the site with these settings, outside development."""
    environment = {**os.environ, "DEBUG": "false", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); print('started')"],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.asvs("13.4.2")
def test_no_process_starts_with_the_door_open_outside_development() -> None:
    refused = started_with(DEV_SIGN_IN="true")
    assert refused.returncode != 0
    assert "DEV_SIGN_IN opens the one-click sign-in door" in refused.stderr
    assert "started" not in refused.stdout
    assert "started" in started_with(DEV_SIGN_IN="false").stdout


@pytest.mark.parametrize("name", ["DEV_SIGN_IN", "ALLOW_PRIVATE_ENDPOINTS"])
def test_each_opening_is_named(settings: Settings, name: str) -> None:
    assert checks.unsafe_settings() == []
    setattr(settings, name, True)
    assert [name in sentence for sentence in checks.unsafe_settings()] == [True]
    settings.DEBUG = True
    assert checks.unsafe_settings() == []


def test_a_second_factor_cannot_be_waived_outside_development(settings: Settings) -> None:
    settings.MFA_REQUIRED = False
    assert checks.unsafe_settings() == ["MFA_REQUIRED is off while DEBUG is off."]


@pytest.mark.django_db
def test_outside_development_the_doors_addresses_do_not_exist() -> None:
    for name in ("cast", "dev_sign_in", "gallery"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Client().get("/dev/cast/").status_code == 404
    assert Client().post("/dev/sign-in/", {"email": ANA.email}).status_code == 404


def test_even_with_its_addresses_the_door_is_shut_while_it_is_off(
    development: None, cast: Membership, settings: Settings
) -> None:
    settings.DEV_SIGN_IN = False
    assert Client().get("/dev/cast/").status_code == 404
    assert Client().post("/dev/sign-in/", {"email": ANA.email}).status_code == 404


def test_one_press_signs_in_as_anybody_of_the_cast(development: None, cast: Membership) -> None:
    client = Client()
    page = client.get("/dev/cast/").content.decode()
    assert ANA.can_try in page
    assert "Practice staff, Administrator" in page
    answer = client.post("/dev/sign-in/", {"email": ANA.email, "next": "/audit/"})
    assert answer["Location"] == "/audit/"
    assert client.get("/audit/").status_code == 200
    # It counts as having just proved who one is: signing and exporting can be tried at once.
    assert client.get("/audit/export/").status_code == 200


def test_the_door_opens_for_the_cast_only(development: None, cast: Membership) -> None:
    stranger = member(cast.organization, Role.ADMIN)
    for email in (stranger.user.email, "nobody@nowhere.example", ""):
        assert Client().post("/dev/sign-in/", {"email": email}).status_code == 404


def test_the_door_needs_the_form_token(development: None, cast: Membership) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/dev/sign-in/", {"email": ANA.email}).status_code == 403


def test_the_terminal_lists_the_cast(development: None, cast: Membership) -> None:
    out = io.StringIO()
    call_command("cast", stdout=out)
    assert "Ana Whitfield" in out.getvalue()
    assert "/dev/cast/" in out.getvalue()
    assert CAST_PASSWORD in out.getvalue()


def test_the_terminal_knows_no_cast_outside_development() -> None:
    with pytest.raises(CommandError):
        call_command("cast", stdout=io.StringIO())


def test_the_cast_is_whole() -> None:
    kinds = {
        "lakeside": OrganizationKind.PRACTICE,
        "harbor": OrganizationKind.PRACTICE,
        "northstar": OrganizationKind.HUB,
        "beacon": OrganizationKind.HUB,
        "parcel": OrganizationKind.HUB,
        "crescent": OrganizationKind.PHARMACY,
        "copperline": OrganizationKind.VENDOR,
        "aldertree": OrganizationKind.MANUFACTURER,
        "kestrel": OrganizationKind.MANUFACTURER,
        "pelham": OrganizationKind.MANUFACTURER,
        "fennimore": OrganizationKind.MANUFACTURER,
        "ostrane": OrganizationKind.MANUFACTURER,
        "wendle": OrganizationKind.MANUFACTURER,
        "operations": OrganizationKind.OPERATOR,
    }
    assert {person.organization for person in CAST} == set(kinds)
    for person in CAST:
        assert set(person.roles) <= set(KIND_ROLES[kinds[person.organization]])
        assert person.email.endswith(f"@{person.organization}.example")
    # Each organization of the demo can show its members and its audit to somebody.
    admins = {person.organization for person in CAST if Role.ADMIN in person.roles}
    assert admins == set(kinds)
