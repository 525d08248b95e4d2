"""Answers to requests that went wrong: a sentence, what to do, and the id to quote."""

import sys
from types import TracebackType
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import debug

from accounts.access import filled_in, keep_form, may_be_sent_again
from accounts.writing import lacks_room

log = structlog.get_logger(__name__)
TRY_AGAIN_SECONDS = 5
# What a database raises that is away, busy or full.
AWAY = (OperationalError, InterfaceError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open while its session ended; what a page of ours held is not lost."""
    if request.user.is_authenticated and may_be_sent_again(request):
        return keep_form(request, status=403)
    return render(request, "403.html", {"stale_form": True}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request's own context: it is what could not be read."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what never was and for what somebody else owns."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Generic, with the id under which the logs tell what happened.

    A database that is away, busy or full is a moment to wait for: 503, and when to try again.
    Without the request's context: what failed may be what the page around it needs.
    """
    error = sys.exc_info()[1]
    told: dict[str, Any] = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    if not isinstance(error, AWAY):
        return HttpResponse(render_to_string("500.html", told), status=500)
    told |= {"lacks_room": lacks_room(error), **_kept(request)}
    page = render_to_string("503.html", told)
    return HttpResponse(page, status=503, headers={"Retry-After": str(TRY_AGAIN_SECONDS)})


def _kept(request: HttpRequest) -> dict[str, Any]:
    """A form that a page of ours sent, to be sent again: going back may need the records too."""
    by_script = request.headers.get("HX-Request") or "json" in request.headers.get("Accept", "")
    if request.method != "POST" or by_script or not may_be_sent_again(request):
        return {}
    return {
        "fields": filled_in(request),
        "action": request.get_full_path(),
        "files": bool(request.FILES),
        "csrf_token": get_token(request),
    }


def speak_as_deployed() -> None:
    """In development too, tell a person what is not there, and that records are away.

    Django's pages in their place list every address of the site, and show a traceback where a
    moment's patience helps. A mistake of ours keeps its page for developers.
    """
    for_developers = debug.technical_500_response

    def failed(
        request: HttpRequest,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
        status_code: int = 500,
    ) -> HttpResponse:
        if isinstance(exc_value, AWAY):
            return server_error(request)
        return for_developers(request, exc_type, exc_value, tb, status_code)

    debug.technical_404_response = not_found
    debug.technical_500_response = failed
