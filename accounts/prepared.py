"""Queries whose SQL is written once, and several of them in one round trip.

Django writes a query's SQL anew at every call, which takes several times as long as PostgreSQL
takes to answer it. The querysets stay the source: what is kept is what the tenant manager and
the models make of them, once for a party's sight and once for every tenant's.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, models
from django.db.models.query import get_related_populators

from accounts.core.actor import Actor
from accounts.tenancy import Scope, alone, current_organization_id, current_scope, writing_for
from accounts.writing import Statement

ORGANIZATION = "acting organization"
NAMES = UUID("8e9f0ae0-54c5-4d6e-8f6c-3c4b8b1f6a52")


def _stand_in(name: str) -> UUID:
    """What stands for a value while the SQL is being written."""
    return uuid5(NAMES, name)


@dataclass(frozen=True)
class Written:
    """SQL with its parameters in order, the named ones still to be filled in."""

    sql: str
    parameters: tuple[Any, ...]
    read: Callable[[Iterable[Sequence[Any]]], list[Any]]


@dataclass(frozen=True)
class Asked:
    """A written query with its values."""

    written: Written
    values: Mapping[UUID | str, UUID | str]

    @property
    def parameters(self) -> list[Any]:
        return [
            self.values.get(each, each) if isinstance(each, UUID | str) else each
            for each in self.written.parameters
        ]


@dataclass(frozen=True)
class Prepared:
    """A queryset as a function of ids, or of words that are looked for as they are.

    `build` takes them by name and gives a queryset of models or of `values_list`; whatever else
    it depends on must never change. Raises UnscopedQuery when nobody acts.
    """

    build: Callable[..., models.QuerySet[Any, Any]]
    _written: dict[bool, Written] = field(default_factory=dict)

    def __call__(self, **ids: UUID | str) -> Asked:
        every = bool(current_scope().every_tenant_reason)
        if every not in self._written:
            with writing_for(_nobodys_scope(every)):
                self._written[every] = self._write()
        values: dict[UUID | str, UUID | str] = {}
        for name, value in ids.items():
            # A column of text is compared with the text of what stands in.
            values[_stand_in(name) if isinstance(value, UUID) else str(_stand_in(name))] = value
        if not every:
            values[_stand_in(ORGANIZATION)] = current_organization_id()
        return Asked(self._written[every], values)

    def alone(self, *, reason: str, **ids: UUID | str) -> list[Any]:
        """Ask across all tenants, for this reason, in one round trip and nothing else."""
        scope = Scope(actor=None, every_tenant_reason=reason)
        return asked_as(scope, lambda: [self(**ids)])[0]

    def _write(self) -> Written:
        names = inspect.signature(self.build).parameters
        queryset = self.build(**{name: _stand_in(name) for name in names})
        compiler = queryset.query.get_compiler("default")
        sql, parameters = compiler.as_sql()
        return Written(sql, tuple(parameters), _reader(queryset, compiler))


def _nobodys_scope(every: bool) -> Scope:
    if every:
        return Scope(actor=None, every_tenant_reason="a query is written down, not asked")
    return Scope(
        actor=Actor(
            user_id=None,
            organization_id=_stand_in(ORGANIZATION),
            organization_kind=None,
            roles=frozenset(),
            name="",
        )
    )


def _reader(
    queryset: models.QuerySet[Any, Any], compiler: Any
) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """How rows become what the queryset gives, as Django's own iterables do it."""
    # The compiler also selects what is only sorted by.
    wanted = compiler.col_count or len(compiler.select)
    converters = compiler.get_converters([column[0] for column in compiler.select[:wanted]])

    def converted(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        return compiler.apply_converters(rows, converters) if converters else rows

    info = compiler.klass_info
    if compiler.query.values_select or compiler.query.annotation_select:
        return lambda rows: [tuple(row[:wanted]) for row in converted(rows)]
    model, places = info["model"], info["select_fields"]
    first, last = places[0], places[-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    related = get_related_populators(info, compiler.select, "default")  # type: ignore[call-arg]  # the stubs tell of a newer Django

    def models_of(rows: Iterable[Sequence[Any]]) -> list[Any]:
        found = []
        for row in converted(rows):
            one = model.from_db("default", names, row[first:last])
            for each in related:
                each.populate(row, one)
            found.append(one)
        return found

    return models_of


def together(*asked: Asked) -> list[list[Any]]:
    """Ask several queries in one round trip; the answers in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join(each.written.sql for each in asked),
            [value for each in asked for value in each.parameters],
        )
        answers = []
        for each in asked:
            answers.append(each.written.read(cursor.fetchall()))
            cursor.nextset()
    return answers


def asked_as(scope: Scope, ask: Callable[[], Sequence[Asked]]) -> list[list[Any]]:
    """Ask what `ask` gives in another scope than the one in force, in one round trip."""
    with writing_for(scope):
        asked = ask()
    found = alone(scope, [Statement(each.written.sql, each.parameters) for each in asked])
    return [each.written.read(rows) for each, rows in zip(asked, found, strict=True)]


# Of the rows of a query that Django wrote.
DIGEST = "(select md5(string_agg(md5(r::text), '' order by md5(r::text))) from ({}) r)"


def digest_of(first: Asked, *more: Asked) -> str | None:
    """A digest of all that the queries find, made by PostgreSQL in one look at the data.

    None when the first finds nothing. Rows count, not their order.
    """
    asked = (first, *more)
    digests = ", ".join(DIGEST.format(each.written.sql) for each in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"select {digests}", [value for each in asked for value in each.parameters])
        found = cursor.fetchone()
    return None if found[0] is None else "".join(each or "-" for each in found)
