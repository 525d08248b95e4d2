"""Fields that a form does not have are never kept, whatever they are called."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import every_tenant
from tests.factories.enrollments import COVERAGE, ROSA
from tests.factories.people import MembershipFactory, OrganizationFactory
from tests.security.walk import guarded_addresses
from tests.security.world import World

pytestmark = pytest.mark.django_db

OURS = ("accounts", "programs", "journeys", "enrollment")
ORGANIZATIONS = (
    "organization", "organization_id", "practice", "practice_id", "owner", "owner_id", "hub",
    "hub_id", "party", "party_ids", "parties", "pharmacy", "pharmacy_id", "recipient", "tenant_id",
)  # fmt: skip
PEOPLE = ("user", "user_id", "by", "actor", "created_by", "created_by_id", "claimed_by", "signer")
ROWS = (
    "id",
    "pk",
    "patient_id",
    "journey",
    "journey_id",
    "enrollment_id",
    "packet_id",
    "request_id",
)
WORDS = (
    "state", "stage", "phase", "headline", "number", "digest", "revision_of", "role", "is_staff",
    "is_superuser", "is_active", "submitted_at", "closed_at", "received_at", "source",
)  # fmt: skip
PLANTED = "planted by a stranger"


def insured() -> dict[str, str]:
    return {key: {True: "true"}.get(value, value) for key, value in COVERAGE.items()}


def forms(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Who fills in what: forms that are right, so that something is kept."""
    patient = {**ROSA, "A1": "Imani", "A3": "Okoro", "A5": "03/02/1990"}
    now = timezone.localtime(timezone.now(), ZoneInfo("America/New_York"))
    report = {
        "token": uuid.uuid4(),
        "status": "electronic_sent",
        "occurred_at": now.strftime("%Y-%m-%dT%H:%M"),
    }
    message = {"token": uuid.uuid4(), "step": "intake_review", "text": "Is the card there?"}
    return [
        ("practice", "patient_new", {**patient, **insured()}),
        ("practice", "patient_edit", patient),
        ("practice", "coverage_new", insured()),
        ("practice", "enrollment_answers", {"version": "0", "field": "E12", "E12": "Penicillin"}),
        ("practice", "enrollment_ask", {}),
        ("practice", "invite_member", {"name": "Robin", "email": "r@x.example", "roles": "admin"}),
        ("practice", "member", {"roles": "prescriber"}),
        ("hub", "work_claim", {}),
        ("hub", "intake_accept", {}),
        ("hub", "journey_report", report),
        ("practice", "journey_message", message),
        ("practice", "enrollment_withdraw", {}),
    ]


def planted(world: World) -> tuple[dict[str, str], set[str]]:
    """What is added to each form, and the values that must be found nowhere afterwards."""
    outsider = MembershipFactory.create(organization=OrganizationFactory.create())
    row = uuid.uuid4()
    fields = {
        **dict.fromkeys(ORGANIZATIONS, str(outsider.organization_id)),
        **dict.fromkeys(PEOPLE, str(outsider.user_id)),
        **dict.fromkeys(ROWS, str(row)),
        **dict.fromkeys(WORDS, PLANTED),
    }
    return fields, set(fields.values())


def kept() -> set[tuple[str, str]]:
    """Every value of every row as the product reads it, with the name of its model."""
    values = set()
    with every_tenant(reason="the test looks for what was planted"):
        for app in OURS:
            for model in apps.get_app_config(app).get_models():
                names = [field.attname for field in model._meta.concrete_fields]
                values |= {
                    (model._meta.label, str(getattr(row, name)))
                    for row in model.objects.all()  # type: ignore[attr-defined]  # every model has it
                    for name in names
                }
    return values


@pytest.mark.asvs("15.3.3")
def test_what_no_form_asks_for_is_never_kept(world: World) -> None:
    extra, marks = planted(world)
    before = {(label, value) for label, value in kept() if any(mark in value for mark in marks)}
    kwargs = {address.name: world.given(address) for address in guarded_addresses()}
    for who, name, data in forms(world):
        answer = world.insiders[who].browser.post(reverse(name, kwargs=kwargs[name]), extra | data)
        assert answer.status_code in (200, 302), (name, answer.status_code)
    after = {(label, value) for label, value in kept() if any(mark in value for mark in marks)}
    assert after == before


def test_a_value_that_is_kept_is_found(world: World) -> None:
    with every_tenant(reason="the test plants a value"):
        world.draft.answers = {"state": PLANTED}
        world.draft.save()
    assert any(PLANTED in value for _label, value in kept())
