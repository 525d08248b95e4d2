"""Requests of other systems: what they ask is answered without what only people's pages need."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, resolve

Next = Callable[[HttpRequest], HttpResponseBase]
F = TypeVar("F", bound=Callable[..., Any])
log = structlog.get_logger(__name__)

PREFIX = "/api/"
# Nothing of an answer is for a browser to run, to load or to frame.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
}


def for_systems(view: F) -> F:
    """Declare a view that a system calls with its own proof: it has no session and no cookie.

    Middleware for people is left out: sessions, CSRF, messages, second factors, static files.
    """
    view.for_systems = True  # type: ignore[attr-defined]  # the mark itself
    return view


def systems(get_response: Next) -> Next:
    """Answer what is for systems at once; hand anything else on.

    Stays as for pages: the headers of security and the way to HTTPS, the check of the host's
    name, the request's id in logs and audit, a line in the log for each answer, and the answer
    to an error that nobody expected.
    """
    # As Django wraps each middleware: an error becomes an answer before the headers are set.
    seen = SecurityMiddleware(convert_exception_to_response(_seen))
    answer = cast(Next, convert_exception_to_response(seen))

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        if not getattr(match.func, "for_systems", False):
            return get_response(request)
        request.resolver_match = match
        response = answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse) and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _seen(request: HttpRequest) -> HttpResponseBase:
    """Do what is asked, under the request's id; the log says how it was answered."""
    structlog.contextvars.bind_contextvars(request_id=request.META["HTTP_X_REQUEST_ID"])
    try:
        response = _answered(request)
        # What failed was logged with its cause when it did.
        if not hasattr(request, "_raised_exception"):
            tell = {4: log.warning, 5: log.error}.get(response.status_code // 100, log.info)
            asked = f"{request.method} {request.path}"
            tell("request_finished", request=asked, code=response.status_code)
        return response
    finally:
        structlog.contextvars.clear_contextvars()


def _asked(request: HttpRequest) -> HttpResponseBase:
    # Raises DisallowedHost: no answer is made for a name that is not ours.
    request.get_host()
    match = request.resolver_match
    if match is None:
        raise Resolver404
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


_answered = cast(Next, convert_exception_to_response(_asked))
