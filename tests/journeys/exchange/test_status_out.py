"""Where a patient stands, for the system of the patient's own practice."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.models import Journey, PartnerKey
from tests.factories.exchange import partner_key, practice_named
from tests.journeys.exchange.test_clients import code_of, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(journey: Journey) -> PartnerKey:
    return partner_key(practice_named("lakeside", ""), scopes=["status.read"])


def ask(key: PartnerKey, patient: object) -> Any:
    return Client().get(
        "/api/v1/fhir/Task",
        {"patient": str(patient)},
        headers={"authorization": f"Bearer {token(key)}"},
    )


def test_a_practice_reads_where_its_patient_stands(journey: Journey, key: PartnerKey) -> None:
    answer = ask(key, journey.patient_id)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    content = answer.json()
    assert (content["resourceType"], content["type"], content["total"]) == (
        "Bundle",
        "searchset",
        1,
    )
    (entry,) = content["entry"]
    task = entry["resource"]
    assert task["status"] == "in-progress"
    assert task["businessStatus"]["coding"][0]["code"] == "intake_review"
    assert task["for"]["reference"] == f"Patient/{journey.patient_id}"
    assert "Rosa" not in answer.content.decode()
    assert ask(key, f"Patient/{journey.patient_id}").json()["total"] == 1
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="read", purpose="status API").count() == 2


def test_another_practices_patient_looks_like_one_that_never_was(journey: Journey) -> None:
    other = partner_key(practice_named("harbor", "Harbor Neurology"), scopes=["status.read"])
    theirs, nobodys = ask(other, journey.patient_id).json(), ask(other, uuid4()).json()
    assert theirs["entry"] == nobodys["entry"] == []


def test_a_key_is_for_its_scope_and_programs(
    journey: Journey, key: PartnerKey, northstar: Organization
) -> None:
    with every_tenant(reason="a key is changed"):
        PartnerKey.objects.filter(pk=key.pk).update(scopes=["status.read:corvanta"])
    assert ask(key, journey.patient_id).json()["total"] == 0
    with every_tenant(reason="a key is changed"):
        PartnerKey.objects.filter(pk=key.pk).update(scopes=["reports.write"])
    assert code_of(ask(key, journey.patient_id)) == (403, "no_scope")


@pytest.mark.parametrize("patient", ["", "Rosa", "Patient/1"])
def test_a_patient_is_asked_for_by_id(key: PartnerKey, patient: str) -> None:
    answer = ask(key, patient)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/patient"


def test_nobody_asks_without_a_token(journey: Journey) -> None:
    answer = Client().get("/api/v1/fhir/Task", {"patient": str(journey.patient_id)})
    assert code_of(answer) == (401, "not_signed")
