"""How often one person may do what costs or tells much: searches, exports, papers saved."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts import audit
from accounts.access import actor_of
from accounts.counters import count
from accounts.tenancy import acting_as

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
                name = f"person:{what}:{request.user.pk}:{int(time.time()) // seconds}"
                used = count(name, seconds=2 * seconds)
                if used > times:
                    return _refused(request, what, seconds, first=used == times + 1)
            return view(request, *args, **kwargs)

        return cast(View[P], counted)

    return decorate


def _refused(request: HttpRequest, what: str, seconds: int, *, first: bool) -> HttpResponse:
    actor = actor_of(request)
    if first and actor is not None and actor.organization_id is not None:
        with acting_as(actor):
            audit.happened("limited", purpose=what)
    wait = seconds - int(time.time()) % seconds
    response = render(request, "429.html", {"minutes": max(1, round(wait / 60))}, status=429)
    response["Retry-After"] = str(wait)
    return response
