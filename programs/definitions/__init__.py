"""The demo programs, each a definition in JSON beside this file."""

import json
from functools import cache
from importlib.resources import files

from programs.core.definition import Definition


def load_definitions() -> dict[str, Definition]:
    """Read every demo definition, by program key; raises ShapeError for a faulty one."""
    return {definition.key: definition for definition in _read()}


@cache
def _read() -> tuple[Definition, ...]:
    return tuple(
        Definition.from_json(json.loads(file.read_text(encoding="utf-8")))
        for file in sorted(files(__name__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".json")
    )
