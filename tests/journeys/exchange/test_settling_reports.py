"""The queue of reports: who sees what, and how people settle it."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import OrganizationKind, Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.enums import ReportStatus
from journeys.models import InboundReport, Journey, PartnerCase, StatusLine
from tests.factories.exchange import partner_key, submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.journeys.exchange.reporting import accepted, coded, events, post, reports, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(northstar: Organization) -> Client:
    return signed_in(member(northstar, Role.HUB_SUPERVISOR, name="Marcus Vale"))


@pytest.fixture
def agent(northstar: Organization) -> Client:
    return signed_in(member(northstar, Role.HUB_AGENT))


@pytest.fixture
def operator() -> Client:
    operations = OrganizationFactory.create(kind=OrganizationKind.OPERATOR.value, slug="operations")
    return signed_in(member(operations, Role.OPERATOR))


@pytest.fixture
def stranger() -> Client:
    other = OrganizationFactory.create(kind="hub", slug="stranger")
    return signed_in(member(other, Role.HUB_SUPERVISOR))


def page(client: Client, report: InboundReport) -> str:
    answer = client.get(reverse("report", args=[report.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def unmatched(journey: Journey, **data: object) -> InboundReport:
    post(accepted(journey, journey="NS-4711", **data))
    work()
    (report,) = reports()
    assert report.status == ReportStatus.EXCEPTION
    return report


def status_of(report: InboundReport) -> str:
    with every_tenant(reason="a test looks"):
        report.refresh_from_db()
        return report.status


def test_the_raw_message_is_for_its_partner_and_looking_is_recorded(
    journey: Journey, agent: Client, operator: Client, stranger: Client
) -> None:
    post(coded(journey, "P5-SHIP", note="Rosa asked for a call"))
    work()
    (report,) = reports()
    assert "Rosa asked for a call" in page(agent, report)
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="read", subject_id=report.pk).count() == 1
    assert "P5-SHIP" in page(operator, report)
    assert "Rosa" not in page(operator, report)
    assert stranger.get(reverse("report", args=[report.pk])).status_code == 404
    listed = reverse("reports")
    assert "P5-SHIP" in agent.get(listed).content.decode()
    assert "P5-SHIP" not in stranger.get(listed).content.decode()


def test_a_hub_also_settles_what_a_pharmacy_says_about_its_journeys(
    journey: Journey, supervisor: Client
) -> None:
    pharmacy = OrganizationFactory.create(kind="pharmacy", slug="halcyon", name="Halcyon")
    partner_key(pharmacy)
    with every_tenant(reason="the pharmacy reported"):
        report = InboundReport.objects.create(
            organization=pharmacy,
            message_id="one",
            body='{"type": "code.reported", "timestamp": "2026-03-06T10:00:00+00:00",'
            ' "data": {"journey": "X", "code": "P5", "occurred_at": "2026-03-06T10:00:00+00:00"}}',
            digest="0" * 64,
            transport="webhook",
            received_at=timezone.now(),
            status=ReportStatus.EXCEPTION,
            cause="code",
            code="P5",
            journey_id=journey.pk,
        )
    assert "Halcyon" in page(supervisor, report)


def test_explaining_a_code_applies_the_report_and_stands_in_the_map(
    journey: Journey, supervisor: Client, agent: Client
) -> None:
    post(coded(journey, "P5"))
    work()
    (report,) = reports()
    teach = reverse("report_teach", args=[report.pk])
    said = {
        "code": "P5",
        "meaning": "benefit_verification/electronic_sent/",
        "program": "veltrana",
    }
    assert agent.post(teach, said).status_code == 403
    assert "Say what the code means" not in page(agent, report)
    assert "A hub supervisor or the operator says what a code means" in page(agent, report)
    assert "Say what the code means" in page(supervisor, report)
    assert supervisor.post(teach, {**said, "meaning": ""}).status_code == 422
    answer = supervisor.post(teach, said, follow=True)
    assert "The report that waited for it is applied" in answer.content.decode()
    assert [event.status for event in events(journey)] == ["electronic_sent"]
    assert status_of(report) == ReportStatus.APPLIED
    again = supervisor.post(teach, said, follow=True).content.decode()
    assert "dealt with already" in again


def test_the_likely_journeys_are_proposed_with_why(
    journey: Journey, agent: Client, operator: Client
) -> None:
    with every_tenant(reason="a test looks"):
        born_on = journey.patient_born_on.isoformat()
    report = unmatched(journey, patient={"name": "Delgado", "born_on": born_on})
    content = page(agent, report)
    assert journey.number in content
    assert "Same date of birth, Part of the name" in content
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="read", subject_id=journey.pk).exists()
    assert journey.number not in page(operator, report)


def test_matching_applies_every_report_of_that_number_and_remembers_it(
    journey: Journey, agent: Client
) -> None:
    report = unmatched(journey)
    post(accepted(journey, journey="NS-4711", status="in_review"), message_id="two")
    work()
    match = reverse("report_match", args=[report.pk])
    answer = agent.post(match, {"number": journey.number.lower()}, follow=True)
    assert "2 reports that named it so are applied" in answer.content.decode()
    work()
    assert {each.status for each in reports()} == {ReportStatus.APPLIED}
    post(accepted(journey, journey="NS-4711", status="received"), message_id="three")
    work()
    assert len(events(journey)) == 3


def test_only_a_journey_of_ones_own_is_matched(
    journey: Journey, agent: Client, stranger: Client, operator: Client
) -> None:
    report = unmatched(journey)
    match = reverse("report_match", args=[report.pk])
    for meant in ({}, {"number": "TL-NOTHING"}, {"journey": "no-id"}):
        assert agent.post(match, meant).status_code == 422
    assert stranger.post(match, {"number": journey.number}).status_code == 404
    assert operator.post(match, {"number": journey.number}).status_code == 422
    with every_tenant(reason="a test looks"):
        assert not PartnerCase.objects.exists()


def test_a_report_set_aside_is_kept_with_its_reason_and_can_be_tried_again(
    journey: Journey, agent: Client, supervisor: Client
) -> None:
    report = unmatched(journey)
    aside = reverse("report_set_aside", args=[report.pk])
    assert agent.post(aside, {"why": ""}).status_code == 422
    agent.post(aside, {"why": "A test message of theirs"})
    assert status_of(report) == ReportStatus.SET_ASIDE
    assert "A test message of theirs" in page(agent, report)
    listed = agent.get(reverse("reports"), {"show": "aside"}).content.decode()
    assert "accepted" in listed
    assert "dealt with already" in agent.post(aside, {"why": "x"}, follow=True).content.decode()
    supervisor.post(reverse("exchange_report_replay", args=[report.pk]))
    assert status_of(report) == ReportStatus.WAITING


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_asks_the_same_of_the_database_however_long_it_is(
    journey: Journey,
    agent: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        post(coded(journey, f"P{number}"), message_id=f"msg_{number}")
    work()
    agent.get(reverse("reports"))
    with django_assert_num_queries(12):
        content = agent.get(reverse("reports")).content.decode()
    assert len(re.findall(r"<th scope=\"row\">", content)) == rows


def test_a_line_is_previewed_before_it_is_added(
    journey: Journey, supervisor: Client, northstar: Organization
) -> None:
    post(coded(journey, "P5"))
    work()
    page = reverse("status_map", args=[northstar.pk])
    assert "P5" in supervisor.get(page).content.decode()
    line = {
        "code": "p5",
        "meaning": "benefit_verification/manual_call/",
        "program": "all",
        "rows": "P5\nACTIVE | SHIPPED\nQ9, 1",
    }
    preview = supervisor.post(page, {**line, "do": "preview"}).content.decode()
    assert "1 waiting report would be applied" in preview
    assert journey.number in preview
    assert "Delivery: Shipped" in preview
    assert status_of(reports()[0]) == ReportStatus.EXCEPTION
    tried = supervisor.post(page, {"rows": "P5", "do": "try"}).content.decode()
    assert "A person has to look" in tried
    with every_tenant(reason="a test looks"):
        assert not StatusLine.objects.exists()
    added = supervisor.post(page, {**line, "do": "save"}, follow=True).content.decode()
    assert "1 report that waited for it is applied now" in added
    work()
    assert status_of(reports()[0]) == ReportStatus.APPLIED
    assert "ever since" in supervisor.get(page).content.decode()


def test_a_hub_explains_its_own_codes_and_those_of_its_programs_only(
    journey: Journey, supervisor: Client, stranger: Client, agent: Client, operator: Client
) -> None:
    halcyon = OrganizationFactory.create(kind="pharmacy", slug="halcyon", name="Halcyon")
    page = reverse("status_map", args=[halcyon.pk])
    assert supervisor.get(page).status_code == 404
    assert operator.get(page).status_code == 200
    with every_tenant(reason="the pharmacy is brought in"):
        ours = submitted(now=timezone.now() - dt.timedelta(hours=1))
        first = ours.parties.first()
        assert first is not None
        ours.parties.create(
            party=halcyon,
            role="pharmacy",
            since=timezone.now(),
            organization_id=ours.organization_id,
            party_ids=ours.party_ids,
        )
    line = {"code": "P5", "meaning": "delivery/shipped/", "do": "save"}
    assert "All of their programs" not in supervisor.get(page).content.decode().split("<form")[1]
    assert supervisor.post(page, {**line, "program": "all"}).status_code == 422
    assert supervisor.post(page, {**line, "program": "veltrana"}).status_code == 302
    assert stranger.get(page).status_code == 404
    assert agent.get(page).status_code == 403
    assert operator.post(page, {**line, "program": "all"}).status_code == 302


@pytest.mark.parametrize("body", ["PAID 03/06 <Rosa>", "[]", '{"type": "code.reported"}'])
def test_what_is_kept_and_is_no_report_is_shown_as_it_came(
    journey: Journey, agent: Client, operator: Client, body: str
) -> None:
    """The API lets no such in; a row from before, or restored by hand, may be one."""
    report = unmatched(journey)
    with every_tenant(reason="the test spoils it"):
        report.body, report.status = body, ReportStatus.WAITING
        report.save()
    work()
    with every_tenant(reason="it was tried often enough"):
        InboundReport.objects.filter(pk=report.pk).update(attempts=5, taken_until=None)
    work()
    assert status_of(report) == ReportStatus.EXCEPTION
    for shown in ("open", "all"):
        listed = agent.get(reverse("reports"), {"show": shown}).content.decode()
        assert "not readable" in listed
    assert operator.get(reverse("exchange")).status_code == 200
    text = page(agent, report)
    assert "This is not a report as the API takes one" in text
    assert escape(body) in text
    assert "Rosa" not in page(operator, report)
    agent.post(reverse("report_set_aside", args=[report.pk]), {"why": "Asked to send it again"})
    assert status_of(report) == ReportStatus.SET_ASIDE
