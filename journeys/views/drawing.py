"""The journey's page as it was last drawn, kept for who would be shown the very same.

Whoever has a journey open reads it anew when something happens, all of an organization at once.
What is drawn is a function of the stored rows, the reader's organization and roles, and the
minute; it is kept by just these, in this process's memory only, and for a minute at most.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.core.actor import Actor
from journeys.domain.queries.journeys import mark_of_story

# Stand in what is kept for what each answer has its own of; nobody can write them in a message.
FORM_TOKEN, MESSAGE_TOKEN = (secrets.token_hex(16) for _ in range(2))
TOKENS = re.compile(f"({FORM_TOKEN}|{MESSAGE_TOKEN})")
# Pages of forty events have 90 kB.
MOST_KEPT = 100


@dataclass(frozen=True)
class Drawn:
    """The live part of a page, what listens for its changes, its title, and until when it stays."""

    pieces: tuple[str, ...]
    live: str
    title: str
    until: datetime

    def answering(self, form_token: str) -> SafeString:
        """The live part with the tokens of this answer."""
        own = {FORM_TOKEN: form_token, MESSAGE_TOKEN: str(uuid4())}
        return mark_safe("".join([own.get(piece, piece) for piece in self.pieces]))  # noqa: S308  # a rendered template


def pieces_of(html: str) -> tuple[str, ...]:
    """What is drawn and the tokens in it, each by itself: joined sooner than looked through."""
    return tuple(TOKENS.split(html))


_kept: dict[tuple[Any, ...], Drawn] = {}
_lock = Lock()


def drawn(
    journey_id: UUID, actor: Actor, *, now: datetime, draw: Callable[[], Drawn | None]
) -> Drawn | None:
    """What `draw` gives, or gave for the same rows, readers and minute; None for who sees none.

    Whether the actor may see the journey is asked of the database each time.
    """
    mark = mark_of_story(journey_id)
    if mark is None:
        return None
    key = (journey_id, mark, *_reader(actor))
    found = _kept.get(key)
    if found is None or found.until <= now:
        found = draw()
        # What came in meanwhile would be kept under a mark that knows nothing of it.
        if found is not None and not settings.DEBUG and mark_of_story(journey_id) == mark:
            _keep(key, found, now=now)
    return found


def end_of_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _reader(actor: Actor) -> tuple[object, ...]:
    zone = timezone.get_current_timezone_name()
    return (actor.organization_id, actor.roles, get_language(), zone)


def _keep(key: tuple[Any, ...], page: Drawn, *, now: datetime) -> None:
    with _lock:
        for old in [each for each, kept in _kept.items() if kept.until <= now]:
            del _kept[old]
        if len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = page
