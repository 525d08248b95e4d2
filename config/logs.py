"""Structured logs: one JSON object a line in production, readable lines in development.

Only what is passed by name reaches a log; `redact` drops anything that could carry PHI.
"""

import logging
import logging.config
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
    }
)


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop unsafe keys; a request becomes its method and path, without its query string."""
    request = event.get("request")
    if isinstance(request, str):
        event["page"] = request.split("?", 1)[0]
    for key in UNSAFE_KEYS & event.keys():
        del event[key]
    return event


def hide_values(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's type and place, not its message: a database error quotes the row."""
    info = event.pop("exc_info", None)
    if info is True:
        import sys

        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["exception"] = info[0].__name__
        frames = structlog.tracebacks.extract(*info, show_locals=False)[0].frames
        event["trace"] = [f"{f.filename.rsplit('/', 3)[-1]}:{f.lineno} {f.name}" for f in frames]
    return event


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
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
                "httpx": {"level": "WARNING"},
                "weasyprint": {"level": "ERROR"},
                "fontTools": {"level": "ERROR"},
            },
        }
    )
