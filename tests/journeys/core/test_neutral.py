"""The order of pharmacies is drawn by lot: nobody is first more often than another."""

from collections import Counter

from journeys.core.neutral import in_neutral_order

KEYS = ["crescent", "quarry", "meridian"]


def test_whoever_looks_sees_the_same_order_of_one_journey() -> None:
    assert in_neutral_order(KEYS, of="TL-1") == in_neutral_order(reversed(KEYS), of="TL-1")


def test_over_many_journeys_each_is_first_as_often() -> None:
    first = Counter(in_neutral_order(KEYS, of=f"TL-{number}")[0] for number in range(3000))
    assert set(first) == set(KEYS)
    assert all(900 < count < 1100 for count in first.values())
