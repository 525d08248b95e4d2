"""Shared by the tests of journeys: which tables a block writes to."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection

from accounts.plans import in_full

WRITE = re.compile(r'^\s*(?:insert into|update|delete from)\s+"?(\w+)', re.IGNORECASE)


Writes = Callable[[], AbstractContextManager[set[str]]]


@pytest.fixture
def writes() -> Writes:
    """Collect the tables that the statements of a block write to."""

    @contextmanager
    def collecting() -> Iterator[set[str]]:
        tables: set[str] = set()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            tables.update(found.group(1) for each in in_full(sql) if (found := WRITE.match(each)))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            yield tables

    return collecting
