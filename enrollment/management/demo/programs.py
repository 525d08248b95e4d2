"""The demo programs: their definitions as published versions."""

import datetime as dt
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from accounts.models import Organization
from programs.models import Program, ProgramVersion


def definitions() -> list[dict[str, Any]]:
    """Every definition that ships with the product."""
    found = files("programs.definitions").iterdir()
    texts = [each.read_text() for each in found if each.name.endswith(".json")]
    return sorted((json.loads(text) for text in texts), key=lambda each: str(each["name"]))


def make_programs(
    organizations: Mapping[str, Organization], *, now: dt.datetime
) -> dict[str, ProgramVersion]:
    """Publish each program's first version, by the program's key."""
    return {each["key"]: _make(each, organizations, now=now) for each in definitions()}


def _make(
    definition: dict[str, Any], organizations: Mapping[str, Organization], *, now: dt.datetime
) -> ProgramVersion:
    program = Program.objects.create(
        manufacturer=organizations[definition["manufacturer"]],
        key=definition["key"],
        name=definition["name"],
        product=definition["medicine"],
    )
    return ProgramVersion.objects.create(
        program=program,
        number=1,
        definition=definition,
        valid_from=dt.date.fromisoformat(definition["valid_from"]),
        published_at=now,
    )
