"""What a new program begins with: the usual questions, and consent texts to make its own."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _text() -> str:
    return files("programs.core").joinpath("starter.json").read_text(encoding="utf-8")


def starter(words: Mapping[str, str]) -> dict[str, Any]:
    """A definition that says everything but what only the program can: its products, diagnoses
    and route. ``words`` stand in the places that are named for them.
    """
    filled: dict[str, Any] = _filled(json.loads(_text()), words)
    return filled


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
        return value
    if isinstance(value, list):
        return [_filled(each, words) for each in value]
    if isinstance(value, dict):
        return {key: _filled(each, words) for key, each in value.items()}
    return value
