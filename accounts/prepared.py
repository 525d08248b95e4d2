"""Queries whose SQL is written once, and several of them in one round trip.

Django writes a query's SQL anew at every call, which takes several times as long as PostgreSQL
takes to answer it. The querysets stay the source: what is kept is what the tenant manager and
the models make of them, once for a party's sight and once for every tenant's. PostgreSQL keeps
them too, see plans.py.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, models
from django.db.models.query import get_related_populators

from accounts.core.actor import Actor
from accounts.plans import BY_KEY, Plan, StandIn, execution, kept_plans, planned, run_plans
from accounts.tenancy import (
    Scope,
    alone,
    current_organization_id,
    current_scope,
    every_tenant,
    writing_for,
)
from accounts.writing import Statement

Value = UUID | str | date | Sequence[UUID] | Sequence[str] | None
ORGANIZATION = "acting organization"
NAMES = UUID("8e9f0ae0-54c5-4d6e-8f6c-3c4b8b1f6a52")
LONG_AGO = datetime(1500, 1, 1, tzinfo=UTC)
CENTURY = timedelta(days=36_500) // timedelta(microseconds=1)


@cache
def _stand_in(name: str) -> UUID:
    """What stands for a value while the SQL is being written."""
    return uuid5(NAMES, name)


def _moment(name: str) -> datetime:
    """What stands for an instant: one that nothing happened at."""
    return LONG_AGO + timedelta(microseconds=_stand_in(name).int % CENTURY)


@cache
def _stand_ins(name: str) -> tuple[StandIn, ...]:
    # A column of text is compared with the text of what stands in.
    return _stand_in(name), str(_stand_in(name)), _moment(name), _moment(name).date()


def _given(name: str, kind: object) -> StandIn:
    """What a query is built with in place of what it says to be of this kind."""
    if kind is datetime:
        return _moment(name)
    return _moment(name).date() if kind is date else _stand_in(name)


@dataclass(frozen=True, eq=False)
class Written:
    """SQL with stand-ins for the named values, how it is run, and how its rows are read."""

    sql: str
    stand_ins: Sequence[StandIn]
    plan: Plan
    read: Callable[[Iterable[Sequence[Any]]], list[Any]]


@dataclass(frozen=True)
class Asked:
    """A written query with its values."""

    written: Written
    values: Mapping[StandIn, Value]

    def statement(self) -> Statement:
        """What asks it on the connection in use."""
        its = self.written
        return execution(its.plan, [self.values[each] for each in its.stand_ins])


@dataclass(frozen=True)
class Prepared:
    """A queryset as a function of ids, instants, days, or words that are looked for as they are.

    `build` takes them by name (what it says is a datetime or a date is one) and gives a queryset
    of models or of `values_list`; whatever else it depends on must never change. Of one that is
    looked for by `__in=[name]` any number may be given, as a list. Raises UnscopedQuery when nobody
    acts.
    """

    build: Callable[..., models.QuerySet[Any, Any]]
    _written: dict[bool, Written] = field(default_factory=dict)

    def __call__(self, **ids: Value) -> Asked:
        every = bool(current_scope().every_tenant_reason)
        if every not in self._written:
            with writing_for(_nobodys_scope(every)):
                self._written[every] = self._write()
        values: dict[StandIn, Value] = {}
        for name, value in ids.items():
            values |= dict.fromkeys(_stand_ins(name), value)
        if not every:
            values[_stand_in(ORGANIZATION)] = current_organization_id()
        return Asked(self._written[every], values)

    def alone(self, *, reason: str, **ids: Value) -> list[Any]:
        """Ask across all tenants, for this reason, in one round trip and nothing else."""
        scope = Scope(actor=None, every_tenant_reason=reason)
        return asked_as(scope, lambda: [self(**ids)])[0]

    def _write(self) -> Written:
        names = inspect.signature(self.build).parameters
        queryset = self.build(**{name: _given(name, its.annotation) for name, its in names.items()})
        compiler = queryset.query.get_compiler("default")
        with connection.cursor() as cursor:
            sql = cursor.mogrify(*compiler.as_sql())
        stand_ins = [each for name in (ORGANIZATION, *names) for each in _stand_ins(name)]
        written = _written(sql, stand_ins, _reader(queryset, compiler))
        for name in names:
            if not set(_stand_ins(name)) & set(written.stand_ins):
                raise ValueError(f"The query does not say {name!r} in a way that can be filled in.")
        return written


def _written(
    sql: str,
    known: Sequence[StandIn],
    read: Callable[[Iterable[Sequence[Any]]], list[Any]],
) -> Written:
    stand_ins, plan = planned(sql, known)
    return Written(sql, stand_ins, plan, read)


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
    answers = run_plans([each.statement() for each in asked])
    return [each.written.read(rows) for each, rows in zip(asked, answers, strict=True)]


@contextmanager
def every_tenant_asking(
    ask: Callable[[], Sequence[Asked]], *, reason: str, actor: Actor | None = None
) -> Iterator[list[list[Any]]]:
    """A block that sees every organization's rows, and the answers to what it begins with.

    All that is asked in it goes by key.
    """
    asked: list[Asked] = []

    def first() -> list[Statement]:
        asked.extend(ask())
        return [BY_KEY, *(each.statement() for each in asked)]

    with kept_plans(), every_tenant(reason=reason, actor=actor, first=first) as (_, *answers):
        yield [each.written.read(rows) for each, rows in zip(asked, answers, strict=True)]


def asked_as(scope: Scope, ask: Callable[[], Sequence[Asked]]) -> list[list[Any]]:
    """Ask what `ask` gives in another scope than the one in force, in one round trip."""
    with writing_for(scope):
        asked = ask()
    with kept_plans():
        found = alone(scope, [each.statement() for each in asked])
    return [each.written.read(rows) for each, rows in zip(asked, found, strict=True)]


# Of the rows of a query that Django wrote.
DIGEST = "(select md5(string_agg(md5(r::text), '' order by md5(r::text))) from ({}) r)"


def digest_of(first: Asked, *more: Asked) -> str | None:
    """A digest of all that the queries find, made by PostgreSQL in one look at the data.

    None when the first finds nothing. Rows count, not their order.
    """
    ((found,),) = run_plans([_of_each(DIGEST, (first, *more)).statement()])
    return None if found[0] is None else "".join(each or "-" for each in found)


def over(sql: str, asked: Asked) -> Asked:
    """What SQL of our own says of the rows of a query, which stands in it as "{}"."""
    return Asked(_over(sql, asked.written), asked.values)


@lru_cache(maxsize=64)
def _over(sql: str, query: Written) -> Written:
    return _written(sql.format(query.sql), query.stand_ins, list)


def counted(*asked: Asked) -> Asked:
    """How many rows each of the queries finds, as one row."""
    return _of_each("(select count(*) from ({}) r)", asked)


def _of_each(what: str, asked: Sequence[Asked]) -> Asked:
    """One row with something of each of the queries."""
    values = {key: value for each in asked for key, value in each.values.items()}
    return Asked(_telling_of_each(what, tuple(each.written for each in asked)), values)


@lru_cache(maxsize=64)
def _telling_of_each(what: str, queries: tuple[Written, ...]) -> Written:
    known = list(dict.fromkeys(each for query in queries for each in query.stand_ins))
    told = ", ".join(what.format(query.sql) for query in queries)
    return _written(f"select {told}", known, list)
