"""One row written by a statement that PostgreSQL keeps: no column is named anew each time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
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
    model, named = type(row), tuple(columns)
    values = _values(row, _named(model, named), add=False)
    return execution(_update(model, named), [*values, row.pk])


# What stands in a row goes to PostgreSQL as it is; of the others Django makes something first.
AS_IT_IS = (
    *(models.BooleanField, models.CharField, models.DateTimeField, models.ForeignKey),
    *(models.IntegerField, models.UUIDField),
)


@dataclass(frozen=True)
class _Column:
    field: Any

    @cached_property
    def name(self) -> str:
        return str(self.field.attname)

    @cached_property
    def as_it_is(self) -> bool:
        its = self.field
        by_itself = getattr(its, "auto_now", False) or getattr(its, "auto_now_add", False)
        return isinstance(its, AS_IT_IS) and not by_itself


def _values(row: models.Model, columns: Iterable[_Column], *, add: bool) -> list[Any]:
    # The stand-in for it looks the connection up anew whenever a column asks it for anything.
    used = connections[DEFAULT_DB_ALIAS]
    return [
        getattr(row, each.name)
        if each.as_it_is
        else each.field.get_db_prep_save(each.field.pre_save(row, add), connection=used)
        for each in columns
    ]


@lru_cache(maxsize=64)
def _named(model: type[models.Model], columns: Sequence[str]) -> tuple[_Column, ...]:
    return tuple(_Column(model._meta.get_field(name)) for name in columns)


@lru_cache(maxsize=64)
def _fields(model: type[models.Model]) -> tuple[_Column, ...]:
    return tuple(_Column(each) for each in model._meta.concrete_fields if not each.has_db_default())


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], once: bool, places: Sequence[tuple[str, str]]) -> Plan:
    fields = [each.field for each in _fields(model)]
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
    fields = [each.field for each in _named(model, columns)]
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
