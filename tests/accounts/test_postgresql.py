"""Transactions begin with what is first asked in them; a connection that ended is seen to."""

import os
import signal
from pathlib import Path

import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from accounts.models import User
from accounts.writing import Statement, say
from config.runner.processes import wait_until
from tests.factories.people import UserFactory

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def ana(committed: None) -> User:
    return UserFactory.create()


def status() -> TransactionStatus:
    found: TransactionStatus = connection.connection.info.transaction_status
    return found


def names() -> list[str]:
    return list(User.objects.order_by("name").values_list("name", flat=True))


def test_a_transaction_begins_with_its_first_statement_and_is_one(ana: User) -> None:
    before = names()
    with transaction.atomic():
        connection.ensure_connection()
        assert status() == TransactionStatus.IDLE
        assert names() == before
        assert status() == TransactionStatus.INTRANS
        User.objects.update(name="Somebody else")
        transaction.set_rollback(True)
    assert names() == before
    with transaction.atomic():
        with transaction.atomic():
            User.objects.update(name="Somebody else")
            transaction.set_rollback(True)
        User.objects.filter(pk=ana.pk).update(name="Ana B. Castillo")
    assert "Ana B. Castillo" in names()
    assert status() == TransactionStatus.IDLE


def test_what_postgresql_cannot_read_neither_begins_nor_ends_a_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError):
            cursor.execute("selec 1")
        cursor.execute("select 2")
        assert cursor.fetchall() == [(2,)]
        assert status() == TransactionStatus.INTRANS
    assert status() == TransactionStatus.IDLE


def test_what_is_only_said_keeps_its_place_and_goes_with_the_commit(ana: User) -> None:
    rename = "update accounts_user set name = name || %s"
    with transaction.atomic():
        say(Statement(rename, ["%1"]))
        assert status() == TransactionStatus.IDLE
        User.objects.filter(name__endswith="%1").update(email="ana@else.example")
        say(Statement(rename, ["2"]))
        with transaction.atomic():
            say(Statement(rename, ["3"]))
            transaction.set_rollback(True)
        say(Statement(rename, ["4"]))
        # It cannot even be sent: nothing that was said before is lost by it.
        with pytest.raises(DataError), connection.cursor() as cursor:
            cursor.execute("select %s", ["\0"])
    assert names() == [f"{ana.name}%124"]
    assert User.objects.get().email == "ana@else.example"
    with transaction.atomic():
        say(Statement(rename, ["5"]))
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError), transaction.atomic():
        say(Statement("update accounts_user set name = null", []))
    assert names() == [f"{ana.name}%124"]
    say(Statement(rename, ["6"]))
    assert names() == [f"{ana.name}%1246"]


def test_a_block_within_another_costs_no_message_of_its_own(ana: User) -> None:
    with transaction.atomic():
        with transaction.atomic():
            assert status() == TransactionStatus.IDLE
            User.objects.update(name="Ana B.")
        with transaction.atomic():
            User.objects.update(name="Somebody else")
            with pytest.raises(IntegrityError), transaction.atomic():
                User.objects.update(name=None)
            transaction.set_rollback(True)
        assert names() == ["Ana B."]
        with transaction.atomic():
            say(Statement("update accounts_user set name = name || %s", ["!"]))
    assert names() == ["Ana B.!"]
    assert status() == TransactionStatus.IDLE


def test_rows_come_one_by_one_and_by_copy_within_a_transaction(ana: User) -> None:
    with transaction.atomic():
        assert [each.pk for each in User.objects.iterator(chunk_size=1)] == [ana.pk]
        assert status() == TransactionStatus.INTRANS
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy("copy (select 1) to stdout") as copy:
            assert list(copy.rows()) == [("1",)]
        assert status() == TransactionStatus.INTRANS


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(ana: User) -> None:
    assert names() == [ana.name]
    ended = connection.connection
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    connection.close()
    os.kill(pid, signal.SIGTERM)
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists(), seconds=30)
    assert names() == [ana.name]
    assert connection.connection is not ended


def test_a_connection_lost_while_its_queries_are_noted_is_told_as_any_other() -> None:
    with CaptureQueriesContext(connection):
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")
        connection.close()
