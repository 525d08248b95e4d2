"""A page's marks tell what a person touched, and give nothing away."""

import json

import pytest

from enrollment.core.seen import mark, marks, touched


def test_only_what_differs_from_what_was_shown_was_touched() -> None:
    shown = marks({"A1": "Rosa", "H1": ["nurse"]}, ["A1", "E12", "H1"])
    posted = {"A1": "Rosa", "E12": "None known", "H1": ["nurse"]}
    assert touched(posted, shown) == {"E12": "None known"}
    assert touched({"A1": "Ros"}, shown) == {"A1": "Ros"}
    assert touched({"E12": None}, shown) == {}


@pytest.mark.parametrize("seen", ["", "x", "[]", "null", "7"])
def test_without_marks_everything_counts_as_touched(seen: str) -> None:
    assert touched({"A1": "Rosa"}, seen) == {"A1": "Rosa"}


def test_a_mark_is_short_and_unreadable() -> None:
    assert "Rosa" not in json.dumps(marks({"A1": "Rosa"}, ["A1"]))
    assert len(mark("Rosa")) == 12
    assert mark("Rosa") != mark("rosa")
