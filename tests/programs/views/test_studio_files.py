"""A program in and out as a file: exactly the same again, and a Questionnaire taken in by hand."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from programs.models import ProgramDraft, ProgramVersion
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ProgramVersion:
    version = published("veltrana")
    version.program.manufacturer.slug = "aldertree"
    version.program.manufacturer.save()
    return version


@pytest.fixture
def nadia(version: ProgramVersion) -> Client:
    return signed_in(member(version.program.manufacturer, Role.PROGRAM_MANAGER))


def the_draft() -> ProgramDraft:
    with every_tenant(reason="a test looks at the newest draft"):
        found: ProgramDraft = ProgramDraft.objects.order_by("changed_at").last()
        return found


def opened(client: Client) -> ProgramDraft:
    client.post(reverse("studio_open", args=["veltrana"]))
    return the_draft()


def file(data: Any) -> SimpleUploadedFile:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return SimpleUploadedFile("form.json", body, "application/json")


def test_a_program_written_out_and_read_in_is_exactly_the_same(nadia: Client) -> None:
    draft = opened(nadia)
    answer = nadia.get(reverse("studio_file", args=[draft.id]))
    assert "attachment" in answer["Content-Disposition"]
    nadia.post(reverse("studio_drop", args=[draft.id]))
    nadia.post(reverse("studio_read"), {"file": file(answer.content)})
    again = the_draft()
    assert again.id != draft.id
    assert again.definition == draft.definition
    assert nadia.get(reverse("studio_file", args=[again.id])).content == answer.content


def test_another_makers_program_becomes_ones_own_under_another_key(nadia: Client) -> None:
    plan = opened(nadia).definition
    other = OrganizationFactory.create(kind="manufacturer", slug="pelham")
    ines = signed_in(member(other, Role.PROGRAM_MANAGER))
    ines.post(reverse("studio_read"), {"file": file(plan)})
    made = the_draft().definition
    assert made["manufacturer"] == "pelham"
    assert made["key"] == "veltrana-pelham"
    assert made["questions"][1]["id"] == "veltrana-pelham.tried_before"
    assert "veltrana." not in json.dumps(made["tightens"])


@pytest.mark.parametrize(
    "body", [b"no json", b"[" * 100_000, b"{}", json.dumps([[[]] * 3]).encode(), b"\xff\xfe"]
)
def test_what_is_no_program_is_told_and_nothing_begins(nadia: Client, body: bytes) -> None:
    page = nadia.post(reverse("studio_read"), {"file": file(body)})
    assert page.status_code == 422
    assert "It could not be read in" in page.content.decode()
    with every_tenant(reason="a test counts"):
        assert not ProgramDraft.objects.exists()


QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "title": "Intake of elsewhere",
    "item": [
        {"linkId": "dob", "text": "Date of birth", "type": "date", "required": True},
        {"linkId": "smoke", "text": "Does anyone smoke at home?", "type": "boolean"},
        {"linkId": "much", "text": "How much?", "type": "decimal",
         "enableWhen": {"question": "smoke", "operator": "=", "answerBoolean": True}},
        {"linkId": "other", "text": "<script>alert(1)</script>", "type": "string"},
        {"linkId": "scan", "text": "Scan", "type": "attachment"},
    ],
}  # fmt: skip


def test_a_questionnaire_is_told_item_by_item_and_taken_in_as_confirmed(nadia: Client) -> None:
    draft = opened(nadia)
    url = reverse("studio_import", args=[draft.id])
    page = nadia.post(url, {"file": file(QUESTIONNAIRE)}, follow=True).content.decode()
    assert "Intake of elsewhere" in page
    assert "It is the canonical question “Date of birth (A5)”" in page
    assert "it was read as a list of one" in page
    assert "list it under documents" in page
    assert "<script>alert" not in page
    before = len(draft.definition["questions"])
    take = reverse("studio_take_in", args=[draft.id])
    nadia.post(take, {"canonical": ["dob"], "leave": ["other"]})
    made = the_draft()
    ids = [each["id"] for each in made.definition["questions"]]
    assert ids[before:] == ["veltrana.smoke", "veltrana.much"]
    assert made.definition["questions"][-1]["shown_when"]["field"] == "veltrana.smoke"
    assert made.imported is None
    assert made.faults == []


def test_a_questionnaire_without_items_says_so(nadia: Client) -> None:
    url = reverse("studio_import", args=[opened(nadia).id])
    empty = {"resourceType": "Questionnaire", "status": "draft", "item": []}
    page = nadia.post(url, {"file": file(empty)}, follow=True).content.decode()
    assert "This Questionnaire asks nothing." in page


def test_a_draft_that_does_not_change_any_more_asks_for_no_file(nadia: Client) -> None:
    draft = opened(nadia)
    nadia.post(reverse("studio_drop", args=[draft.id]))
    page = nadia.get(reverse("studio_import", args=[draft.id])).content.decode()
    assert "Open a new draft to bring a Questionnaire in." in page
    assert 'type="file"' not in page


def test_the_form_goes_out_as_a_questionnaire(nadia: Client) -> None:
    draft = opened(nadia)
    body = nadia.get(reverse("studio_questionnaire", args=[draft.id])).json()
    assert body["resourceType"] == "Questionnaire"
    assert "Clinical" in [each["text"] for each in body["item"]]


def test_another_manufacturer_gets_no_file(nadia: Client) -> None:
    draft = opened(nadia)
    other = OrganizationFactory.create(kind="manufacturer")
    stranger = signed_in(member(other, Role.PROGRAM_MANAGER))
    for name in ("studio_file", "studio_questionnaire", "studio_import"):
        assert stranger.get(reverse(name, args=[draft.id])).status_code == 404
