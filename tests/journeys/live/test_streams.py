"""Open pages hear of a change, hold nothing while they wait, and end with the right to read."""

import queue
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Membership
from accounts.tenancy import acting_as
from config.runner.processes import wait_until
from journeys.domain.faxes import Arrival, keep_fax
from journeys.domain.papers import Paper
from tests.conftest import site_url
from tests.factories.people import actor_of
from tests.journeys.live.conftest import MOST_STREAMS, POOL_SIZE, Live, Party, Server, serving

Heard = queue.Queue[str | None]
# How long a line may take on a busy machine.
PATIENCE_SECONDS = 30.0


@contextmanager
def stream(
    server: Server, who: Party, path: str, **headers: str
) -> Iterator[tuple[httpx.Response, Heard]]:
    """An open page: its answer, and a queue of what arrives; None when the stream ends."""
    heard: Heard = queue.Queue()
    with (
        server.client(who.session) as client,
        client.stream("GET", path, headers=headers) as response,
    ):
        threading.Thread(target=_read, args=(response, heard), daemon=True).start()
        yield response, heard


def _read(response: httpx.Response, heard: Heard) -> None:
    try:
        for line in response.iter_lines():
            if line:
                heard.put(line)
    except (httpx.TransportError, httpx.StreamError):
        pass
    heard.put(None)


def until(heard: Heard, wanted: str) -> list[str | None]:
    """Everything up to the first line that begins as wanted; fails when it does not come."""
    lines: list[str | None] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        try:
            line = heard.get(timeout=max(0.01, ends - time.monotonic()))
        except queue.Empty:
            break
        lines.append(line)
        if line is not None and line.startswith(wanted):
            return lines
    pytest.fail(f"{wanted!r} did not come; heard {lines}")


def path_of(live: Live) -> str:
    return f"/live/journeys/{live.journey.id}/"


def test_a_change_reaches_the_open_page_within_a_second_and_says_only_which(live: Live) -> None:
    with stream(live.server, live.ana, path_of(live)) as (response, heard):
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["x-accel-buffering"] == "no"
        until(heard, "retry:")
        live.happens()
        before = heard.qsize()
        lines = until(heard, "event: changed")
        # By the server's own clock, whatever else the machine does: it pings every 0.4 s.
        assert lines[before:].count(": still here") <= 2
        assert heard.get(timeout=PATIENCE_SECONDS) == f"data: {live.journey.id}"


def test_a_fax_reaches_the_open_intake_of_its_hub_and_no_other_page(live: Live) -> None:
    with (
        stream(live.server, live.priya, "/live/intake/") as (_, heard),
        stream(live.server, live.ana, "/live/worklist/") as (_, anas),
    ):
        until(heard, "retry:")
        until(anas, "retry:")
        by, now = actor_of(live.priya.membership), timezone.now()
        paper = Paper("", "", "Fax", "image/jpeg", f"{now.timestamp():064.0f}", b"jpeg", (b"jpeg",))
        with live.elsewhere(), acting_as(by):
            fax = keep_fax(paper, Arrival(received_at=now), by=by, now=now)
        until(heard, "event: changed")
        assert heard.get(timeout=PATIENCE_SECONDS) == f"data: {fax.pk}"
        # What the journey's party hears next is the journey, not the fax.
        live.happens()
        until(anas, "event: changed")
        assert anas.get(timeout=PATIENCE_SECONDS) == f"data: {live.journey.id}"


def test_the_work_of_each_party_hears_of_it_too(live: Live) -> None:
    with stream(live.server, live.priya, "/live/worklist/") as (_, heard):
        until(heard, "retry:")
        live.happens()
        until(heard, "event: changed")


def test_strangers_are_refused_and_hear_nothing(live: Live) -> None:
    with stream(live.server, live.ben, path_of(live)) as (response, _):
        assert response.status_code == 404
    assert httpx.get(live.server.address + path_of(live)).status_code == 401
    with stream(live.server, live.ben, "/live/worklist/") as (_, heard):
        until(heard, "retry:")
        live.happens()
        lines = until(heard, ": still here")
        assert not any(line and line.startswith("event:") for line in lines)


def test_a_waiting_page_is_pinged(live: Live) -> None:
    with stream(live.server, live.ana, path_of(live)) as (_, heard):
        until(heard, ": still here")
        until(heard, ": still here")


def test_a_page_that_comes_back_reads_anew_at_once(live: Live) -> None:
    with stream(live.server, live.ana, path_of(live), **{"Last-Event-ID": "x"}) as (_, heard):
        until(heard, "event: changed")


def test_what_happened_between_reading_and_listening_is_not_missed(live: Live) -> None:
    with live.server.client(live.ana.session) as client:
        page = client.get(f"/journeys/{live.journey.id}/").text
    found = re.search(r'sse-connect="([^"]+)"', page)
    assert found is not None
    with stream(live.server, live.ana, found.group(1)) as (_, heard):
        lines = until(heard, ": still here")
        assert "event: changed" not in lines
    live.happens()
    with stream(live.server, live.ana, found.group(1)) as (_, heard):
        until(heard, "event: changed")


def test_open_streams_hold_no_connection_and_no_transaction(
    live: Live, activity: Callable[[], list[tuple[str, str]]]
) -> None:
    streams = [stream(live.server, live.ana, path_of(live)) for _ in range(MOST_STREAMS - 1)]
    heards = [each.__enter__()[1] for each in streams]
    try:
        for heard in heards:
            until(heard, ": still here")
        with live.server.client(live.ana.session) as client:
            assert client.get("/worklist/").status_code == 200

        def only_listens() -> bool:
            now = activity()
            listeners = sum(name == "throughline live" for name, _ in now)
            waits = not [state for _, state in now if "transaction" in state]
            return waits and listeners == 1 and len(now) <= POOL_SIZE + 1

        # For a moment now and then a page asks whether it may go on.
        assert wait_until(only_listens, seconds=PATIENCE_SECONDS), activity()
    finally:
        for each in streams:
            each.__exit__(None, None, None)


def test_beyond_the_limit_a_page_is_told_to_try_again(live: Live) -> None:
    streams = [stream(live.server, live.ana, path_of(live)) for _ in range(MOST_STREAMS)]
    heards = [each.__enter__()[1] for each in streams]
    try:
        for heard in heards:
            until(heard, "retry:")
        with stream(live.server, live.ana, path_of(live)) as (response, _):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
    finally:
        for each in streams:
            each.__exit__(None, None, None)


def test_a_stream_ends_with_the_membership(live: Live) -> None:
    with stream(live.server, live.ana, path_of(live)) as (_, heard):
        until(heard, "retry:")
        with live.elsewhere():
            Membership.objects.filter(pk=live.ana.membership.pk).update(active=False)
        until(heard, "event: ended")


def test_a_stream_ends_with_the_session(live: Live) -> None:
    with stream(live.server, live.priya, "/live/worklist/") as (_, heard):
        until(heard, "retry:")
        with live.elsewhere():
            Session.objects.filter(pk=live.priya.session).delete()
        until(heard, "event: ended")


def test_after_the_database_dropped_the_listener_pages_read_anew_and_hear_again(
    live: Live,
) -> None:
    with stream(live.server, live.ana, path_of(live)) as (_, heard):
        until(heard, "retry:")
        with psycopg.connect(site_url(live.server.database), autocommit=True) as site:
            site.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name = 'throughline live'"
            )
        until(heard, "event: changed")
        live.happens()
        until(heard, "event: changed")


def test_the_server_stops_within_five_seconds_although_pages_are_open(
    live: Live, database: str
) -> None:
    with (
        serving(database) as other,
        stream(other, live.ana, path_of(live)) as (_, heard),
    ):
        until(heard, "retry:")
        began = time.monotonic()
        other.process.send_signal(signal.SIGTERM)
        other.process.wait(timeout=8)
        assert time.monotonic() - began < 5


@pytest.mark.drill
def test_f23_pages_go_on_where_they_were_after_the_server_was_killed(
    live: Live, database: str
) -> None:
    """Every open page hears of what happened while there was nobody to tell it."""
    many, room = 40, {"LIVE_STREAMS_MAX": "60"}
    with serving(database, **room) as first, ExitStack() as pages:
        opened = [stream(first, live.ana, path_of(live)) for _ in range(many)]
        heards = [pages.enter_context(each)[1] for each in opened]
        for heard in heards:
            until(heard, "retry:")
        first.process.kill()
        first.process.wait()
        for heard in heards:
            assert drained(heard)[-1] is None
    live.happens()
    since = {"Last-Event-ID": str(live.journey.id)}
    with serving(database, **room) as second, ExitStack() as pages:
        opened = [stream(second, live.ana, path_of(live), **since) for _ in range(many)]
        for heard in [pages.enter_context(each)[1] for each in opened]:
            until(heard, "event: changed")


def drained(heard: Heard) -> list[str | None]:
    """Everything until the stream ends."""
    lines = [heard.get(timeout=PATIENCE_SECONDS)]
    while lines[-1] is not None:
        lines.append(heard.get(timeout=PATIENCE_SECONDS))
    return lines
