"""Two practices with one patient each, and browsers signed in at them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.offices import Office, office
from tests.factories.people import proven, signed_in


@pytest.fixture
def lakeside() -> Office:
    return office()


@pytest.fixture
def harbor(lakeside: Office) -> Office:
    return office("Harbor Neurology", version=lakeside.version)


@pytest.fixture
def ana(lakeside: Office) -> Client:
    """The coordinator at Lakeside."""
    return signed_in(lakeside.ana)


@pytest.fixture
def maya(lakeside: Office) -> Client:
    """The prescriber at Lakeside, who has just proved who she is."""
    return proven(signed_in(lakeside.maya), lakeside.maya)


@pytest.fixture
def ben(harbor: Office) -> Client:
    """The coordinator at Harbor."""
    return signed_in(harbor.ana)


Queries = Callable[[Client, str], int]


@pytest.fixture
def queries() -> Queries:
    """How many queries a page takes once the process has read what it keeps."""

    def count(client: Client, path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    return count
