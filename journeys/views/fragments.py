"""A page and its live part are one view: htmx asks the same address for the part alone."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def page_or_fragment(request: HttpRequest, template: str, fragment: str) -> str:
    """The template to render: the whole page, or its fragment when htmx re-reads it."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by django_htmx
    if htmx and not htmx.history_restore_request:
        return f"{template}#{fragment}"
    return template
