"""The demo programs: the definitions that ship with the product, as published versions."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Organization
from programs.core.definition import Definition
from programs.definitions import load_definitions
from programs.models import Program, ProgramVersion


def make_programs(
    organizations: Mapping[str, Organization], *, now: datetime
) -> dict[str, ProgramVersion]:
    """Publish each program's first version, by the program's key."""
    return {
        key: _make(definition, organizations, now=now)
        for key, definition in load_definitions().items()
    }


def _make(
    definition: Definition, organizations: Mapping[str, Organization], *, now: datetime
) -> ProgramVersion:
    program = Program.objects.create(
        manufacturer=organizations[definition.manufacturer],
        key=definition.key,
        name=definition.name,
        product=definition.medicine,
    )
    return ProgramVersion.objects.create(
        program=program,
        number=1,
        definition=definition.to_json(),
        valid_from=definition.valid_from,
        published_at=now,
    )
