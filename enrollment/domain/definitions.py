"""The definition that a program version holds, read once per process."""

from uuid import UUID

from programs.core.definition import Definition
from programs.models import ProgramVersion

_published: dict[UUID, Definition] = {}


def definition_of(version: ProgramVersion) -> Definition:
    """Read the version's definition. A published one never changes, so it is kept."""
    known = _published.get(version.id)
    if known is None:
        known = Definition.from_json(version.definition)
        if version.published_at is not None:
            _published[version.id] = known
    return known
