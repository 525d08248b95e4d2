"""Whose a request is, the line that it leaves in the log, and the policy its answer carries.

What every page goes through: the packages' own, without what is for others than this site.
"""

from functools import cache

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django_structlog.middlewares.request import RequestMiddleware, logger

from accounts.identity import person_of

READING = frozenset(("GET", "HEAD"))
TELLERS = {4: logger.warning, 5: logger.error}
# By these a view would say that its answer has another policy.
OWN_POLICY = frozenset(
    f"_csp_{what}{how}" for what in ("config", "update", "replace", "exempt") for how in ("", "_ro")
)


class Requests(RequestMiddleware):
    """django_structlog's, for a person who is looked up once and lines that no signal adds to."""

    def prepare(self, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(request_id=request.META["HTTP_X_REQUEST_ID"])
        # A page asks for the person many times, and a lazy stand-in would cost more at each of
        # them.
        request.user = person_of(request)
        self.bind_user_id(request)
        # Where one that reads is never answered, nothing came of it.
        if request.method not in READING:
            logger.info("request_started", request=_asked(request))

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if isinstance(response, StreamingHttpResponse) or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
            return
        self.bind_user_id(request)
        tell = TELLERS.get(response.status_code // 100, logger.info)
        tell("request_finished", code=response.status_code, request=_asked(request))
        structlog.contextvars.clear_contextvars()

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        pk = getattr(getattr(request, "user", None), "pk", None)
        structlog.contextvars.bind_contextvars(user_id=str(pk) if pk else None)


def _asked(request: HttpRequest) -> str:
    return f"{request.method} {request.get_full_path()}"


def closed(answer: HttpResponse, disposition: str) -> HttpResponse:
    """Bytes that a stranger once had a hand in: whatever they are, they run nothing here."""
    answer["Content-Disposition"] = disposition
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


class Policy(CSPMiddleware):
    """csp's, with the words of the site's one policy put together once."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if getattr(request, "_csp_nonce", None) or not OWN_POLICY.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()
