"""The controls ask the code tables in a body, and only those who may see programs are answered."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.core.permissions import Role
from programs.domain.loading import DiagnosisRow, Release, load_diagnoses
from tests.factories.people import OrganizationFactory, member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _codes(code_tables: None) -> None:
    rows = [DiagnosisRow("M06.9", "M06", "Rheumatoid arthritis, unspecified", "", billable=True)]
    release = Release("April 2026", dt.date(2026, 4, 1))
    load_diagnoses(rows, release=release, now=dt.datetime(2026, 4, 2, tzinfo=dt.UTC))


def test_a_search_answers_what_can_be_chosen() -> None:
    client = signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    answer = client.post(reverse("diagnosis_search"), {"q": "rheum", "listed": "M06.9"})
    assert answer.json() == {
        "options": [{"code": "M06.9", "words": "Rheumatoid arthritis, unspecified", "listed": True}]
    }


def test_what_is_typed_never_stands_in_an_address() -> None:
    client = signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    assert client.get(reverse("diagnosis_search"), {"q": "rheum"}).status_code == 405
    assert client.get(reverse("code_told"), {"value": "M06.9"}).status_code == 405


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("icd10", "m069", "Rheumatoid arthritis, unspecified"),
        ("icd10", "nonsense", ""),
        ("npi", "1", ""),
        ("password", "M06.9", ""),
    ],
)
def test_a_code_is_told(kind: str, value: str, told: str) -> None:
    client = signed_in(member(OrganizationFactory.create(), Role.PRESCRIBER))
    answer = client.post(reverse("code_told"), {"kind": kind, "value": value})
    assert answer.json() == {"told": told}


def test_a_pharmacy_has_no_use_for_it() -> None:
    client = signed_in(member(OrganizationFactory.create(kind="pharmacy"), Role.PHARMACIST))
    assert client.post(reverse("diagnosis_search"), {"q": "rheum"}).status_code == 403
