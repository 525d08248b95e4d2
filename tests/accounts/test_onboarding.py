"""The operator opens an organization; its first administrator sets a password by mail."""

import io
import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, Membership, Organization, User
from accounts.tenancy import every_tenant
from tests.factories.people import PASSWORD, UserFactory

GIVEN = {
    "kind": "practice",
    "name": "Alder Street Clinic",
    "slug": "alder-street",
    "admin_email": "Sam@alder.example",
    "admin_name": "Sam Hale",
}


def opened(**changed: str) -> str:
    out = io.StringIO()
    call_command("open_organization", **{**GIVEN, **changed}, stdout=out)
    return out.getvalue()


@pytest.mark.asvs("6.3.2")
def test_the_first_administrator_has_no_password_until_they_set_one(db: None) -> None:
    said = opened()
    assert "/account/password/reset/" in said
    membership = Membership.objects.get()
    assert (membership.roles, membership.user.email) == (["admin"], "sam@alder.example")
    assert not membership.user.has_usable_password()
    client = Client()
    client.post("/account/password/reset/", {"email": "sam@alder.example"})
    (path,) = re.findall(r"/account/password/reset/key/\S+", str(mail.outbox[-1].body))
    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    membership.user.refresh_from_db()
    assert membership.user.check_password(PASSWORD)
    fields = {"login": "sam@alder.example", "password": PASSWORD}
    assert client.post("/account/login/", fields).status_code == 302
    assert "/totp/activate/" in client.get("/organization/members/")["Location"]
    with every_tenant(reason="the test reads the record"):
        assert AuditEntry.objects.filter(action="organization_opened").count() == 1


def test_somebody_with_an_account_administers_the_new_organization_too(db: None) -> None:
    sam = UserFactory.create(email="sam@alder.example", password=PASSWORD)
    opened()
    assert User.objects.get() == sam
    assert Membership.objects.get().user == sam


@pytest.mark.parametrize("wrong", [{"kind": "bank"}, {"slug": "alder-street"}])
def test_a_wrong_kind_and_a_taken_slug_are_refused(db: None, wrong: dict[str, str]) -> None:
    Organization.objects.create(kind="hub", name="Earlier", slug="alder-street")
    with pytest.raises(CommandError):
        opened(**wrong)
    assert Organization.objects.count() == 1
