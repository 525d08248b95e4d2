"""The table says what was measured: medians, floors, ratios, and how far the runs differ."""

import pytest

from bench.__main__ import NAMES
from bench.results import Row, percentile, table
from bench.serving import command


def test_a_row_is_the_median_of_its_runs_beside_its_floor() -> None:
    row = Row("timeline_per_s", "/s", [90.0, 100.0, 130.0], floor=10_000.0)
    assert row.value == 100
    assert row.ratio == pytest.approx(0.01)
    assert row.spread == pytest.approx(0.4)


def test_a_row_without_a_floor_has_no_ratio() -> None:
    assert Row("stop_s", "s", [1.0]).ratio is None


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 6.0), (0.95, 10.0), (1.0, 10.0)])
def test_percentile(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], share) == value


def test_the_table_is_aligned_markdown() -> None:
    lines = table([Row("warm_start_s", "s", [4.2, 4.6], floor=1.1), Row("stop_s", "s", [0.5])])
    assert len({len(line) for line in lines.splitlines()}) == 1
    assert "| warm_start_s | 4.4 " in lines


def test_names_are_unique() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_pages_are_served_by_the_command_of_the_image() -> None:
    words = command()
    assert words[0] == "granian"
    assert {"--host", "--port", "--workers"} <= set(words)
