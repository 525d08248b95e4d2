"""A practice's own system posts a patient's record: proposals to look at, and nothing else."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from enrollment.models import Enrollment, Patient, Prefill
from journeys.models import PartnerKey
from tests.factories.exchange import partner_key
from tests.factories.offices import Office, office
from tests.factories.people import OrganizationFactory, signed_in
from tests.fakes.records import query_response
from tests.journeys.exchange.test_clients import code_of, token

pytestmark = pytest.mark.django_db

FHIR = "application/fhir+json"
ANSWER = json.dumps(query_response())


@pytest.fixture
def lakeside() -> Office:
    return office()


@pytest.fixture
def key(lakeside: Office) -> PartnerKey:
    return partner_key(lakeside.practice, scopes=["prefill.write"])


def post(
    key: PartnerKey, body: str = ANSWER, *, name: str = "chart-1", kind: str = FHIR, **about: object
) -> Any:
    headers = {"authorization": f"Bearer {token(key)}", "idempotency-key": name}
    query = {key: str(value) for key, value in about.items()}
    return Client().post(
        "/api/v1/prefill", body, content_type=kind, headers=headers, query_params=query
    )


def test_what_is_posted_is_proposed_to_people_of_the_practice(
    lakeside: Office, key: PartnerKey
) -> None:
    answer = post(key, patient=lakeside.rosa.id)
    assert answer.status_code == 201
    told = answer.json()
    assert told["proposals"] > 5
    page = signed_in(lakeside.ana).get(told["url"])
    assert "From the practice&#x27;s own system" in page.content.decode()
    with every_tenant(reason="a test looks what changed"):
        assert Patient.objects.get(id=lakeside.rosa.id).details == lakeside.rosa.details
        assert AuditEntry.objects.filter(action="proposed").count() == 1


def test_people_find_what_waits_until_somebody_has_looked(
    lakeside: Office, key: PartnerKey
) -> None:
    harbor = office("Harbor Neurology", version=lakeside.version)
    post(partner_key(harbor.practice, scopes=["prefill.write"]), patient=harbor.rosa.id)
    draft, ana = lakeside.draft(), signed_in(lakeside.ana)
    address = post(key, patient=lakeside.rosa.id).json()["url"].removeprefix(settings.SITE_URL)
    for_form = post(key, patient=lakeside.rosa.id, enrollment=draft.id, name="chart-2").json()["id"]
    pages = ("/patients/", f"/patients/{lakeside.rosa.id}/")
    for page in pages:
        shown = ana.get(page).content.decode()
        assert set(re.findall(r'href="(/prefill/[^"]+)"', shown)) == {
            address,
            f"/prefill/{for_form}/",
        }
        assert "the practice&#x27;s own system" in shown
        assert f"for {lakeside.version.program.name}" in shown
        # Whoever may not take anything is not asked to look.
        assert "/prefill/" not in signed_in(lakeside.maya).get(page).content.decode()
    dismissed = ana.post(f"{address}dismiss/", {"next": "/patients/"}, follow=True)
    assert "The record is put away; nothing was taken" in dismissed.content.decode()
    assert address not in dismissed.content.decode()
    assert ana.post(address, {"take": ["A9"]}, follow=True).status_code == 200
    with every_tenant(reason="a test looks what changed"):
        assert AuditEntry.objects.filter(action="dismissed").count() == 1
        assert Patient.objects.get(id=lakeside.rosa.id).details == lakeside.rosa.details
    assert signed_in(harbor.ana).post(f"/prefill/{for_form}/dismiss/").status_code == 404
    with acting_as(lakeside.coordinator):
        Enrollment.objects.filter(id=draft.id).update(status="withdrawn")
    for page in pages:
        assert "Records to look at" not in ana.get(page).content.decode()


def test_it_is_proposed_for_a_form_when_one_is_named(lakeside: Office, key: PartnerKey) -> None:
    draft = lakeside.draft()
    answer = post(key, patient=lakeside.rosa.id, enrollment=draft.id, kind="application/json")
    assert answer.status_code == 201
    with every_tenant(reason="a test looks"):
        assert Prefill.objects.get().enrollment_id == draft.id
    sent = lakeside.sent()
    closed = post(key, patient=lakeside.rosa.id, enrollment=sent.id, name="chart-2")
    assert code_of(closed) == (409, "closed")


def test_the_same_request_again_is_answered_alike(lakeside: Office, key: PartnerKey) -> None:
    first = post(key, patient=lakeside.rosa.id)
    again = post(key, patient=lakeside.rosa.id)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    with every_tenant(reason="a test counts"):
        assert Prefill.objects.count() == 1


def test_another_practices_patient_looks_like_one_that_never_was(
    lakeside: Office, key: PartnerKey
) -> None:
    harbor = office("Harbor Neurology", version=lakeside.version)
    theirs, nobodys = post(key, patient=harbor.rosa.id), post(key, patient=uuid4(), name="chart-2")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()
    others_form = post(key, patient=lakeside.rosa.id, enrollment=harbor.draft().id, name="chart-3")
    assert others_form.json() == nobodys.json()
    with every_tenant(reason="a test counts"):
        assert not Prefill.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 422, "not_fhir"),
        ("[]", "application/fhir+json", 422, "not_fhir"),
        ('{"a": NaN}', "application/json", 422, "not_fhir"),
        ("\x00", "application/json", 422, "not_fhir"),
        ("<Bundle/>", "application/fhir+xml", 415, "not_json"),
        ("[" * 30 + "]" * 30, "application/json", 400, "too_deep"),
    ],
)
def test_what_is_no_record_is_refused_with_a_problem(
    lakeside: Office, key: PartnerKey, body: str, kind: str, status: int, code: str
) -> None:
    answer = post(key, body, patient=lakeside.rosa.id, kind=kind)
    assert code_of(answer) == (status, code)


def test_a_patient_is_named_by_id(key: PartnerKey) -> None:
    assert post(key).status_code == post(key, patient="Rosa").status_code == 422


def test_only_a_practices_key_with_the_scope_posts_records(lakeside: Office) -> None:
    other = partner_key(lakeside.practice, scopes=["status.read"])
    assert code_of(post(other, patient=lakeside.rosa.id)) == (403, "no_scope")
    hub = OrganizationFactory.create(kind="hub", slug="posting-hub")
    theirs = partner_key(hub, scopes=["prefill.write"])
    assert code_of(post(theirs, patient=lakeside.rosa.id)) == (403, "no_practice")
