"""How long a session lasts. Every time is in seconds since the epoch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """After how many seconds a session ends: without activity, and whatever happens."""

    idle: float
    longest: float


def ends_at(*, seen_at: float, signed_in_at: float, limits: Limits) -> float:
    """When the session ends if nobody does anything from `seen_at` on."""
    return min(seen_at + limits.idle, signed_in_at + limits.longest)
