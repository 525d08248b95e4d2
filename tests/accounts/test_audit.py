"""The record: chained, append-only, readable by an administrator, verifiable by anyone."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import audit
from accounts.core.permissions import Role
from accounts.core.spreadsheet import csv_of, safe_cell
from accounts.domain.queries.audit import PAGE_LENGTH, Filters, entries, page_of
from accounts.models import AuditEntry, Membership
from accounts.tenancy import acting_as, every_tenant
from tests.factories.enrollments import PatientFactory
from tests.factories.people import OrganizationFactory, actor_of, member, proven, signed_in


def seal_now() -> None:
    """Seals are written when a transaction commits; a test's never does."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def record(membership: Membership, *actions: str) -> None:
    with acting_as(actor_of(membership)):
        for action in actions:
            audit.happened(action)
        seal_now()


@pytest.mark.asvs("16.4.2")
def test_the_record_is_chained_for_each_organization_by_itself(
    ana: Membership, ben: Membership
) -> None:
    record(ana, "exported", "exported")
    record(ben, "exported")
    with every_tenant(reason="the test reads every chain"):
        assert audit.broken_links() == []
        assert sorted(head.number for head in audit.chain_heads()) == [1, 2]
    with acting_as(actor_of(ana)):
        assert [head.number for head in audit.chain_heads()] == [2]


ALTER = "update accounts_auditentry set action = 'nothing' where action = 'b'"
DELETE = "delete from accounts_auditentry where action = 'b'"
CUT = "delete from accounts_auditseal where number = 2"
FORGE = (
    "insert into accounts_auditentry (id, organization_id, action, subject_type, fields, purpose,"
    " request_id) select gen_random_uuid(), organization_id, 'forged', '', '{}', '', ''"
    " from accounts_auditentry limit 1"
)
MOVE = "update accounts_auditentry set at = at - interval '1 day' where action = 'b'"


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (ALTER, "the entry was altered"),
        (MOVE, "the entry was altered"),
        (DELETE, "the entry is missing"),
        (CUT, "a link is missing before it"),
        (FORGE, "an entry has no seal"),
    ],
    ids=["altered", "moved in time", "deleted", "link cut out", "forged"],
)
def test_tampering_by_the_tables_owner_is_found(
    committed: None, owner: psycopg.Connection, tampering: str, found: str
) -> None:
    membership = member(OrganizationFactory.create(), Role.ADMIN)
    with acting_as(actor_of(membership)):
        for action in "abc":
            audit.happened(action)
    for table in ("accounts_auditentry", "accounts_auditseal"):
        owner.execute(f"alter table {table} disable trigger user")
    owner.execute(tampering)
    with every_tenant(reason="the test verifies"):
        faults = audit.broken_links()
    with acting_as(actor_of(membership)):
        assert audit.chain_standing().faults > 0
    assert found in {what for _organization, _number, what in faults}
    said = io.StringIO()
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit", stdout=io.StringIO(), stderr=said)
    assert found in said.getvalue()
    assert str(membership.organization_id) in said.getvalue()


@pytest.mark.asvs("16.4.2")
def test_a_chain_cut_at_its_end_is_found_by_the_seal_kept_elsewhere(
    committed: None, owner: psycopg.Connection, tmp_path: Path
) -> None:
    membership = member(OrganizationFactory.create(), Role.ADMIN)
    with acting_as(actor_of(membership)):
        audit.happened("a")
    with acting_as(actor_of(membership)):
        audit.happened("b")
    kept = tmp_path / "seals.jsonl"
    out = io.StringIO()
    call_command("verify_audit", stdout=out, stderr=io.StringIO())
    kept.write_text(out.getvalue())
    assert json.loads(kept.read_text())["number"] == 2
    call_command("verify_audit", against=kept, stdout=io.StringIO(), stderr=io.StringIO())
    for table in ("accounts_auditentry", "accounts_auditseal"):
        owner.execute(f"alter table {table} disable trigger user")
    owner.execute("delete from accounts_auditseal where number = 2")
    owner.execute("delete from accounts_auditentry where action = 'b'")
    call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", against=kept, stdout=io.StringIO(), stderr=said)
    assert "the seal is gone" in said.getvalue()


def test_a_page_checks_the_newest_links_from_the_right_one_on(ana: Membership) -> None:
    record(ana, *"abcdef")
    with acting_as(actor_of(ana)), pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "CHECKED_ON_A_PAGE", 2)
        standing = audit.chain_standing()
    assert (standing.faults, standing.checked) == (0, 2)
    assert standing.head
    assert standing.head.number == 6


@pytest.mark.asvs("16.2.1")
def test_an_entry_says_who_what_which_row_which_fields_and_why(ana: Membership) -> None:
    patient = PatientFactory.create(organization=ana.organization)
    with acting_as(actor_of(ana)):
        audit.read(patient, fields=["A1", "A5"], purpose="opened the patient")
        entry = AuditEntry.objects.get()
        seal_now()
    assert (entry.user_id, entry.organization_id) == (ana.user_id, ana.organization_id)
    assert (entry.subject_type, entry.subject_id) == ("enrollment.patient", patient.id)
    assert (entry.fields, entry.purpose) == (["A1", "A5"], "opened the patient")
    assert abs(entry.at - timezone.now()) < dt.timedelta(minutes=1)


def test_a_list_is_recorded_row_by_row_in_one_statement(
    ana: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    patients = [PatientFactory.create(organization=ana.organization) for _ in range(5)]
    with acting_as(actor_of(ana)):
        with django_assert_num_queries(1):
            audit.read_many(patients, fields=["A1"], purpose="the list")
        assert AuditEntry.objects.filter(action="read").count() == 5


def test_a_process_of_ours_records_for_the_organization_whose_row_it_is(ana: Membership) -> None:
    patient = PatientFactory.create(organization=ana.organization)
    with every_tenant(reason="a worker acts"):
        audit.wrote(patient, action="changed", fields=["A1"])
        with pytest.raises(ValueError, match="no organization"):
            audit.happened("swept")
    with acting_as(actor_of(ana)):
        assert AuditEntry.objects.get().user_id is None


# --- The page ------------------------------------------------------------------------------------


@pytest.fixture
def anas(ana: Membership) -> Client:
    return signed_in(ana)


def shown(client: Client, query: str = "") -> str:
    response = client.get(f"/audit/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_an_administrator_reads_their_own_organizations_record(
    ana: Membership, ben: Membership, anas: Client
) -> None:
    record(ana, "exported")
    record(ben, "refused")
    page = shown(anas)
    assert "Ana Whitfield" in page
    assert "Exported" in page
    assert "Ben Castillo" not in page
    assert "The record is whole: 1 entry" in page


def test_only_an_administrator_reads_it(priya: Membership, lakeside: None) -> None:
    assert signed_in(priya).get("/audit/").status_code == 403


def test_the_record_is_narrowed_by_person_action_and_day(ana: Membership, anas: Client) -> None:
    maya = member(ana.organization, Role.PRESCRIBER, name="Maya Okafor")
    record(ana, "exported")
    record(maya, "refused")
    rows = 'data-label="Who"'
    assert shown(anas).count(rows) == 2
    assert shown(anas, f"?person={maya.user_id}").count(rows) == 1
    assert shown(anas, "?action=exported").count(rows) == 1
    tomorrow = timezone.localdate() + dt.timedelta(days=2)
    assert shown(anas, f"?since={tomorrow}").count(rows) == 0
    assert shown(anas, f"?until={tomorrow}").count(rows) == 2
    assert shown(anas, "?person=nobody&since=yesterday&before=x").count(rows) == 2


def test_the_pages_of_a_long_record_join_without_gap_or_repeat(ana: Membership) -> None:
    """The entries of one transaction all have the same instant."""
    record(ana, *(f"action_{number}" for number in range(PAGE_LENGTH * 2 + 5)))
    with acting_as(actor_of(ana)):
        found = entries(Filters(), zone=ZoneInfo("UTC"))
        seen: list[str] = []
        older = ""
        for _page in range(3):
            page = page_of(found, before=older)
            seen += [row.what for row in page.rows]
            older = page.older
    assert older == ""
    assert len(seen) == len(set(seen)) == PAGE_LENGTH * 2 + 5


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_of_the_database_for_one_entry_and_for_thirty(
    ana: Membership, anas: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record(ana, *["exported"] * count)
    shown(anas)
    with django_assert_num_queries(12):
        shown(anas)


def test_a_row_is_linked_for_whoever_may_open_it(ana: Membership, anas: Client) -> None:
    with acting_as(actor_of(ana)):
        audit.wrote(ana, action="roles_changed")
    assert f"/organization/members/{ana.id}/" in shown(anas)


# --- The export ----------------------------------------------------------------------------------


@pytest.mark.asvs("7.5.3")
def test_an_export_asks_who_one_is_first(anas: Client) -> None:
    response = anas.get("/audit/export/?action=refused")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/")
    assert "next=/audit/export/%3Faction%3Drefused" in response["Location"]


@pytest.mark.asvs("1.2.10")
def test_the_export_is_plain_rfc_4180_and_is_itself_recorded(ana: Membership, anas: Client) -> None:
    with acting_as(actor_of(ana)):
        audit.happened("exported", purpose='=HYPERLINK("http://x") , said "yes"\nand more')
    response = proven(anas, ana).get("/audit/export/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="audit-' in response["Content-Disposition"]
    text = response.content.decode()
    assert "\r\n" in text
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][0] == "At (UTC)"
    assert rows[1][6].startswith("'=HYPERLINK")
    with acting_as(actor_of(ana)):
        assert AuditEntry.objects.filter(purpose="the audit as CSV").count() == 1


@pytest.mark.asvs("1.2.10")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_runs_as_a_formula(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert csv_of(["a"], [[f"{start}1"]]).startswith("a\r\n")
    assert safe_cell("plain") == "plain"


def test_a_stranger_to_the_organization_finds_no_entry_by_its_id(ben: Membership) -> None:
    with acting_as(actor_of(ben)):
        assert not AuditEntry.objects.filter(id=uuid4()).exists()
