"""Which e-mails were sent: for each administrator their own, for the operator all, no patients."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.core.permissions import Role
from accounts.domain.emailing import Email, send
from accounts.enums import EmailKind
from accounts.models import Organization
from tests.factories.people import OrganizationFactory, member, signed_in

pytestmark = pytest.mark.django_db

# Session and person; begin, the tenancy, end; failed ones, how many, rows; idle clock.
QUERIES = 8
URL = "/organization/emails/"


@pytest.fixture
def lakeside() -> Organization:
    return OrganizationFactory.create(name="Lakeside", slug="lakeside")


@pytest.fixture
def leo(lakeside: Organization) -> Client:
    return signed_in(member(lakeside, Role.ADMIN))


def sent(organization: Organization, *, to: str, patient: bool = False) -> None:
    email = Email(
        kind=EmailKind.SIGNING_LINK if patient else EmailKind.NOTICES,
        organization_id=organization.id,
        to=to,
        subject="Something",
        text="secret words",
        to_patient=patient,
    )
    send(email, now=timezone.now())


def page(browser: Client) -> str:
    return " ".join(browser.get(URL).content.decode().split())


def test_an_administrator_reads_to_whom_and_never_what(lakeside: Organization, leo: Client) -> None:
    sent(lakeside, to="ana@lakeside.example")
    sent(lakeside, to="rosa@home.example", patient=True)
    assert len(mail.outbox) == 2
    told = page(leo)
    assert "Every e-mail of the last 90 days went out." in told
    assert "ana@lakeside.example" in told
    assert "What changed" in told
    assert "A patient" in told
    assert "rosa@home.example" not in told
    assert "secret words" not in told


def test_what_the_server_did_not_take_is_listed_as_failed(
    lakeside: Organization, leo: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(ConnectionRefusedError):
        sent(lakeside, to="ana@lakeside.example")
    told = page(leo)
    assert "1 e-mail of the last 90 days did not go out." in told
    assert "ConnectionRefusedError" in told


def test_the_operator_reads_of_all_and_another_organization_of_none(
    lakeside: Organization, leo: Client
) -> None:
    sent(lakeside, to="ana@lakeside.example")
    harbor = OrganizationFactory.create(slug="harbor")
    ops = OrganizationFactory.create(kind="operator", slug="ops")
    assert "ana@lakeside.example" in page(signed_in(member(ops, Role.OPERATOR)))
    other = page(signed_in(member(harbor, Role.ADMIN)))
    assert "No e-mail was sent in the last 90 days." in other
    assert "ana@lakeside.example" not in other
    assert "ana@lakeside.example" in page(leo)


def test_the_list_is_found_where_members_are_and_only_by_administrators(
    lakeside: Organization, leo: Client
) -> None:
    assert URL in leo.get("/organization/members/").content.decode()
    assert signed_in(member(lakeside, Role.PRACTICE_STAFF)).get(URL).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(
    lakeside: Organization,
    leo: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        sent(lakeside, to=f"person-{number}@lakeside.example")
    leo.get(URL)
    with django_assert_num_queries(QUERIES):
        told = page(leo)
    assert told.count("person-") == rows
