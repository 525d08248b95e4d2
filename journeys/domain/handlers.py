"""Things a journey asks of the app above it, by name: an explicit table instead of signals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class Handler(Protocol):
    def __call__(self, *, journey_id: UUID, data: Mapping[str, Any], now: datetime) -> None: ...


HANDLERS: dict[str, Handler] = {}


class UnknownHandler(LookupError):
    """A step calls something that no app registered."""


def call(name: str, *, journey_id: UUID, data: Mapping[str, Any], now: datetime) -> None:
    """Run the named handler in the transaction of the event. Raises UnknownHandler."""
    try:
        handler = HANDLERS[name]
    except KeyError:
        raise UnknownHandler(name) from None
    handler(journey_id=journey_id, data=data, now=now)
