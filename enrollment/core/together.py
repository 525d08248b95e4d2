"""Several programs' answers as one form, and one form's answers as each program's.

A question that programs share stands once, under its own id; what belongs to one program alone
stands under `program:id` as soon as there are several (programs.core.union).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from programs.core.conditions import is_present
from programs.core.definition import Definition
from programs.core.facts import own_key
from programs.core.forms import Item, union

Answers = Mapping[str, Any]
Changes = Mapping[str, Mapping[str, Any]]


def places(definitions: Sequence[Definition]) -> Iterator[tuple[Item, int, str]]:
    """Every question of the form, with which program asks it and under which id of its own."""
    numbers = {definition.key: place for place, definition in enumerate(definitions)}
    for item in union(definitions):
        name = item.key.removeprefix(own_key(item.own, "")) if item.own else item.key
        for program in item.programs:
            yield item, numbers[program], name


def answers_together(definitions: Sequence[Definition], each: Sequence[Answers]) -> dict[str, Any]:
    """The answers of several programs (in the same order) as the one form holds them."""
    if len(definitions) == 1:
        return dict(each[0])
    found: dict[str, Any] = {}
    for item, place, name in places(definitions):
        if item.key not in found and is_present(each[place].get(name)):
            found[item.key] = each[place][name]
    return found


def changes_together(
    definitions: Sequence[Definition], each: Sequence[Changes]
) -> dict[str, Mapping[str, Any]]:
    """Per field of the one form, its latest change in any of the programs."""
    if len(definitions) == 1:
        return dict(each[0])
    found: dict[str, Mapping[str, Any]] = {}
    for item, place, name in places(definitions):
        change = each[place].get(name)
        known = found.get(item.key)
        if change and (known is None or change["revision"] > known["revision"]):
            found[item.key] = change
    return found


def answers_apart(definitions: Sequence[Definition], answers: Answers) -> list[dict[str, Any]]:
    """One form's answers, each given to every program that asks it, under its own id there."""
    if len(definitions) == 1:
        return [dict(answers)]
    apart: list[dict[str, Any]] = [{} for _ in definitions]
    for item, place, name in places(definitions):
        if item.key in answers:
            apart[place][name] = answers[item.key]
    return apart


def named_together(
    definitions: Sequence[Definition], program: str, answers: Answers
) -> dict[str, Any]:
    """Answers named as one program alone names them, as the one form names them."""
    keys = {item.key for item in union(definitions)}
    named = ((key, own_key(program, key)) for key in answers)
    return {own if key not in keys and own in keys else key: answers[key] for key, own in named}
