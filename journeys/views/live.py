"""The streams that tell open pages to read anew. Ids only; the page re-reads as its reader."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from accounts.access import actor_of, requires_async
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.core.sessions import ends_at
from accounts.domain import sessions
from journeys.domain.listening import STOP, hub
from journeys.domain.queries.standing import intake_mark, journey_mark, still_may, work_mark

T = TypeVar("T")

# Streams share two threads and two pooled connections, taken for one query at a time.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")
REST_SECONDS = 0.2


@dataclass(frozen=True)
class Listener:
    """One open page: who reads it, what it is about, and how to see that it is out of date."""

    request: HttpRequest
    actor: Actor
    permission: Permission
    key: UUID
    mark: Callable[[], str | None]


@requires_async(Permission.JOURNEYS_VIEW)
async def journey(request: HttpRequest, journey_id: UUID) -> HttpResponseBase:
    """Changes of one journey."""
    actor, _organization_id = _reader(request)

    def mark() -> str | None:
        return journey_mark(actor, journey_id)

    if await _query(mark) is None:
        raise Http404
    return _stream(Listener(request, actor, Permission.JOURNEYS_VIEW, journey_id, mark))


@requires_async(Permission.WORK_VIEW)
async def work(request: HttpRequest) -> HttpResponseBase:
    """Changes of any journey that the reader's organization takes part in."""
    actor, organization_id = _reader(request)

    def mark() -> str:
        return work_mark(actor, now=timezone.now())

    return _stream(Listener(request, actor, Permission.WORK_VIEW, organization_id, mark))


@requires_async(Permission.INTAKE_REVIEW)
async def intake(request: HttpRequest) -> HttpResponseBase:
    """The same, and changes of the faxes of the reader's hub."""
    actor, organization_id = _reader(request)

    def mark() -> str:
        return intake_mark(actor, now=timezone.now())

    return _stream(Listener(request, actor, Permission.INTAKE_REVIEW, organization_id, mark))


def _reader(request: HttpRequest) -> tuple[Actor, UUID]:
    """Who reads, and for which organization; `requires_async` lets nobody in without both."""
    actor = actor_of(request)
    if actor is None or actor.organization_id is None:
        raise PermissionDenied
    return actor, actor.organization_id


def _stream(listener: Listener) -> HttpResponseBase:
    if hub().open_streams >= settings.LIVE_STREAMS_MAX:
        return HttpResponse(
            "Too many pages are open here. This page tries again by itself.",
            status=503,
            headers={"Retry-After": "15"},
            content_type="text/plain",
        )
    return StreamingHttpResponse(
        _flow(listener),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _flow(listener: Listener) -> AsyncIterator[str]:
    # The middleware's thread would keep its pooled connection for as long as the page is open.
    await sync_to_async(connections.close_all)()
    clock = asyncio.get_running_loop().time
    async with hub().subscribe(listener.key) as queue:
        yield "retry: 2000\n\n"
        if await _is_behind(listener):
            yield _changed(str(listener.key))
        check_at = clock() + settings.LIVE_RECHECK_SECONDS
        while news := await _news(queue):
            yield news
            # What comes meanwhile gathers in the queue, and is one re-reading.
            await asyncio.sleep(REST_SECONDS)
            if clock() >= check_at:
                if not await _query(lambda: _may_go_on(listener)):
                    yield "event: ended\ndata: signed out\n\n"
                    return
                check_at = clock() + settings.LIVE_RECHECK_SECONDS


async def _news(queue: asyncio.Queue[str]) -> str:
    """What to send next: a change, or after a while without any a ping; nothing at the end."""
    try:
        changed = await asyncio.wait_for(queue.get(), settings.LIVE_PING_SECONDS)
    except TimeoutError:
        return ": still here\n\n"
    while changed != STOP and not queue.empty():
        changed = queue.get_nowait()
    return _changed(changed) if changed != STOP else ""


def _changed(journey_id: str) -> str:
    return f"id: {journey_id}\nevent: changed\ndata: {journey_id}\n\n"


async def _is_behind(listener: Listener) -> bool:
    """Whether something happened between the page's reading and its listening."""
    if listener.request.headers.get("Last-Event-ID"):
        return True
    seen = listener.request.GET.get("seen")
    return seen is not None and await _query(listener.mark) != seen


def _may_go_on(listener: Listener) -> bool:
    """Whether the session, the membership and the sight of the row still stand."""
    request = listener.request
    session = request.session = type(request.session)(request.session.session_key)
    now = time.time()
    seen_at, signed_in_at = session.get("seen_at", now), session.get("signed_in_at", now)
    if now > ends_at(seen_at=seen_at, signed_in_at=signed_in_at, limits=sessions.limits()):
        return False
    if not get_user(request).is_authenticated:
        return False
    return still_may(listener.actor, listener.permission) and listener.mark() is not None


async def _query(ask: Callable[[], T]) -> T:
    """Ask the database in a thread of ours, and give the connection back at once."""

    def asking() -> T:
        try:
            return ask()
        finally:
            connection.close()

    return await sync_to_async(asking, thread_sensitive=False, executor=_threads)()
