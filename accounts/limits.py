"""How often one person may do what costs or tells much: searches, exports, papers saved."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

import structlog
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts import audit
from accounts.access import actor_of
from accounts.tenancy import acting_as

log = structlog.get_logger(__name__)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _always(_request: HttpRequest) -> bool:
    return True


def limited(
    what: str, *, when: Callable[[HttpRequest], bool] = _always
) -> Callable[[View[P]], View[P]]:
    """At most `settings.MOST_BY_A_PERSON[what]`, (times, seconds), for each person; then 429.

    The first refusal of a period is kept in the audit, where administrators read it. The counters
    may be lost with the cache: then people may do more, and nothing breaks.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            times, seconds = settings.MOST_BY_A_PERSON[what]
            if when(request) and request.user.is_authenticated:
                used = _count(f"{what}:{request.user.pk}", seconds)
                if used > times:
                    return _refused(request, what, seconds, first=used == times + 1)
            return view(request, *args, **kwargs)

        return cast(View[P], counted)

    return decorate


def _count(name: str, seconds: int) -> int:
    key = f"person:{name}:{int(time.time()) // seconds}"
    try:
        cache = caches["counters"]
        cache.add(key, 0, timeout=2 * seconds)
        return int(cache.incr(key))
    except Exception as error:  # whatever the cache does, people go on with their work
        log.warning("rate_not_counted", error=type(error).__name__)
        return 0


def _refused(request: HttpRequest, what: str, seconds: int, *, first: bool) -> HttpResponse:
    actor = actor_of(request)
    if first and actor is not None and actor.organization_id is not None:
        with acting_as(actor):
            audit.happened("limited", purpose=what)
    wait = seconds - int(time.time()) % seconds
    response = render(request, "429.html", {"minutes": max(1, round(wait / 60))}, status=429)
    response["Retry-After"] = str(wait)
    return response
