"""The web server dies at the worst moment, or has no connection left: asked again, all is well."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from journeys.models import InboundReport, PartnerKey
from tests.conftest import as_owner, site_url
from tests.factories.exchange import signed_report, step_report, submitted
from tests.factories.people import member, signed_in
from tests.fakes.hub import Hub
from tests.faults.conftest import variables, without_room
from tests.faults.processes import Broker, Web, wait_for, web
from tests.faults.verifying import verify

pytestmark = [pytest.mark.faults, pytest.mark.drill]
POOL, READERS = 4, 16


@contextmanager
def closed(database: str, table: str = "journeys_inboundreport") -> Iterator[psycopg.Connection]:
    """Whoever inserts a row there waits in the middle of it while this holds the gate."""
    name = sql.Identifier(table)
    with as_owner(database) as owner:
        owner.execute(
            "create function gate() returns trigger language plpgsql as"
            " $$ begin perform pg_advisory_xact_lock_shared(77); return new; end $$"
        )
        trigger = "create trigger gate before insert on {} for each row execute function gate()"
        owner.execute(sql.SQL(trigger).format(name))
        owner.execute("select pg_advisory_lock(77)")
        try:
            yield owner
        finally:
            owner.execute("select pg_advisory_unlock_all()")
            owner.execute(sql.SQL("drop trigger gate on {}").format(name))
            owner.execute("drop function gate()")


def waiting(owner: psycopg.Connection) -> list[int]:
    """PostgreSQL's processes that stand at the gate."""
    # What others wait for in pg_stat_activity only a superuser reads; locks are everybody's.
    asked = (
        "select pid from pg_locks join pg_database on pg_database.oid = database"
        " where locktype = 'advisory' and objid = 77 and not granted"
        " and datname = current_database()"
    )
    return [pid for (pid,) in owner.execute(sql.SQL(asked))]


@dataclass
class Report:
    """One report of a partner's system, which it posts until it is acknowledged."""

    site: Web
    body: bytes
    headers: dict[str, str]
    # 0 where the server hung up.
    answers: list[int] = field(default_factory=list)

    def post(self) -> httpx.Response:
        told = {**self.headers, "content-type": "application/json"}
        url = f"{self.site.address}/api/v1/reports"
        return httpx.post(url, content=self.body, headers=told, timeout=20)

    def first(self) -> None:
        try:
            self.answers.append(self.post().status_code)
        except httpx.TransportError:
            self.answers.append(0)

    def kept(self) -> int:
        with every_tenant(reason="a drill counts"):
            # A client's own ids are kept with its key's before them.
            name = self.headers.get("idempotency-key") or self.headers["webhook-id"]
            its = InboundReport.objects.filter(message_id__endswith=name)
            return int(its.count())


@pytest.fixture
def site(tmp_path: Path, database: str, redis: Broker) -> Iterator[Web]:
    """The web server of the image."""
    running = web(tmp_path, variables(site_url(database), redis))
    try:
        running.start()
        yield running
    finally:
        running.kill()


@pytest.mark.parametrize("row", ["f11-before-the-commit", "f12-after-the-commit"])
def test_f11_f12_a_server_killed_in_the_middle_of_a_report_keeps_it_once(
    site: Web, database: str, hub: Hub, row: str
) -> None:
    content = step_report(submitted(), "intake_review", "accepted")
    report = Report(site, *signed_report(content, partner="northstar", message_id=row))
    with closed(database) as owner:
        asking = threading.Thread(target=report.first)
        asking.start()
        wait_for(lambda: bool(waiting(owner)), "the report is being written")
        for child in site.children:
            os.kill(child, signal.SIGKILL)
        asking.join()
        if row.startswith("f11"):
            # Only the site's own role, or a superuser, may end what the site began.
            with psycopg.connect(site_url(database), autocommit=True) as its:
                for pid in waiting(owner):
                    its.execute("select pg_terminate_backend(%s)", [pid])
    if row.startswith("f12"):
        wait_for(lambda: report.kept() == 1, "it is kept although its server is dead")
    assert report.answers == [0]
    wait_for(site.answers, "the server has new workers", seconds=60)
    again, once_more = report.post(), report.post()
    assert (again.status_code, once_more.status_code) == (202, 202)
    assert again.json() == once_more.json()
    assert report.kept() == 1
    verify([])


def test_f12_a_server_killed_while_it_gives_a_token_gives_another_when_asked_again(
    site: Web, database: str, hub: Hub
) -> None:
    """Nobody knows the token that it was about to give; the next one opens what it should."""
    content = step_report(submitted(), "intake_review", "accepted")
    body, _ = signed_report(content, partner="northstar", message_id="f12-token")
    hung_up: list[type[Exception]] = []

    def ask() -> None:
        try:
            bearer(site)
        except httpx.TransportError as error:
            hung_up.append(type(error))

    with closed(database, "journeys_accesstoken") as owner:
        asking = threading.Thread(target=ask)
        asking.start()
        wait_for(lambda: bool(waiting(owner)), "the token is being written")
        for child in site.children:
            os.kill(child, signal.SIGKILL)
        asking.join()
    assert len(hung_up) == 1
    wait_for(site.answers, "the server has new workers", seconds=60)
    report = Report(site, body, {"idempotency-key": "f12-token", **bearer(site)})
    assert [report.post().status_code for _ in range(2)] == [202, 202]
    assert report.kept() == 1
    verify([])


def test_f20_without_room_a_report_is_refused_whole_and_kept_once_there_is_some(
    site: Web, database: str, hub: Hub
) -> None:
    """Neither the refusal nor a half-done request stands in the way of the same id afterwards."""
    content = step_report(submitted(), "intake_review", "accepted")
    signed = Report(site, *signed_report(content, partner="northstar", message_id="f20-signed"))
    by_token = Report(site, signed.body, {"idempotency-key": "f20-token", **bearer(site)})
    with without_room(database, "journeys_inboundreport"):
        for report in (signed, by_token, signed, by_token):
            refused = report.post()
            assert refused.status_code == 503
            assert refused.headers["content-type"] == "application/problem+json"
            assert int(refused.headers["retry-after"]) > 0
        assert signed.kept() + by_token.kept() == 0
        assert site.answers()
    for report in (signed, by_token):
        again, once_more = report.post(), report.post()
        assert (again.status_code, once_more.status_code) == (202, 202)
        assert again.json() == once_more.json()
        assert report.kept() == 1
    verify([])


def bearer(site: Web) -> dict[str, str]:
    """What a partner's system shows that has got a token."""
    with every_tenant(reason="a drill looks for a key"):
        key = PartnerKey.objects.filter(organization__slug="northstar", revoked_at=None)[0]
    asked = httpx.post(
        f"{site.address}/api/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(str(key.pk), key.secret),
        timeout=20,
    )
    return {"authorization": f"Bearer {asked.json()['access_token']}"}


def test_f21_without_a_free_connection_pages_say_so_soon_and_health_is_up(
    tmp_path: Path, database: str, redis: Broker, hub: Hub
) -> None:
    told = {"DEBUG": "false", "ALLOW_PRIVATE_ENDPOINTS": "false", "DATABASE_POOL_SIZE": str(POOL)}
    site = web(
        tmp_path,
        variables(site_url(database), redis, **told),
        workers="1",
        blocking_threads=str(READERS + 4),
    )
    key = signed_in(member(submitted().organization, Role.PRACTICE_STAFF)).session.session_key
    cookies = {settings.SESSION_COOKIE_NAME: key or ""}

    def read(_: int) -> tuple[httpx.Response, float]:
        began = time.monotonic()
        answer = httpx.get(f"{site.address}/journeys/", cookies=cookies, timeout=60)
        return answer, time.monotonic() - began

    try:
        site.start()
        with ThreadPoolExecutor(READERS) as readers, as_owner(database) as owner:
            owner.autocommit = False
            owner.execute("lock table journeys_journey in access exclusive mode")
            reading = [readers.submit(read, number) for number in range(READERS)]
            wait_for(
                lambda: sum(each.done() for each in reading) >= READERS - POOL,
                "all that got no connection are answered",
                seconds=30,
            )
            early = [each.result() for each in reading if each.done()]
            assert site.answers()
            owner.rollback()
            late = [each.result()[0].status_code for each in reading]
        page, _ = read(0)
    finally:
        site.kill()
    assert {answer.status_code for answer, _ in early} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer, _ in early)
    assert "We cannot reach our records at this moment" in early[0][0].text
    assert max(seconds for _, seconds in early) < 15
    assert late.count(200) == POOL
    assert page.status_code == 200
