"""One row written by a statement that PostgreSQL keeps: no column is named anew each time."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.sql import InsertQuery

from accounts.plans import Plan, execution
from accounts.writing import Statement


def inserting(row: models.Model, *, once: bool = False, **places: str) -> Statement:
    """The insertion of a new row; `places` writes a column as more than its value.

    Columns with a default of the database's own are not given. With `once` nothing is written
    where a row with the same key is there already.
    """
    model = type(row)
    plan = _insertion(model, once, tuple(sorted(places.items())))
    return execution(plan, _values(row, _fields(model), add=True))


def updating(row: models.Model, columns: Sequence[str]) -> Statement:
    """The update of a row's columns."""
    model = type(row)
    fields = [model._meta.get_field(name) for name in columns]
    return execution(_update(model, tuple(columns)), [*_values(row, fields, add=False), row.pk])


def _values(row: models.Model, fields: Iterable[Any], *, add: bool) -> list[Any]:
    # The stand-in for it looks the connection up anew whenever a column asks it for anything.
    used = connections[DEFAULT_DB_ALIAS]
    return [each.get_db_prep_save(each.pre_save(row, add), connection=used) for each in fields]


@lru_cache(maxsize=64)
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.has_db_default())


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], once: bool, places: Sequence[tuple[str, str]]) -> Plan:
    fields = _fields(model)
    known: Mapping[str, str] = dict(places)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(
        (known.get(field.attname) or _place(model, field)).replace("%s", f"${at}")
        for at, field in enumerate(fields, start=1)
    )
    but = " on conflict do nothing" if once else ""
    return Plan(f'insert into "{model._meta.db_table}" ({columns}) values ({values}){but}')  # noqa: S608  # our own names


@lru_cache(maxsize=64)
def _update(model: type[models.Model], columns: Sequence[str]) -> Plan:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    changes = ", ".join(
        f'"{field.column}" = {_place(model, field).replace("%s", f"${at}")}'
        for at, field in enumerate(fields, start=1)
    )
    key = f'"{model._meta.pk.column}" = ${len(fields) + 1}'
    return Plan(f'update "{model._meta.db_table}" set {changes} where {key}')  # noqa: S608  # our own names


def _place(model: type[models.Model], field: Any) -> str:
    """A column's placeholder: an array, for one, says its type."""
    if not hasattr(field, "get_placeholder"):
        return "%s"
    compiler = InsertQuery(model).get_compiler("default")
    return str(field.get_placeholder(None, compiler, connection))
