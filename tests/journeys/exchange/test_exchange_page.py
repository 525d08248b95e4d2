"""The exchange page: who sees what, what stands in the way, and sending again."""

import io
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import OrganizationKind, Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint, InboundReport, Journey
from tests.factories.exchange import delivery_of, packet, practice_named, submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.fakes.hub import Hub
from tests.journeys.exchange.conftest import Turning, deliver, draw

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(northstar: Organization) -> Client:
    lakeside = practice_named("lakeside", "Lakeside Rheumatology")
    return signed_in(member(lakeside, Role.PRACTICE_STAFF, name="Ana Whitfield"))


@pytest.fixture
def ben() -> Client:
    harbor = practice_named("harbor", "Harbor Neurology")
    return signed_in(member(harbor, Role.PRACTICE_STAFF, name="Ben Castillo"))


@pytest.fixture
def supervisor(northstar: Organization) -> Client:
    return signed_in(member(northstar, Role.HUB_SUPERVISOR))


@pytest.fixture
def operator() -> Client:
    operations = OrganizationFactory.create(kind=OrganizationKind.OPERATOR.value, slug="operations")
    return signed_in(member(operations, Role.OPERATOR))


def stop(journey: Journey, status: DeliveryStatus = DeliveryStatus.ABANDONED) -> Delivery:
    with every_tenant(reason="it stopped"):
        Delivery.objects.filter(journey=journey).update(
            status=status, trouble="Northstar Access could not be reached."
        )
    return delivery_of(journey)


def test_a_practice_sees_its_own_and_another_practice_does_not(
    ana: Client, ben: Client, address: Endpoint
) -> None:
    journey = submitted()
    page = reverse("exchange_delivery", args=[delivery_of(journey).id])
    assert journey.number in ana.get(reverse("exchange")).content.decode()
    assert ana.get(page).status_code == 200
    assert journey.number not in ben.get(reverse("exchange")).content.decode()
    assert ben.get(page).status_code == 404


def test_the_operator_sees_every_delivery_and_no_patient(
    operator: Client, address: Endpoint
) -> None:
    journey = submitted()
    delivery = delivery_of(journey)
    for page in (reverse("exchange"), reverse("exchange_delivery", args=[delivery.id])):
        content = operator.get(page).content.decode()
        assert journey.number in content
        assert "Rosa" not in content
    assert operator.get(reverse("exchange_packet", args=[delivery.id])).status_code == 403


def test_a_hub_that_does_not_confirm_is_named_with_its_queue(
    ana: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 503
    for _ in range(3):
        submitted(now=clock.now)
    deliver(clock)
    content = ana.get(reverse("exchange")).content.decode()
    assert "Northstar Access is not confirming since" in content
    assert "3 enrollments queued" in content
    hub.status = 200
    clock.turn(seconds=6)
    deliver(clock)
    assert "is not confirming" not in ana.get(reverse("exchange")).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_of_the_database_however_long_it_is(
    ana: Client,
    address: Endpoint,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        submitted()
    ana.get(reverse("exchange"))
    with django_assert_num_queries(15):
        assert ana.get(reverse("exchange")).status_code == 200


def test_each_name_shown_stands_in_the_audit(ana: Client, address: Endpoint) -> None:
    journey = submitted()
    ana.get(reverse("exchange"))
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="read", subject_id=journey.id).count() == 1


def test_sending_again_keeps_the_id(
    supervisor: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    stopped = stop(journey)
    page = supervisor.get(reverse("exchange_delivery", args=[stopped.id])).content.decode()
    assert "Send again" in page
    supervisor.post(reverse("exchange_replay", args=[stopped.id]))
    clock.turn(seconds=60)
    deliver(clock)
    assert hub.ids == [str(stopped.id)]
    assert delivery_of(journey).status == DeliveryStatus.ACCEPTED


def test_what_is_under_way_is_not_sent_again(supervisor: Client, address: Endpoint) -> None:
    delivery = delivery_of(submitted())
    answer = supervisor.post(reverse("exchange_replay", args=[delivery.id]), follow=True)
    assert "on its way already" in answer.content.decode()


def test_a_practice_does_not_replay(ana: Client, address: Endpoint) -> None:
    stopped = stop(submitted())
    assert ana.post(reverse("exchange_replay", args=[stopped.id])).status_code == 403
    assert (
        "Send again"
        not in ana.get(reverse("exchange_delivery", args=[stopped.id])).content.decode()
    )


@pytest.fixture
def report(northstar: Organization) -> InboundReport:
    with every_tenant(reason="a report came in"):
        made: InboundReport = InboundReport.objects.create(
            organization=northstar,
            message_id="msg_1",
            body='{"type": "step.reported", "timestamp": "2026-03-02T15:00:00Z", "data":'
            ' {"journey": "TL-1", "step": "teleported", "status": "done",'
            ' "note": "Rosa Delgado said so"}}',
            digest="0" * 64,
            transport="webhook",
            received_at=timezone.now(),
            status="exception",
            problem="They report a step that this journey does not have.",
        )
    return made


def test_a_report_that_needs_a_person_is_shown_to_the_operator_and_its_partner(
    operator: Client, supervisor: Client, ana: Client, report: InboundReport
) -> None:
    for client in (operator, supervisor):
        content = client.get(reverse("exchange")).content.decode()
        assert "teleported / done" in content
        assert "a step that this journey does not have" in content
        assert "Rosa" not in content
    assert "teleported" not in ana.get(reverse("exchange")).content.decode()
    operator.post(reverse("exchange_report_replay", args=[report.id]))
    with every_tenant(reason="a test looks"):
        report.refresh_from_db()
    assert report.status == "waiting"


def test_what_stopped_is_told_at_the_top(ana: Client, address: Endpoint) -> None:
    assert (
        "Every partner takes what is sent to it." in ana.get(reverse("exchange")).content.decode()
    )
    stop(submitted())
    page = ana.get(reverse("exchange")).content.decode()
    assert "1 delivery stopped; somebody has to look at it." in page
    assert "Every partner takes" not in page


def test_another_partners_report_is_not_there(report: InboundReport) -> None:
    other = OrganizationFactory.create(kind="hub", slug="other-hub")
    client = signed_in(member(other, Role.HUB_SUPERVISOR))
    url = reverse("exchange_report_replay", args=[report.id])
    assert client.post(url).status_code == 404
    assert client.post(reverse("exchange_report_replay", args=[uuid.uuid4()])).status_code == 404


def test_the_packet_is_a_tagged_pdf_for_the_practice_and_for_the_hub_that_has_it(
    ana: Client, ben: Client, supervisor: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    url = reverse("exchange_packet", args=[delivery_of(journey).id])
    draw(clock)
    assert ana.get(url).status_code == 200
    assert ben.get(url).status_code == 404
    assert supervisor.get(url).status_code == 404  # it was not sent yet
    deliver(clock)
    answer = supervisor.get(url)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert journey.number in text
    assert packet()["sections"][0]["fields"][0]["display"] in text
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(purpose="packet download").count() == 2


def test_a_revocation_closes_the_download(
    supervisor: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    deliver(clock)
    url = reverse("exchange_packet", args=[delivery_of(journey).id])
    with every_tenant(reason="the patient revokes"):
        journey.grants.update(revoked_at=clock.now)
    answer = supervisor.get(url, follow=True)
    page = " ".join(answer.content.decode().split())
    assert "The patient has revoked the authorization." in page
    # In place of a link that would be refused.
    assert "You may no longer download it. The patient has revoked the authorization." in page
    assert url not in page


def test_what_could_not_be_delivered_is_somebodys_work(
    ana: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 422
    journey = submitted(now=clock.now)
    deliver(clock)
    assert (
        "Call Northstar Access: it refused the packet" in ana.get(reverse("work")).content.decode()
    )
    story = ana.get(reverse("journey", args=[journey.id])).content.decode()
    assert "Northstar Access refused what was handed over" in story


def test_a_packet_that_is_stuck_can_go_as_paper(
    ana: Client, supervisor: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 503
    stuck = delivery_of(submitted(now=clock.now))
    page = reverse("exchange_delivery", args=[stuck.id])
    assert "Send as PDF instead" not in supervisor.get(page).content.decode()
    deliver(clock)
    assert "Send as PDF instead" in supervisor.get(page).content.decode()
    assert "Send as PDF instead" not in ana.get(page).content.decode()
    url = reverse("exchange_as_packet", args=[stuck.id])
    assert ana.post(url).status_code == 403
    answer = supervisor.post(url, follow=True)
    assert "It goes as a PDF packet" in answer.content.decode()
    clock.turn(seconds=60)
    deliver(clock)
    again = supervisor.post(url, follow=True)
    assert "This has arrived already." in again.content.decode()


def test_the_banner_stands_on_the_work_of_those_who_wait_and_of_nobody_else(
    ana: Client, ben: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 503
    for _ in range(2):
        submitted(now=clock.now)
    deliver(clock)
    words = "Northstar Access is not confirming since"
    work = ana.get(reverse("work")).content.decode()
    assert words in work
    assert "2 enrollments queued" in work
    assert words not in ben.get(reverse("work")).content.decode()
    for _ in range(4):
        submitted(now=clock.now)
    deliver(clock)
    submitted(practice=practice_named("harbor", "Harbor Neurology"), now=clock.now)
    assert "1 enrollment queued" in ben.get(reverse("work")).content.decode()


def test_the_banner_goes_when_the_hub_answers(
    ana: Client, ben: Client, address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.moods = [503]
    submitted(now=clock.now)
    deliver(clock)
    words = "Northstar Access is not confirming since"
    assert words in ana.get(reverse("work")).content.decode()
    clock.turn(seconds=6)
    deliver(clock)
    assert words not in ana.get(reverse("work")).content.decode()
