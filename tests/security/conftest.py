"""The world of two practices is laid out once, and taken back after the last of these tests."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.security.world import World, build


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """What a person may do in an hour begins anew with each test; all of them are one hour's."""
    caches["counters"].clear()
