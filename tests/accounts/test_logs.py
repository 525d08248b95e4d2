"""Logs: one JSON object a line, ids and places, never a name, whatever a stranger sends."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django_structlog.celery.receivers import CeleryReceiver
from pytest_django import Settings

from accounts.access import public
from accounts.models import User
from config import urls
from config.logs import ORDINARY, configure_logging

NAME, SSN, BORN = "Zebulon Quackenbush", "078-05-1120", "1951-02-03"
CANARIES = (NAME, "Zebulon", "Quackenbush", SSN, BORN)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a production process would write."""
    stream = io.StringIO()
    before = structlog.get_config()
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]
    configure_logging(json_lines=True, stream=stream)
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    root.handlers[:] = handlers
    structlog.configure(**before)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def assert_silent(log: io.StringIO) -> None:
    assert log.getvalue()
    for canary in CANARIES:
        assert canary not in log.getvalue()


def a_failed_insert() -> None:
    with transaction.atomic():
        User.objects.create(email=f"{NAME}@x.example", name=SSN)
        User.objects.create(email=f"{NAME}@x.example", name=SSN)


@public(reason="a view that fails, for these tests")
def fails(request: HttpRequest) -> HttpResponse:
    a_failed_insert()
    return HttpResponse()


class failing_urls:  # noqa: N801  # stands for a module
    urlpatterns = [*urls.urlpatterns, path("fails/", fails)]  # noqa: RUF012  # Django's own name
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.mark.asvs("16.2.5")
def test_a_database_error_is_told_without_the_row_it_quotes(db: None, log: io.StringIO) -> None:
    logger = structlog.get_logger("test")
    with pytest.raises(IntegrityError, match=NAME):
        a_failed_insert()
    try:
        a_failed_insert()
    except IntegrityError as error:
        logger.exception("it_failed")
        logger.error("it_failed", exc_info=error, problem=error, told=f"because {error}")
        logging.getLogger("third.party").exception("it failed: %s", error)
        logging.getLogger("third.party").error("it failed: %r", error, exc_info=True)
    assert_silent(log)
    first, *_rest = lines(log)
    assert first["exception"].startswith("IntegrityError from UniqueViolation")
    assert any("test_logs.py" in place for place in first["trace"])


@pytest.mark.asvs("16.2.5")
def test_a_request_that_fails_leaves_no_body_header_or_query_behind(
    db: None, log: io.StringIO, settings: Settings
) -> None:
    settings.ROOT_URLCONF = failing_urls
    client = Client(raise_request_exception=False)
    client.post(
        f"/fails/?name={NAME}",
        {"ssn": SSN, "born": BORN},
        headers={"User-Agent": NAME, "X-Patient": SSN, "Referer": f"http://testserver/?q={BORN}"},
    )
    assert_silent(log)
    failed = [line for line in lines(log) if line["event"] == "request_failed"]
    assert failed[0]["page"] == "POST /fails/"
    assert failed[0]["request_id"]
    assert failed[0]["code"] == 500


@pytest.mark.asvs("16.2.5")
def test_a_failed_sign_in_leaves_no_address_behind(db: None, log: io.StringIO) -> None:
    Client().post("/account/login/", {"login": "zebulon@x.example", "password": NAME})
    assert "zebulon" not in log.getvalue()
    assert "sign_in_failed" in {line["event"] for line in lines(log)}


@pytest.mark.asvs("14.2.1")
@pytest.mark.parametrize(
    "address",
    [
        "/invitation/{}/",
        "/account/password/reset/key/1-{}/",
        "/account/confirm-email/{}/",
    ],
)
def test_a_link_that_opens_something_is_not_written_down(
    db: None, log: io.StringIO, address: str
) -> None:
    token = "s3cr3t-t0k3n-" * 4
    Client().get(address.format(token))
    assert token not in log.getvalue()
    assert "s3cr3t" not in log.getvalue()


@pytest.mark.asvs("16.2.5")
def test_a_task_that_fails_tells_its_kind_only(log: io.StringIO) -> None:
    error = ValueError(NAME)
    receiver = CeleryReceiver()
    try:
        raise error
    except ValueError:
        receiver.receiver_task_failure(task_id="1", exception=error)
        logging.getLogger("celery.app.trace").error(
            "Task %s raised unexpected: %r", "journeys.tasks.x", error, exc_info=True
        )
    receiver.receiver_task_retry(reason=error)  # type: ignore[arg-type]  # Celery sends the error
    assert_silent(log)
    assert {line.get("exception") for line in lines(log)} >= {"ValueError"}


@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize(
    "injected", ["a\r\nb", "a\nb", "\x1b[31mred\x1b[0m", "a\x00b", '{"event":"x"}']
)
def test_nothing_that_is_logged_can_begin_a_line_of_its_own(
    log: io.StringIO, injected: str
) -> None:
    structlog.get_logger("test").info("organization_opened", slug=injected)
    logging.getLogger("third.party").warning("odd value %s", injected)
    first, second = lines(log)
    assert first["slug"] == injected
    assert first["event"] == "organization_opened"
    assert injected in second["event"]
    assert "\x1b" not in log.getvalue()
    assert log.getvalue().count("\n") == 2


def test_a_reading_is_one_line_and_a_change_two_that_share_an_id(
    db: None, log: io.StringIO
) -> None:
    Client().get("/account/login/?next=/audit/")
    Client().post("/account/login/?next=/audit/")
    read, started, finished = lines(log)
    assert (read["event"], read["code"]) == ("request_finished", 200)
    assert read["page"] == "GET /account/login/"
    assert (started["event"], finished["event"]) == ("request_started", "request_finished")
    assert started["request_id"] == finished["request_id"] != read["request_id"]
    assert started["page"] == finished["page"] == "POST /account/login/"


@pytest.mark.parametrize("event", sorted(ORDINARY))
def test_the_ordinary_course_of_things_is_not_told(log: io.StringIO, event: str) -> None:
    logger = structlog.get_logger("django_structlog.middlewares.request")
    logger.warning(event)
    logger.warning("something_else")
    assert [line["event"] for line in lines(log)] == ["something_else"]
