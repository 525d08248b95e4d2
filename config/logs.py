"""Structured logs: one JSON object a line in production, readable lines in development.

Only what is passed by name reaches a log; `redact` drops anything that could carry PHI.
"""

import logging
import logging.config
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# Keys that third parties may attach and that could hold what a person typed or was called.
UNSAFE_KEYS = frozenset(
    {
        "request",
        "body",
        "params",
        "sql",
        "user_agent",
        "ip",
        "cookies",
        "headers",
        "email",
        "error",
        "stack",
    }
)


# Links whose last part opens something: it is no more to be read in a log than a password.
SECRET_PATHS = re.compile(r"(/sign/|/invitation/|/password/reset/key/|/confirm-email/)[^/\s]+")
SHORTEST_HIDDEN = 4


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop unsafe keys; a request becomes its method and path, without query string and tokens."""
    request = event.get("request")
    if isinstance(request, str):
        event["page"] = SECRET_PATHS.sub(r"\1…", request.split("?", 1)[0])
    for key in UNSAFE_KEYS & event.keys():
        del event[key]
    return event


# A live page that was left, and a sweep that came too late because another was under way, are
# the ordinary course of things.
ORDINARY = frozenset(
    {"streaming_started", "streaming_finished", "streaming_cancelled", "task_revoked"}
)
# Of use only where a request may never be answered.
ORDINARY_IN_DEVELOPMENT = ORDINARY | {"request_started"}


def leaving_out(ordinary: frozenset[str]) -> structlog.types.Processor:
    """Drop the events that say nothing."""

    def drop(
        _logger: Any, _name: str, event: MutableMapping[str, Any]
    ) -> structlog.types.EventDict:
        if event.get("event") in ordinary:
            raise structlog.DropEvent
        return event

    return drop


def hide_values(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's type and place, not its message: a database error quotes the row.

    Third parties repeat the message in their own text, so it is taken out of there as well.
    """
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    hidden = _texts_of(error)
    for key, value in event.items():
        if isinstance(value, BaseException):
            hidden |= _texts_of(value)
            event[key] = type(value).__name__
    if isinstance(error, BaseException):
        event["exception"] = " from ".join(type(link).__name__ for link in _chain(error))
        event["trace"] = [
            f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _without(value, hidden)
    return event


def _chain(error: BaseException | None) -> list[BaseException]:
    """The exception and those it came from, at most ten."""
    links: list[BaseException] = []
    while error is not None and error not in links and len(links) < 10:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _texts_of(error: Any) -> set[str]:
    """Whatever an exception and its causes say, in every form that a message may repeat it."""
    links = _chain(error) if isinstance(error, BaseException) else []
    texts = {text for link in links for text in (repr(link), str(link))}
    return texts | {arg for link in links for arg in link.args if isinstance(arg, str)}


def _without(text: str, hidden: set[str]) -> str:
    for secret in sorted(hidden, key=len, reverse=True):
        if len(secret) >= SHORTEST_HIDDEN:
            text = text.replace(secret, "…")
    return text


def configure_logging(*, json_lines: bool, stream: TextIO) -> None:
    """Send structlog and the standard library's logging through the same processors."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        hide_values,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            leaving_out(ORDINARY if json_lines else ORDINARY_IN_DEVELOPMENT),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                }
            },
            "handlers": {
                "stream": {
                    "class": "logging.StreamHandler",
                    "stream": stream,
                    "formatter": "structured",
                }
            },
            "root": {"handlers": ["stream"], "level": "INFO"},
            "loggers": {
                "django.server": {"level": "WARNING"},
                # It repeats each request, and writes out query strings.
                "django.request": {"level": "CRITICAL"},
                "uvicorn.access": {"level": "CRITICAL"},
                # It repeats each task that is queued; the worker's own lines tell what ran.
                "django_structlog.celery": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
                "weasyprint": {"level": "ERROR"},
                "fontTools": {"level": "ERROR"},
            },
        }
    )
