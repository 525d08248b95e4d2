"""The made-up register: labeled pairs, and how many of them the product finds."""

from bench.likeness import shares
from bench.people_twice import register


def test_nearly_every_pair_is_found_and_hardly_another_shown() -> None:
    precision, recall = shares(register(1_000, seed=5))
    assert precision >= 0.99
    assert recall >= 0.95


def test_the_register_is_the_same_for_the_same_seed() -> None:
    assert register(50, seed=5) == register(50, seed=5)
    assert len(register(50, seed=5).same) == 13
