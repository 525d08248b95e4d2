"""Learn-lag: from when something happened until every entitled party could see it.

Counted in buckets of length, so that counts of days and partners add up and half and 95 % can
still be told, as closely as the buckets are.
"""

from collections.abc import Mapping

# The upper end of each bucket, in seconds; one more bucket holds what took longer.
EDGES = (
    *(0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14400, 21600, 28800, 43200, 57600, 86400, 172800, 259200, 604800),
)
LATE_SECONDS = 300
# Coarser, where a program's partners are told apart: the keys of the buckets and their upper ends.
REPORTED = ("minute", "hour", "day", "later")
REPORTED_EDGES = (60, 3600, 86400)
LATE_BUCKET = EDGES.index(LATE_SECONDS) + 1


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The length that this share (0 to 1) of events stayed under, in seconds; None without any.

    Within its bucket events are taken to lie evenly; beyond the last edge it is that edge.
    """
    total = sum(counts.values())
    if not total:
        return None
    wanted, passed = share * total, 0
    for bucket in sorted(counts):
        held = counts[bucket]
        if passed + held >= wanted and held:
            if bucket >= len(EDGES):
                return float(EDGES[-1])
            low = EDGES[bucket - 1] if bucket else 0.0
            return low + (EDGES[bucket] - low) * (wanted - passed) / held
        passed += held
    return float(EDGES[-1])


def share_late(counts: Mapping[int, int]) -> float | None:
    """The share (0 to 1) that took longer than five minutes; None without any."""
    total = sum(counts.values())
    late = sum(held for bucket, held in counts.items() if bucket >= LATE_BUCKET)
    return late / total if total else None
