"""Files of reports: looked through row by row, taken once, late for everybody to see."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import OrganizationKind, Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.core.timeline import timeline
from journeys.domain.graphs import graph_of
from journeys.domain.queries.journeys import story_of
from journeys.enums import ReportStatus
from journeys.models import Journey, JourneyEvent, ReportFile
from tests.factories.people import OrganizationFactory, actor_of, member, signed_in
from tests.journeys.exchange.reporting import accepted, reports, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(northstar: Organization) -> Client:
    return signed_in(member(northstar, Role.HUB_AGENT))


def bring(client: Client, text: str | bytes, name: str = "week.csv") -> str:
    """Bring a file in; the address of the page that looks it through."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = client.post(reverse("report_files"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


def table(journey: Journey, *rows: str) -> str:
    return "\r\n".join(["journey,code,sub_code,occurred_at,note", *rows]).replace(
        "#", journey.number
    )


def at(**ago: float) -> str:
    return (timezone.now() - dt.timedelta(**ago)).isoformat()


def test_each_row_is_told_before_anything_is_applied(journey: Journey, agent: Client) -> None:
    text = table(
        journey,
        f"#,PENDING-PAYER,BV,{at(hours=30)},Called",
        f"#,P5,,{at(hours=2)},",
        f"NS-9,PENDING-PAYER,BV,{at(hours=2)},",
        "#,ACTIVE,SHIPPED,yesterday,",
        ",,,,",
    )
    content = agent.get(bring(agent, text)).content.decode()
    assert "Benefit verification" in content
    assert "Nobody has said yet what “P5” means" in content
    assert "No journey they take part in" in content
    assert "occurred_at: An instant is written as 2026-03-06T14:10:00-05:00." in content
    assert "/data/" not in content
    assert "2 are not whole and are left out" in content
    assert "Apply 3 rows" in content
    assert reports() == []


def test_taking_a_file_applies_its_whole_rows_once_and_visibly_late(
    journey: Journey, agent: Client, northstar: Organization
) -> None:
    text = table(journey, f"#,PENDING-PAYER,BV,{at(hours=30)},Called", f"#,P5,,{at(hours=2)},")
    page = bring(agent, text)
    answer = agent.post(f"{page}take/", follow=True).content.decode()
    assert "2 reports were taken" in answer
    assert "taken already" in agent.post(f"{page}take/", follow=True).content.decode()
    work()
    assert {(each.status, each.transport) for each in reports()} == {
        (ReportStatus.APPLIED, "batch"),
        (ReportStatus.EXCEPTION, "batch"),
    }
    assert "Needs a person" in agent.get(page).content.decode()
    again = bring(agent, text)
    assert "2 came before" in agent.get(again).content.decode()
    agent.post(f"{again}take/")
    assert len(reports()) == 2
    with every_tenant(reason="a test reads the story"):
        actor = actor_of(member(northstar, Role.HUB_AGENT))
        story = story_of(Journey.objects.get(pk=journey.pk), actor, now=timezone.now())
        told = timeline(graph_of(journey.program_version_id), story.events, story.state, "hub")
        assert JourneyEvent.objects.filter(transport="batch").count() == 1
    (filed,) = [entry for entry in told if entry.transport == "batch"]
    assert filed.learnt_late_by


def test_json_lines_are_reports_as_the_api_takes_them(journey: Journey, agent: Client) -> None:
    lines = [json.dumps(accepted(journey)), "{", json.dumps({"type": "step.reported"}), ""]
    page = bring(agent, "\n".join(lines), name="week.jsonl")
    assert "Apply 1 row" in agent.get(page).content.decode()
    agent.post(f"{page}take/")
    work()
    assert [each.status for each in reports()] == [ReportStatus.APPLIED]


def test_a_column_that_nobody_reads_is_named(journey: Journey, agent: Client) -> None:
    text = (
        f"journey,step,status,occurred_at,payer_reference\r\n{journey.number},x,y,{at(hours=1)},9"
    )
    content = agent.get(bring(agent, text)).content.decode()
    assert "What stands in payer_reference is lost." in content
    assert "is lost" not in agent.get(bring(agent, table(journey))).content.decode()


@pytest.mark.parametrize(("cell", "kept"), [("Y", True), ("no", False), ("TRUE", True)])
def test_a_yes_or_no_in_a_table_is_one(
    journey: Journey, agent: Client, cell: str, kept: bool
) -> None:
    text = (
        "journey,step,status,occurred_at,fact_prior_authorization_required,fact_quantity_limit\r\n"
        f"{journey.number},benefit_verification,complete,{at(hours=1)},{cell},N"
    )
    agent.post(bring(agent, text) + "take/")
    work()
    with every_tenant(reason="test"):
        told = JourneyEvent.objects.get(journey=journey, step="benefit_verification").body["facts"]
    assert told == {"prior_authorization_required": kept, "quantity_limit": "N"}


def test_a_yes_or_no_that_is_neither_is_left_out(journey: Journey, agent: Client) -> None:
    text = (
        "journey,step,status,occurred_at,fact_coverage_active\r\n"
        f"{journey.number},benefit_verification,complete,{at(hours=1)},perhaps"
    )
    content = agent.get(bring(agent, text)).content.decode()
    assert "fact_coverage_active: coverage_active is true or false." in content


def test_a_time_without_an_offset_is_the_partners_own(journey: Journey, agent: Client) -> None:
    page = bring(agent, table(journey, "#,PENDING-PAYER,BV,2026-03-06T09:00,"))
    agent.post(f"{page}take/")
    assert "2026-03-06T09:00:00-05:00" in reports()[0].body


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "no text in UTF-8"),
        (b" \n", "file is empty|1 to 2,000 rows"),
        (b"a\x00b", "1 to 2,000 rows"),
        (b"a\n" * 2_100, "1 to 2,000 rows"),
        (b"a" * 1_000_001, "more than 1 MB"),
        (b"", "empty"),
    ],
    ids=["no text", "nothing", "nul", "long", "large", "empty"],
)
def test_what_is_no_file_of_reports_is_refused(agent: Client, content: bytes, words: str) -> None:
    answer = agent.post(reverse("report_files"), {"file": SimpleUploadedFile("week.csv", content)})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert any(each in text for each in words.split("|"))


def test_a_file_is_its_organizations_own_and_reading_it_is_recorded(
    journey: Journey, agent: Client
) -> None:
    page = bring(agent, table(journey, f"#,P5,,{at(hours=2)},Rosa"))
    agent.get(page)
    with every_tenant(reason="a test reads the audit"):
        file = ReportFile.objects.get()
        assert AuditEntry.objects.filter(action="read", subject_id=file.pk).exists()
    other = OrganizationFactory.create(kind="hub", slug="stranger")
    stranger = signed_in(member(other, Role.HUB_AGENT))
    assert stranger.get(page).status_code == 404
    assert stranger.post(f"{page}take/").status_code == 404
    operations = OrganizationFactory.create(kind=OrganizationKind.OPERATOR.value, slug="operations")
    operator = signed_in(member(operations, Role.OPERATOR))
    assert operator.get(reverse("report_files")).status_code == 403


def test_a_file_that_was_only_looked_through_is_forgotten(journey: Journey, agent: Client) -> None:
    bring(agent, table(journey, f"#,P5,,{at(hours=2)},"))
    with every_tenant(reason="a day passes"):
        ReportFile.objects.update(brought_at=timezone.now() - dt.timedelta(days=2))
    bring(agent, table(journey, f"#,P6,,{at(hours=2)},"))
    with every_tenant(reason="a test looks"):
        assert ReportFile.objects.count() == 1
