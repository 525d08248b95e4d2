"""The least that a page can be: the floor of `timeline_per_s`, under the same server."""

from collections.abc import Callable, Iterable

BODY = b"Hello, world."
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]


def application(
    environ: dict[str, object], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """A WSGI application that does nothing else."""
    start_response("200 OK", HEADERS)
    return [BODY]
