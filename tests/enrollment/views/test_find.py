"""Find anything: what a person may see, by what they typed, which no address ever holds."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.core.permissions import OrganizationKind, Role
from accounts.tenancy import every_tenant
from journeys.models import Journey
from tests.factories.enrollments import PatientFactory
from tests.factories.offices import Office
from tests.factories.people import OrganizationFactory, member, signed_in

pytestmark = pytest.mark.django_db


def found(client: Client, typed: str) -> str:
    return client.post("/find/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()


def journey_of(lakeside: Office) -> Journey:
    sent = lakeside.sent()
    with every_tenant(reason="the test looks at the row"):
        journey: Journey = Journey.objects.select_related("hub").get(id=sent.journey_id)
        return journey


def test_patients_journeys_and_programs_are_found_together(ana: Client, lakeside: Office) -> None:
    journey = journey_of(lakeside)
    results = found(ana, "rosa")
    assert f"/patients/{lakeside.rosa.id}/" in results
    assert f"/journeys/{journey.id}/" in results
    assert "program=veltrana" in found(ana, "veltr")
    assert "<html" not in results


@pytest.mark.parametrize("cut", [0, 3])
def test_a_journey_is_found_by_its_number_however_it_is_typed(
    ana: Client, lakeside: Office, cut: int
) -> None:
    journey = journey_of(lakeside)
    assert f"/journeys/{journey.id}/" in found(ana, journey.number[cut:-2].lower())


def test_the_hub_finds_the_patient_under_its_own_key(lakeside: Office) -> None:
    journey = journey_of(lakeside)
    priya = signed_in(member(journey.hub, Role.HUB_AGENT))
    results = found(priya, "delg")
    assert f"/journeys/{journey.id}/" in results
    assert "/patients/" not in results
    assert "program=" not in found(priya, "veltr")


def test_who_takes_no_part_finds_nobody(ben: Client, lakeside: Office) -> None:
    PatientFactory.create()
    journey = journey_of(lakeside)
    stranger = signed_in(member(OrganizationFactory.create(kind="hub"), Role.HUB_AGENT))
    for client in (ben, stranger):
        for typed in ("delg", journey.number):
            assert str(journey.id) not in found(client, typed)
        assert str(lakeside.rosa.id) not in found(client, "delg")


def test_a_manufacturer_finds_programs_and_no_patient(lakeside: Office) -> None:
    journey = journey_of(lakeside)
    maker = OrganizationFactory.create(kind=OrganizationKind.MANUFACTURER.value)
    nadia = signed_in(member(maker, Role.PROGRAM_MANAGER))
    assert "Veltrana" in found(nadia, "veltr")
    assert str(journey.id) not in found(nadia, journey.number)


def test_the_page_finds_the_same_without_scripts(ana: Client, lakeside: Office) -> None:
    page = ana.post("/find/", {"q": "delg"}).content.decode()
    assert f"/patients/{lakeside.rosa.id}/" in page
    assert "Nothing found" in ana.post("/find/", {"q": "zzzz"}).content.decode()
    assert "delg" not in ana.get("/find/?q=delg").content.decode()


@pytest.mark.parametrize("typed", ["", " ", "%", "a", "🌹", "x" * 5_000, "'; drop table"])
def test_whatever_is_typed_is_answered(ana: Client, typed: str) -> None:
    assert ana.post("/find/", {"q": typed}).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_finding_takes_the_same_queries_for_one_and_for_thirty(
    ana: Client, lakeside: Office, rows: int
) -> None:
    for _ in range(rows - 1):
        PatientFactory.create(organization=lakeside.practice)
    ana.post("/find/", {"q": "delg"})
    with CaptureQueriesContext(connection) as captured:
        ana.post("/find/", {"q": "delg"})
    assert len(captured) == 9
