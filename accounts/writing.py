"""Rows written in one round trip: what belongs together goes to PostgreSQL together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import OperationalError, connection
from psycopg.pq import ExecStatus

T = TypeVar("T")

TRIES = 4
# The transaction was chosen to give way to another: deadlock, serialization failure.
GAVE_WAY = frozenset({"40P01", "40001"})
DISK_FULL = "53100"


def again_after_deadlock(work: Callable[[], T]) -> T:
    """Do a transaction's work, and once more when it had to give way to another's.

    Within a larger transaction that is for whoever began it: the error is raised at once.
    """
    if connection.in_atomic_block:
        return work()
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if _state(error) not in GAVE_WAY:
                raise
    return work()


def alone(lock: int) -> bool:
    """Whether nobody else does what this number stands for; nobody will until the transaction ends.

    The number is any that nothing else in this database uses.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


def take_time() -> None:
    """For an export: the statements of this transaction may take as long as they need."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")


def lacks_room(error: BaseException) -> bool:
    """Whether PostgreSQL refused because its disk is full."""
    return _state(error) == DISK_FULL


def _state(error: BaseException) -> str | None:
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state


@dataclass(frozen=True)
class Statement:
    """One statement and its parameters."""

    sql: str
    parameters: Sequence[Any]


class Later(str):
    """A statement whose answer nobody needs: in a transaction it is sent with what is asked next.

    At the latest it goes with the commit; should it fail, so does what it was sent with.
    """

    __slots__ = ()


def say(statement: Statement) -> None:
    """Have a statement run, in its place among all others but in no message of its own."""
    with connection.cursor() as cursor:
        cursor.execute(Later(statement.sql), statement.parameters)


def run(statements: Sequence[Statement]) -> None:
    """Run them in their order, in one round trip."""
    if statements:
        with connection.cursor() as cursor:
            _send(cursor, statements)


COMMIT = Statement("commit", [])


def run_last(statements: Sequence[Statement]) -> None:
    """Run what ends a transaction: what commits it goes in the same round trip.

    Within a larger transaction, whose end is for whoever began it, they are only run. Afterwards
    nothing may be asked or written: the scope of the transaction is gone with it.
    """
    run(_and_commit(statements))


def answers_of_last(statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """The same, and the rows that each gave."""
    return answers_of(_and_commit(statements))[: len(statements)]


def _and_commit(statements: Sequence[Statement]) -> Sequence[Statement]:
    outermost = connection.in_atomic_block and not connection.savepoint_ids
    return [*statements, COMMIT] if outermost else statements


def answers_of(statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """Run them in their order, in one round trip; the rows that each gave."""
    answers: list[list[Sequence[Any]]] = []
    with connection.cursor() as cursor:
        _send(cursor, statements)
        # It is all here: psycopg's own cursor hands it over without Django looking on.
        its = cursor.cursor
        for _ in statements:
            # Cheaper to ask than `description`, which describes every column of the answer.
            answered = its.pgresult.status == ExecStatus.TUPLES_OK
            answers.append(its.fetchall() if answered else [])
            its.nextset()
    return answers


def _send(cursor: Any, statements: Sequence[Statement]) -> None:
    cursor.execute(
        "; ".join(each.sql for each in statements),
        [value for each in statements for value in each.parameters],
    )
