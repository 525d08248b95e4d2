"""How something is handed to a partner, and when to try again: the ladder, not the clock."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

# The waits of the Standard Webhooks ladder: first try, then one entry after each failure.
LADDER = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_WAIT = timedelta(hours=24)
MAX_ATTEMPTS = len(LADDER)
_JITTER = 0.2


class Kept(Mapping[str, Any]):
    """JSON as it was kept: `text` goes over as it is, and is read when somebody looks inside."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _read(self) -> Mapping[str, Any]:
        read: Mapping[str, Any] = json.loads(self.text)
        return read

    def __getitem__(self, key: str) -> Any:
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes to one partner: the delivery's id is its idempotency key over every attempt.

    `at` is when there was something to tell, not when it is tried: every attempt says the same.
    `papers` are what is printed at the end of a packet that goes as paper.
    """

    delivery_id: str
    kind: str
    body: Mapping[str, object]
    at: datetime
    attempt: int = 1
    papers: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A partner took it in (which is not yet accepting it), with its reference if it gave one."""

    reference: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


class TransportError(Exception):
    """A delivery failed; a permanent failure is never tried again.

    `retry_after` is the wait the partner asked for. `ours` says that the fault is on our side
    and tells nothing about the partner. The message carries no patient data.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        retry_after: timedelta | None = None,
        ours: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.ours = ours


class Transport(Protocol):
    """One way to hand something to one partner."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send it. Raises TransportError when the partner did not take it in."""


def next_attempt_at(
    attempts: int,
    *,
    now: datetime,
    key: str = "",
    random: float | None = None,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """When to try again after `attempts` failed attempts, or None when it is time to give up.

    The wait is the ladder's, shortened by up to a fifth so that retries spread out: by
    `random` in [0, 1) or, without it, by a stable share of `key` (the delivery's id). A
    partner's `retry_after` is honored up to the longest wait.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    share = _stable_share(f"{key}:{attempts}") if random is None else random
    wait = LADDER[attempts] * (1 - _JITTER * share)
    return now + min(max(wait, retry_after or wait), LONGEST_WAIT)


def _stable_share(text: str) -> float:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
