"""A patient's values are where they belong, encrypted, and in no dump, queue, mail or log."""

import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import structlog
from celery.signals import before_task_publish
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import audit
from accounts.tenancy import acting_as
from config.logs import configure_logging
from enrollment.models import Patient
from tests.factories.enrollments import ROSA
from tests.factories.offices import office
from tests.security.walk import rows
from tests.security.world import CANARIES, CANARY_PATIENT, World, mark

pytestmark = pytest.mark.django_db


def canaries_in(text: str) -> set[str]:
    """Which of the patient's values stand in a text, also written out as bytes."""
    low = text.casefold()
    return {
        canary for canary in CANARIES if canary.casefold() in low or canary.encode().hex() in low
    }


def test_a_value_in_the_open_is_found() -> None:
    assert canaries_in("… ZEPHYRINE …") == {"Zephyrine"}
    assert canaries_in(f"\\\\x{b'Quillfeather'.hex()}") == {"Quillfeather"}


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_a_dump_of_the_database_tells_nothing(world: World) -> None:
    """Every column of every row as text: what `pg_dump` would write."""
    told = {
        table: canaries_in(" ".join(texts))
        for table, texts in rows().items()
        if canaries_in(" ".join(texts))
    }
    assert told == {}
    with acting_as(world.lakeside.coordinator):
        assert Patient.objects.get(id=world.lakeside.rosa.id).details["A3"] == "Quillfeather"


@pytest.mark.asvs("14.2.4")
def test_sessions_and_cookies_tell_nothing(world: World) -> None:
    """A session's row is packed, so that a dump does not show what is in it."""
    ana, kept = world.insiders["practice"].browser, world.ids
    ana.get(reverse("patient", args=[kept["patient_id"]]))
    ana.post(reverse("patient_edit", args=[kept["patient_id"]]), {**ROSA, **CANARY_PATIENT})
    ana.post(reverse("patient_edit", args=[kept["patient_id"]]), {"A3": "Quillfeather"})
    ana.post(reverse("find"), {"q": "Zephyrine"})
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert sessions
    assert canaries_in(json.dumps([sessions, ana.cookies.output()], default=str)) == set()


@pytest.fixture
def published() -> Iterator[list[tuple[Any, dict[str, Any]]]]:
    """Body and headers of every message that goes to a worker."""
    messages: list[tuple[Any, dict[str, Any]]] = []

    def note(body: Any, headers: dict[str, Any], **_rest: Any) -> None:
        messages.append((body, headers))

    before_task_publish.connect(note)
    yield messages
    before_task_publish.disconnect(note)


@pytest.mark.asvs("14.2.4")
def test_messages_to_workers_and_redis_hold_ids_only(
    published: list[tuple[Any, dict[str, Any]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        here = office("Lakeside Rheumatology")
        mark(here)
        here.sent()
    assert published
    for body, headers in published:
        arguments, by_name, _embedded = body
        assert all(uuid.UUID(str(each)) for each in (*arguments, *by_name.values()))
        assert canaries_in(json.dumps([body, headers], default=str)) == set()
    assert canaries_in(everything_in_redis()) == set()


def everything_in_redis() -> str:
    """Every key and every value, whatever its type."""
    readers: dict[bytes, Callable[[Any, bytes], object]] = {
        b"string": lambda client, key: [client.get(key)],
        b"list": lambda client, key: client.lrange(key, 0, -1),
        b"set": lambda client, key: list(client.smembers(key)),
        b"hash": lambda client, key: [*client.hgetall(key).items()],
        b"zset": lambda client, key: client.zrange(key, 0, -1),
    }
    connected: Any = redis.from_url(settings.REDIS_URL)
    with connected as client:
        found = [
            (key, readers[kind](client, key))
            for key in client.scan_iter()
            if (kind := client.type(key)) in readers
        ]
    return repr(found)


@pytest.mark.asvs("14.2.4")
def test_mails_tell_nothing(world: World) -> None:
    """Asking the prescriber to sign, inviting a colleague: links, and no patient."""
    ana = world.insiders["practice"].browser
    ana.post(reverse("enrollment_ask", args=[world.ids["enrollment_id"]]))
    sent = {"name": "Robin", "email": "robin@x.example", "roles": "prescriber"}
    ana.post(reverse("invite_member"), sent)
    assert mail.outbox
    assert canaries_in(" ".join(str(each.message()) for each in mail.outbox)) == set()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a production process would write."""
    stream = io.StringIO()
    before, root = structlog.get_config(), logging.getLogger()
    handlers = root.handlers[:]
    configure_logging(json_lines=True, stream=stream)
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    root.handlers[:] = handlers
    structlog.configure(**before)


@pytest.mark.asvs("16.2.5", "14.2.1")
def test_no_log_line_tells_whom_a_request_was_about(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, a form that is wrong, a search, another's row, and an error that quotes a row."""
    ana, kept = world.insiders["practice"].browser, world.ids
    edit = reverse("patient_edit", args=[kept["patient_id"]])
    statuses = [
        ana.get(reverse("patient", args=[kept["patient_id"]])).status_code,
        ana.get(reverse("journey", args=[kept["journey_id"]])).status_code,
        ana.post(edit, {**ROSA, **CANARY_PATIENT}).status_code,
        ana.post(edit, {**CANARY_PATIENT, "A5": "07/19/2931"}).status_code,
        ana.post(reverse("find"), {"q": "Zephyrine Quillfeather"}).status_code,
        ana.get(reverse("patients"), {"q": "Zephyrine"}).status_code,
        world.strangers["practice"].browser.get(edit).status_code,
    ]

    def breaks(*_args: Any, **_fields: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select %s::date", ["Zephyrine Quillfeather 1931-07-19"])

    monkeypatch.setattr(audit, "read", breaks)
    ana.raise_request_exception = False
    statuses.append(ana.get(edit).status_code)
    ana.raise_request_exception = True
    assert statuses == [200, 200, 302, 422, 200, 200, 404, 500]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"request_started", "request_finished", "request_failed"} <= {
        line["event"] for line in lines
    }
    assert canaries_in(log.getvalue()) == set()
