"""A page and its live part are one view: htmx asks the same address for the part alone."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx re-reads the live part of a page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by django_htmx
    return bool(htmx and not htmx.history_restore_request)


def page_or_fragment(request: HttpRequest, template: str, fragment: str) -> str:
    """The template to render: the whole page, or its fragment when htmx re-reads it."""
    return f"{template}#{fragment}" if wants_fragment(request) else template
