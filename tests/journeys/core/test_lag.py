"""Half and 95 % from counted buckets: as exact as the buckets, never beyond them."""

from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.lag import EDGES, percentile, share_late


def counted(seconds: list[float]) -> dict[int, int]:
    """As PostgreSQL's width_bucket counts them."""
    found: dict[int, int] = {}
    for each in seconds:
        bucket = bisect_right(EDGES, each)
        found[bucket] = found.get(bucket, 0) + 1
    return found


@given(st.lists(st.floats(0, 700_000), min_size=1), st.sampled_from([0.5, 0.95]))
def test_a_percentile_lies_in_the_bucket_of_the_true_one(
    seconds: list[float], share: float
) -> None:
    ordered = sorted(seconds)
    true = next(each for number, each in enumerate(ordered, 1) if number >= share * len(ordered))
    told = percentile(counted(seconds), share)
    assert told is not None
    bucket = bisect_right(EDGES, true)
    low = EDGES[bucket - 1] if bucket else 0
    high = EDGES[bucket] if bucket < len(EDGES) else EDGES[-1]
    assert low <= told <= high


def test_nothing_counted_is_nothing_told() -> None:
    assert (percentile({}, 0.5), share_late({})) == (None, None)


def test_five_minutes_are_where_late_begins() -> None:
    assert share_late(counted([299.0, 301.0, 90_000.0, 1.0])) == 0.5
