"""The definition that a draft holds, read once per process for as long as it stands."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from programs.core.definition import Definition
from programs.models import ProgramDraft


class _Kept:
    """A draft's JSON, told from others by the draft and its revision alone."""

    def __init__(self, draft_id: UUID, revision: int, plan: Any) -> None:
        self.key, self.plan = (draft_id, revision), plan

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and other.key == self.key


@lru_cache(maxsize=32)
def _read(kept: _Kept) -> Definition:
    return Definition.from_json(kept.plan)


def definition_of(draft: ProgramDraft) -> Definition:
    """Read the draft's definition: a long form takes longer to read than to show."""
    return _read(_Kept(draft.id, draft.revision, draft.definition))
