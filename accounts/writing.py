"""Rows written in one round trip: what belongs together goes to PostgreSQL together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import OperationalError, connection, models
from django.db.models.sql import InsertQuery
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


def inserting(*rows: models.Model, **places: str) -> Statement:
    """The insertion of new rows of one model; `places` writes a column as more than its value.

    Columns with a default of the database's own are not given.
    """
    model = type(rows[0])
    fields = _fields(model)
    sql = _insertion(model, tuple(sorted(places.items())))
    if len(rows) > 1:
        head, values = sql.split(" values ", 1)
        sql = f"{head} values {', '.join([values] * len(rows))}"
    return Statement(sql, [_value(row, each, add=True) for row in rows for each in fields])


def updating(row: models.Model, columns: Sequence[str]) -> Statement:
    """The update of a row's columns."""
    model = type(row)
    fields = [model._meta.get_field(name) for name in columns]
    return Statement(
        _update(model, tuple(columns)),
        [*(_value(row, each, add=False) for each in fields), row.pk],
    )


def inserting_new(rows: Sequence[models.Model], *, unless: Sequence[str]) -> Statement:
    """The insertion of new rows of one model, but for those whose key columns are there already."""
    columns: list[Any] = [type(rows[0])._meta.get_field(name) for name in unless]
    key = ", ".join(f'"{field.column}"' for field in columns)
    insertion = inserting(*rows)
    return Statement(f"{insertion.sql} on conflict ({key}) do nothing", insertion.parameters)


def run(statements: Sequence[Statement]) -> None:
    """Run them in their order, in one round trip."""
    if statements:
        with connection.cursor() as cursor:
            _send(cursor, statements)


def answers_of(statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """Run them in their order, in one round trip; the rows that each gave."""
    answers: list[list[Sequence[Any]]] = []
    with connection.cursor() as cursor:
        _send(cursor, statements)
        for _ in statements:
            # Cheaper to ask than `description`, which describes every column of the answer.
            answered = cursor.pgresult.status == ExecStatus.TUPLES_OK
            answers.append(cursor.fetchall() if answered else [])
            cursor.nextset()
    return answers


def _send(cursor: Any, statements: Sequence[Statement]) -> None:
    cursor.execute(
        "; ".join(each.sql for each in statements),
        [value for each in statements for value in each.parameters],
    )


def _value(row: models.Model, field: Any, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection=connection)


@lru_cache(maxsize=64)
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.has_db_default())


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], places: Sequence[tuple[str, str]]) -> str:
    fields = _fields(model)
    known: Mapping[str, str] = dict(places)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(known.get(field.attname) or _place(model, field) for field in fields)
    # Only names of our own tables and columns are put in, here and below.
    return f'insert into "{model._meta.db_table}" ({columns}) values ({values})'  # noqa: S608  # as above


@lru_cache(maxsize=64)
def _update(model: type[models.Model], columns: Sequence[str]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    changes = ", ".join(f'"{field.column}" = {_place(model, field)}' for field in fields)
    key = model._meta.pk.column
    return f'update "{model._meta.db_table}" set {changes} where "{key}" = %s'  # noqa: S608  # as above


def _place(model: type[models.Model], field: Any) -> str:
    """A column's placeholder: an array, for one, says its type."""
    if not hasattr(field, "get_placeholder"):
        return "%s"
    compiler = InsertQuery(model).get_compiler("default")
    return str(field.get_placeholder(None, compiler, connection))
