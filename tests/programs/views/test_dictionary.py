"""The data dictionary and the schemas, for people and for machines."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.core.permissions import Role
from programs.core.catalogue import CATALOGUE
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def address_of(program: str = "") -> str:
    return reverse("program_dictionary", args=[program]) if program else reverse("data_dictionary")


@pytest.fixture
def staff() -> Client:
    return signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))


def page(client: Client, program: str = "", **query: str) -> str:
    answer = client.get(address_of(program), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_field_stands_there_with_its_rules(staff: Client) -> None:
    words = page(staff)
    assert all(f'<tr id="{key}"' in words for key in CATALOGUE)
    assert "these 119 fields" in words
    assert "When age of the patient in whole years is less than 18" in words
    assert "no PO box for a medicine that stays cold" in words


def test_a_search_finds_by_label_identifier_or_rule(staff: Client) -> None:
    words = page(staff, q="po box")
    assert '<tr id="A8"' in words
    assert '<tr id="A1"' not in words
    assert '<tr id="E10.weight"' in page(staff, q="e10.unit"), "a field comes with all its parts"
    assert "No field holds these words" in page(staff, q="zebra <b>")


def test_a_program_shows_what_it_asks_and_its_own_questions(staff: Client) -> None:
    published("omniveda")
    words = page(staff, program="omniveda")
    assert "Omniveda Circle asks" in words
    assert "omniveda.allergy.skin.result" in words
    assert '<tr id="E15"' not in words, "it does not ask a severity score"
    assert reverse("program_answers_schema", args=["omniveda"]) in words


def test_another_makers_program_is_not_told() -> None:
    published("ossivue")
    maker = published("veltrana").program.manufacturer
    client = signed_in(member(maker, Role.PROGRAM_MANAGER))
    assert client.get(address_of("veltrana")).status_code == 200
    assert client.get(address_of("ossivue")).status_code == 404
    assert client.get(reverse("program_answers_schema", args=["ossivue"])).status_code == 404


def test_a_program_nobody_published_is_not_found(staff: Client) -> None:
    assert staff.get(address_of("zebra")).status_code == 404


@pytest.mark.parametrize("name", ["definition_schema", "answers_schema", "packet_schema"])
def test_a_schema_is_read_without_an_account_at_the_address_it_names(name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer["Content-Type"] == "application/schema+json"
    # Takes seconds to import, which every process of the suite would pay.
    from jsonschema import Draft202012Validator

    body = json.loads(answer.content)
    Draft202012Validator.check_schema(body)
    assert body["$id"].endswith(reverse(name))


def test_a_programs_answers_are_for_those_who_see_programs(staff: Client) -> None:
    published("corvanta")
    address = reverse("program_answers_schema", args=["corvanta"])
    assert Client().get(address).status_code in (302, 401)
    body = json.loads(staff.get(address).content)
    assert "corvanta.tried.3.drug" in body["properties"]
    assert body["additionalProperties"] is False


@pytest.mark.parametrize("count", [1, 30])
def test_a_programs_dictionary_takes_the_same_queries_for_one_and_for_thirty(
    staff: Client, count: int
) -> None:
    for _version in range(count):
        published("veltrana")
    page(staff)
    with CaptureQueriesContext(connection) as captured:
        page(staff, program="veltrana")
    assert len(captured) == 6
