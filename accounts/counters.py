"""Counts of a minute or so, kept in Redis. They may be lost: then more is let through."""

from functools import cached_property
from typing import Any, cast

import structlog
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)


class Counters(RedisCache):
    """Django's own, with a counter that is one command but for its first use."""

    def count(self, name: str, *, by: int, seconds: int) -> int:
        """Add to a counter that is forgotten so long after its first use; what it says now."""
        key = self.make_and_validate_key(name)
        used = int(self._kept.incrby(key, by))
        # A process that dies here leaves a key behind that nobody counts on: names hold their time.
        if used == by:
            self._kept.expire(key, seconds)
        return used

    @cached_property
    def _kept(self) -> Any:
        """Django makes a client for each command, which takes longer than the command."""
        return self._cache.get_client(write=True)


def count(name: str, *, by: int = 1, seconds: int) -> int:
    """Add to a counter that is forgotten after so many seconds; 0 when nothing can be counted."""
    try:
        return cast(Counters, caches["counters"]).count(name, by=by, seconds=seconds)
    except Exception as error:  # whatever Redis does, people and partners go on
        log.warning("rate_not_counted", error=type(error).__name__)
        return 0
