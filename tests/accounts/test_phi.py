"""PHI at rest: sealed, bound to its row, found by digests only, and moved to new keys."""

import base64
import io
import json

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from accounts.core.envelope import KeyRing, Unreadable, key_id_of, seal, unseal
from accounts.core.permissions import Role
from accounts.domain.key_rotation import encrypted_columns
from accounts.models import AuditEntry, Membership
from accounts.phi import blind_index, blind_prefixes, search_text
from accounts.tenancy import acting_as, every_tenant
from enrollment.models import Patient
from tests.factories.enrollments import PatientFactory
from tests.factories.people import TOTP_SECRET, OrganizationFactory, actor_of, enroll, member

CANARY = "Zebulon Quackenbush"
OLD = "k1:" + base64.b64encode(b"k" * 32).decode()
NEW = "k2:" + base64.b64encode(b"n" * 32).decode()


@pytest.fixture(autouse=True)
def old_ring(settings: Settings) -> None:
    settings.PHI_KEYS = OLD


def patient_of(membership: Membership, name: str = CANARY) -> Patient:
    row: Patient = PatientFactory.create(
        organization=membership.organization, details={"A1": name, "A3": name}
    )
    return row


def whole_table(table: str) -> str:
    with every_tenant(reason="the test reads what is on the disk"), connection.cursor() as cursor:
        cursor.execute(f"select t::text from {table} t")
        return "\n".join(text for (text,) in cursor.fetchall())


@pytest.mark.asvs("11.3.2")
def test_no_value_stands_readable_in_the_database(ana: Membership) -> None:
    row = patient_of(ana)
    on_disk = whole_table("enrollment_patient")
    assert str(row.id) in on_disk
    for word in CANARY.split():
        assert word not in on_disk
        assert word.encode().hex() not in on_disk
    with acting_as(actor_of(ana)):
        assert Patient.objects.get(id=row.id).details["A1"] == CANARY


@pytest.mark.asvs("11.3.3")
def test_a_value_moved_to_another_row_does_not_open_there(ana: Membership) -> None:
    source, target = patient_of(ana), patient_of(ana, "Somebody Else")
    with acting_as(actor_of(ana)), connection.cursor() as cursor:
        cursor.execute(
            "update enrollment_patient set details ="
            " (select details from enrollment_patient where id = %s) where id = %s",
            [source.id, target.id],
        )
        with pytest.raises(Unreadable):
            _ = Patient.objects.get(id=target.id).details


@pytest.mark.asvs("11.3.3")
@pytest.mark.parametrize("position", [0, 1, 2, 5, -1])
def test_an_altered_value_does_not_open(position: int) -> None:
    ring = KeyRing.parse(OLD)
    sealed = bytearray(seal(b"Rosa", ring=ring, bound_to="t|c|1|o"))
    sealed[position] ^= 1
    with pytest.raises(Unreadable):
        unseal(bytes(sealed), ring=ring, bound_to="t|c|1|o")


def test_the_same_value_is_never_sealed_alike() -> None:
    ring = KeyRing.parse(OLD)
    assert len({seal(b"Rosa", ring=ring, bound_to="x") for _ in range(20)}) == 20


@pytest.mark.parametrize("text", ["", "k1:c2hvcnQ="])
def test_a_ring_without_a_whole_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyRing.parse(text)


@pytest.mark.asvs("11.4.1")
def test_the_blind_index_of_two_organizations_differs(ana: Membership, ben: Membership) -> None:
    here = blind_index("Rosa Delgado", organization_id=ana.organization_id)
    assert here == blind_index(" rosa  DELGADO ", organization_id=ana.organization_id)
    assert here != blind_index("Rosa Delgado", organization_id=ben.organization_id)
    assert search_text("José  Núñez") == "jose nunez"
    prefixes = blind_prefixes("Rosa", organization_id=ana.organization_id)
    assert len(prefixes) == 3
    assert blind_index("ros", organization_id=ana.organization_id) in prefixes


@pytest.mark.django_db
def test_an_encrypted_column_cannot_be_searched_or_written_around() -> None:
    with every_tenant(reason="the test tries"):
        with pytest.raises(TypeError):
            Patient.objects.filter(details={"A1": CANARY}).first()
        with pytest.raises(TypeError), transaction.atomic():
            Patient.objects.update(details={"A1": CANARY})


@pytest.mark.asvs("11.1.1")
def test_rotation_leaves_nothing_under_the_old_key(ana: Membership, settings: Settings) -> None:
    rows = [patient_of(ana, f"{CANARY} {number}") for number in range(3)]
    factor = enroll(ana.user)
    settings.PHI_KEYS = f"{NEW},{OLD}"
    out = io.StringIO()
    call_command("rotate_phi_keys", stdout=out)
    assert "enrollment.Patient: 3 rotated, 0 unreadable" in out.getvalue()
    assert "second factors: 1 rotated" in out.getvalue()
    settings.PHI_KEYS = NEW
    with acting_as(actor_of(ana)):
        for number, row in enumerate(rows):
            assert Patient.objects.get(id=row.id).details["A1"] == f"{CANARY} {number}"
        assert AuditEntry.objects.filter(action="keys_rotated").count() == 1
    factor.refresh_from_db()
    assert key_id_of(base64.b64decode(factor.data["secret"])) == "k2"


@pytest.mark.asvs("11.1.1")
def test_a_value_under_a_retired_key_is_refused(ana: Membership, settings: Settings) -> None:
    row = patient_of(ana)
    settings.PHI_KEYS = NEW
    with acting_as(actor_of(ana)), pytest.raises(Unreadable):
        _ = Patient.objects.get(id=row.id).details
    with pytest.raises(CommandError, match="1 rows"):
        call_command("rotate_phi_keys", stdout=io.StringIO())


def test_rotation_goes_on_where_it_was_stopped(ana: Membership, settings: Settings) -> None:
    patient_of(ana)
    settings.PHI_KEYS = f"{NEW},{OLD}"
    call_command("rotate_phi_keys", stdout=io.StringIO())
    patient_of(ana)
    out = io.StringIO()
    call_command("rotate_phi_keys", stdout=out)
    assert "enrollment.Patient: 0 rotated" in out.getvalue()


@pytest.mark.asvs("13.3.1")
def test_rotation_prints_and_logs_no_key(
    ana: Membership, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    patient_of(ana)
    settings.PHI_KEYS = f"{NEW},{OLD}"
    call_command("rotate_phi_keys")
    shown = "".join(capfd.readouterr())
    assert all(ring.split(":")[1] not in shown for ring in (OLD, NEW))
    assert settings.PHI_KEYS not in shown


@pytest.mark.asvs("6.4.3")
def test_a_second_factors_secret_rests_sealed(ana: Membership) -> None:
    enroll(ana.user)
    assert TOTP_SECRET not in whole_table("mfa_authenticator")


@pytest.mark.django_db
def test_every_encrypted_column_is_found_for_rotation() -> None:
    assert encrypted_columns(Patient) == ["details"]


@pytest.mark.asvs("14.2.4")
def test_a_dump_of_the_database_holds_no_name(committed: None, owner: psycopg.Connection) -> None:
    patient_of(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    owner.execute("set app.every_tenant = 'on'")
    tables = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    dump = json.dumps(
        [str(row) for (table,) in tables for row in owner.execute(f"select t::text from {table} t")]
    )
    assert "fernbrook" in dump
    assert not any(word in dump for word in CANARY.split())
