"""Every address of ours that asks for a permission, and what the database holds."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.core.permissions import Permission
from accounts.tenancy import every_tenant


@dataclass(frozen=True)
class Address:
    """One of our addresses that asks for a permission, and what stands in it."""

    name: str
    permission: Permission
    parameters: tuple[str, ...]


def guarded_addresses() -> list[Address]:
    """Every address of ours that asks for a permission."""
    return [
        Address(pattern.name or "", Permission(access), tuple(pattern.pattern.converters))
        for pattern in _patterns(get_resolver().url_patterns)
        if (access := getattr(pattern.callback, "access", "")) in set(Permission)
    ]


def _patterns(found: list[Any]) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def nowhere(address: Address) -> dict[str, Any]:
    """Ids of nothing, for the same address."""
    words = {
        "key": "nothing",
        "step": "benefit_verification",
        "kind": "benefits",
        "part": "questions",
    }
    return {name: words.get(name, uuid.uuid4()) for name in address.parameters}


def rows() -> dict[str, list[str]]:
    """Everything that a dump of the database would hold, table by table."""
    scope = every_tenant(reason="the test reads what a dump would hold")
    with scope, connection.cursor() as cursor:
        # Bytes as text, so that what is not encrypted in them can be read.
        cursor.execute("set local bytea_output = 'escape'")
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t order by 1')
            found[table] = [text for (text,) in cursor.fetchall()]
        return found
