"""Counts that may be shown to someone who must not learn about single patients.

Every number is told in whole steps of twenty, rounded down, and nothing below the first. So any
sum or difference of shown numbers, of one page or of several, of today or of last month, is a
multiple of twenty: no number from 1 to 10 is shown, and none can be worked out. Hiding cells and
their complements would not hold that once numbers go on while somebody watches (docs/adr/0012).
"""

STEP = 20


def told(count: int) -> int | None:
    """The number as it may be told, at most 19 below the true one; None for fewer than twenty."""
    return count - count % STEP if count >= STEP else None


def range_of(shown: int | None) -> tuple[int, int]:
    """The smallest and the largest true number behind what is shown."""
    low = shown or 0
    return low, low + STEP - 1
