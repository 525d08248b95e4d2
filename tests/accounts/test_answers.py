"""What every answer carries, errors included, and what an error page tells."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views import debug
from pytest_django import Settings

from accounts.access import public
from accounts.models import Membership
from accounts.views import errors
from config import urls
from tests.conftest import site_url
from tests.factories.people import signed_in

CANARY = "Zebulon Quackenbush 078-05-1120"


@public(reason="a view that fails, for these tests")
def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(CANARY)


@public(reason="a view without its database, for these tests")
def waits(request: HttpRequest) -> HttpResponse:
    raise OperationalError(CANARY)


class failing_urls:  # noqa: N801  # stands for a module
    urlpatterns = [*urls.urlpatterns, path("fails/", fails), path("waits/", waits)]  # noqa: RUF012  # Django's own name
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def answers(db: None, ana: Membership, settings: Settings) -> dict[str, HttpResponse]:
    """One answer of every kind."""
    settings.ROOT_URLCONF = failing_urls
    stranger, anas = Client(), signed_in(ana)
    broken = Client(raise_request_exception=False)
    tokenless = Client(enforce_csrf_checks=True)
    given: dict[str, Any] = {
        "page": anas.get("/organization/members/"),
        "sign-in": stranger.get("/account/login/"),
        "redirect": stranger.get("/organization/members/"),
        "not found": stranger.get("/nowhere/"),
        "wrong method": anas.get("/account/still-here/"),
        "no token": tokenless.post("/account/login/"),
        "strange host": stranger.get("/account/login/", headers={"Host": "evil.example"}),
        "our fault": broken.get("/fails/"),
        "no database": broken.get("/waits/"),
        "for a script": stranger.get("/audit/", headers={"HX-Request": "true"}),
    }
    return given


def test_the_answers_are_of_every_kind(answers: dict[str, HttpResponse]) -> None:
    assert [answer.status_code for answer in answers.values()] == [
        200, 200, 302, 404, 405, 403, 400, 500, 503, 401
    ]  # fmt: skip


@pytest.mark.asvs("3.4.1")
def test_every_answer_carries_the_headers(answers: dict[str, HttpResponse]) -> None:
    for answer in answers.values():
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert "camera=()" in answer["Permissions-Policy"]
        assert re.fullmatch(r"[0-9a-f-]{36}", answer["X-Request-Id"])
        assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.asvs("3.4.1")
def test_browsers_are_held_to_https_for_a_year(db: None) -> None:
    answer = Client().get("/account/login/", secure=True)
    seconds = re.match(r"max-age=(\d+); includeSubDomains", answer["Strict-Transport-Security"])
    assert seconds
    assert int(seconds[1]) >= 31_536_000


@pytest.mark.asvs("14.3.2")
def test_nothing_is_kept_by_a_browser_or_a_proxy(answers: dict[str, HttpResponse]) -> None:
    for answer in answers.values():
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.asvs("3.4.3")
def test_the_content_policy_allows_our_own_files_only(answers: dict[str, HttpResponse]) -> None:
    for answer in answers.values():
        policy = dict(
            part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
        )
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["form-action"] == policy["connect-src"] == "'self'"
        assert set(policy["style-src"].split()) == {"'self'"}
        assert all(
            source == "'self'" or source.startswith("'nonce-")
            for source in policy["script-src"].split()
        )


@pytest.mark.asvs("16.5.1")
def test_an_error_of_ours_is_told_generically_with_the_requests_id(
    answers: dict[str, HttpResponse], capfd: pytest.CaptureFixture[str]
) -> None:
    answer = answers["our fault"]
    page = answer.content.decode()
    assert answer["X-Request-Id"] in page
    for told in (CANARY, "RuntimeError", "Traceback", "fails"):
        assert told not in page


def test_without_its_records_a_page_says_to_try_again(answers: dict[str, HttpResponse]) -> None:
    answer = answers["no database"]
    page = answer.content.decode()
    assert int(answer["Retry-After"]) > 0
    assert "We cannot reach our records at this moment" in page
    assert answer["X-Request-Id"] in page
    assert CANARY not in page


def test_without_its_records_a_page_gives_back_what_was_filled_in(
    db: None, settings: Settings
) -> None:
    settings.ROOT_URLCONF = failing_urls
    browser = Client(raise_request_exception=False)
    typed = {"name": 'Rosa "Ro" Lark', "password": "not to be shown"}
    ours = {"Origin": "http://testserver"}
    page = browser.post("/waits/", {"name": typed["name"]}, headers=ours).content.decode()
    assert 'action="/waits/"' in page
    assert 'name="name" value="Rosa &quot;Ro&quot; Lark"' in page
    assert re.search(r'name="csrfmiddlewaretoken" value="\w+"', page)
    for given, headers in ((typed, ours), ({"name": "Rosa"}, {}), ({"name": "Rosa"}, None)):
        asked = {**ours, "HX-Request": "true"} if headers is None else headers
        told = browser.post("/waits/", given, headers=asked).content.decode()
        assert "Rosa" not in told
        assert "not to be shown" not in told


HANGS = """
import config.wsgi
from django.db import OperationalError, connection, transaction
from accounts.writing import take_time
with transaction.atomic(), connection.cursor() as cursor:
    take_time()
    cursor.execute("select pg_sleep(1.2)")
try:
    connection.cursor().execute("select pg_sleep(20)")
except OperationalError:
    print("ended")
"""


def test_what_hangs_on_the_database_ends_in_a_web_process_but_not_in_an_export(db: None) -> None:
    url = site_url(connection.settings_dict["NAME"])
    told = subprocess.run(
        [sys.executable, "-c", HANGS],
        env={**os.environ, "DATABASE_URL": url, "STATEMENT_SECONDS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "ended\n"


def test_in_development_too_people_read_our_sentences(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("technical_404_response", "technical_500_response"):
        monkeypatch.setattr(debug, name, getattr(debug, name))  # so that it is put back
    errors.speak_as_deployed()
    settings.DEBUG, settings.ROOT_URLCONF = True, failing_urls
    browser = Client(raise_request_exception=False)
    nowhere, waiting, failed = (browser.get(path) for path in ("/nowhere/", "/waits/", "/fails/"))
    assert (nowhere.status_code, waiting.status_code) == (404, 503)
    assert "There is nothing here" in nowhere.content.decode()
    assert "We cannot reach our records at this moment" in waiting.content.decode()
    assert "Traceback" in failed.content.decode(), "a mistake of ours is shown to its developer"


def test_a_proxys_request_id_is_kept_when_it_can_be_written_down(db: None) -> None:
    for sent, kept in (
        ("edge-4f1c22.77", True),
        ("x" * 65, False),
        ("line\r\nbreak", False),
        ("<script>alert(1)</script>", False),
        ("\x1b[31mred", False),
    ):
        answer = Client().get("/account/login/", headers={"X-Request-Id": sent})
        assert (answer["X-Request-Id"] == sent) == kept


def test_the_error_page_needs_nothing_that_may_have_failed(db: None) -> None:
    request = RequestFactory().get("/anything/")
    assert errors.server_error(request).status_code == 500


def test_a_form_without_its_token_says_what_to_do(answers: dict[str, HttpResponse]) -> None:
    assert "nothing was saved" in answers["no token"].content.decode()


@pytest.mark.asvs("13.4.2")
def test_the_deploy_check_has_nothing_to_say(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set for the browser tests of this suite, and nowhere else.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECRET_KEY = "k7!" * 30 + "abcdefghij0123456789"
    call_command("check", deploy=True, fail_level="WARNING")
