"""Statements that PostgreSQL reads and plans once for each connection, not at every call.

Planning a query over seven tables with row-level security takes three times as long as running
it. PostgreSQL keeps such a plan by a name for as long as the connection lasts, and makes it anew
by itself when a table's statistics or the role change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection, connections

from accounts.writing import Statement, answers_of


@dataclass(frozen=True, eq=False)
class Plan:
    """SQL with $1, $2 … for its values."""

    sql: str


StandIn = UUID | str | date

# Where rows are found by key, one plan is as good as another: until the transaction ends
# PostgreSQL keeps to the one it has. By itself it would plan anew for each list, as it expects ten
# values in one.
BY_KEY = Statement("set local plan_cache_mode = force_generic_plan", ())

_numbers = count(1)
# By the connection to PostgreSQL, the names of what it keeps.
_names: WeakKeyDictionary[Any, dict[Plan, str]] = WeakKeyDictionary()


def planned(sql: str, known: Sequence[StandIn]) -> tuple[list[StandIn], Plan]:
    """Make SQL in which these values stand written out into a plan that takes others for them.

    Gives the values that it does hold, in the order in which the plan takes theirs. One that is
    all of a set stands for any number, which are given as a list.
    """
    held: list[StandIn] = []
    for value in known:
        literal, kind = _literal(value)
        if literal in sql:
            held.append(value)
            any_of = f" = any(${len(held)}{kind or '::text'}[])"
            sql = sql.replace(f" IN ({literal})", any_of)
            sql = sql.replace(literal, f"${len(held)}{kind}")
    return held, Plan(sql)


def _literal(value: StandIn) -> tuple[str, str]:
    """As psycopg writes a value, and what type it says that it has."""
    match value:
        case UUID():
            return f"'{value.hex}'::uuid", "::uuid"
        case datetime():
            return f"'{value}'::timestamptz", "::timestamptz"
        case date():
            return f"'{value}'::date", "::date"
    return f"'{value}'", ""


def execution(plan: Plan, values: Sequence[Any]) -> Statement:
    """What runs a plan on the connection in use, which is told of it where it knows it not.

    Telling goes past Django's cursor: it is once per connection, and no query of a page.
    """
    # The stand-in for it looks the connection up anew whenever it is asked for anything.
    used = connections[DEFAULT_DB_ALIAS]
    used.ensure_connection()
    names = _names.setdefault(used.connection, {})
    if plan not in names:
        name = f"kept_{next(_numbers)}"
        with used.wrap_database_errors, used.connection.cursor() as cursor:
            cursor.execute(f"prepare {name} as {plan.sql}")
        names[plan] = name
    places = f"({', '.join(['%s'] * len(values))})" if values else ""
    return Statement(f"execute {names[plan]}{places}", values)


@contextmanager
def kept_plans() -> Iterator[None]:
    """Around running plans: those of the connection are forgotten when one no longer holds.

    PostgreSQL refuses a plan whose columns changed their type since; the next call makes it anew.
    """
    try:
        yield
    except NotSupportedError:
        _names.pop(connection.connection, None)
        raise


def in_full(sql: str) -> list[str]:
    """The statements of one round trip as they were written, for whoever watches what is run.

    A kept one is run by its name, which says nothing of its tables.
    """
    names = _names.get(connection.connection, {})
    kept = {f"execute {name}": plan.sql for plan, name in names.items()}
    return [kept.get(each.split("(")[0], each) for each in sql.split("; ")]


def run_plans(statements: Sequence[Statement]) -> list[list[Sequence[Any]]]:
    """Run them in their order, in one round trip; the rows that each gave."""
    with kept_plans():
        return answers_of(statements)
