"""Definitions survive JSON exactly, and a misshapen one is told all its faults at once."""

import json
from dataclasses import dataclass, field

import pytest

from programs.core.definition import Definition
from programs.core.plain import ShapeError, dump, load
from programs.definitions import load_definitions

DEFINITIONS = load_definitions()


@dataclass(frozen=True)
class Leaf:
    name: str
    count: int = 0


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    note: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_a_definition_and_its_json_are_each_other_exactly(key: str) -> None:
    definition = DEFINITIONS[key]
    written = json.loads(json.dumps(definition.to_json()))
    again = Definition.from_json(written)
    assert again == definition
    assert again.to_json() == written


def test_what_equals_its_default_is_not_written() -> None:
    tree = Tree((Leaf("a"), Leaf("b", 2)))
    assert dump(tree) == {"leaves": [{"name": "a"}, {"name": "b", "count": 2}]}
    assert load(Tree, dump(tree)) == tree


def test_every_fault_is_named_with_its_place() -> None:
    bad = {"leaves": [{"count": "2"}, "twig"], "note": 5, "bark": 1, "tags": []}
    with pytest.raises(ShapeError) as raised:
        load(Tree, bad)
    assert raised.value.problems == [
        "bark is not known here.",
        "leaves[0].name is missing.",
        "leaves[0].count is a whole number; '2' was found.",
        "leaves[1] is an object; 'twig' was found.",
        "note is text; 5 was found.",
        "tags is an object; [] was found.",
    ]


@pytest.mark.parametrize("bad", [None, [], "text", 3, {"leaves": "x" * 500}, {"leaves": None}])
def test_anything_at_all_is_refused_rather_than_crashed_on(bad: object) -> None:
    with pytest.raises(ShapeError):
        load(Tree, bad)


def test_true_is_not_a_number() -> None:
    with pytest.raises(ShapeError):
        load(Leaf, {"name": "a", "count": True})
