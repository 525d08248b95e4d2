"""What stands for very many finished steps."""

import pytest

from journeys.core.pace import from_json, observed, to_json


def test_a_quarter_a_half_and_four_fifths_of_them() -> None:
    one = observed([float(hours) for hours in range(41)])
    assert (one.low, one.middle, one.high, one.count) == (10, 20, 32, 41)


def test_between_two_of_them_in_proportion_to_half_an_hour() -> None:
    one = observed([1.0, 2.0])
    assert (one.low, one.middle, one.high) == (1.0, 1.5, 2.0)
    assert observed([7.3]).middle == 7.5


def test_nothing_observed_tells_nothing() -> None:
    with pytest.raises(ValueError, match="Nothing was observed"):
        observed([])


def test_a_pace_is_kept_and_read_back() -> None:
    paces = {"commercial": {"intake_review": observed([1.0, 3.0])}}
    assert from_json(to_json(paces)) == paces
