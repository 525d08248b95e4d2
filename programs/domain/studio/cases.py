"""Test cases of a draft: kept from a preview, and taken out again."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.core.actor import Actor
from programs.core.composing import free, slug
from programs.core.definition import Definition
from programs.core.trials import expected, outcome
from programs.domain.studio import drafts
from programs.domain.studio.ports import steps_needed
from programs.rules import Refused

MOST = 60


def as_text(answers: Mapping[str, Any]) -> str:
    """Answers that stand on no control of the page, to be posted along with it."""
    return json.dumps(answers, sort_keys=True)


def from_text(text: str) -> dict[str, Any]:
    """What ``as_text`` wrote; nothing for anything else."""
    try:
        read = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {key: value for key, value in read.items() if isinstance(value, str | bool | list)}


@transaction.atomic
def keep_case(
    draft_id: UUID,
    name: str,
    answers: Mapping[str, Any],
    *,
    key: str,
    by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Keep answers with everything that comes of them today, in place of the case ``key`` if there
    is one. Raises Refused when the draft does not change any more, or has too many.
    """
    draft = drafts.lock(draft_id)
    today = timezone.localdate(now)
    definition = Definition.from_json(draft.definition)
    told = outcome(definition, answers, on=today, steps=steps_needed())
    own = [part.id for each in definition.questions for part in each.asked]
    others = [each for each in draft.cases if each["key"] != key]
    if len(others) >= MOST:
        raise Refused("A version has 60 test cases at most.")
    case = {
        "key": key or free(slug(name, most=30), {each["key"] for each in others}),
        "name": name[:120],
        "on": today.isoformat(),
        "answers": dict(answers),
        "expect": expected(told, own),
    }
    drafts.keep(draft_id, {"cases": [*others, case]}, what=f"case {case['key']}", by=by, now=now)


@transaction.atomic
def drop_case(draft_id: UUID, key: str, *, by: Actor, now: datetime) -> None:
    """Take a case out. Raises Refused."""
    draft = drafts.lock(draft_id)
    left = [each for each in draft.cases if each["key"] != key]
    drafts.keep(draft_id, {"cases": left}, what=f"case {key}", by=by, now=now)


@transaction.atomic
def change_expected(
    draft_id: UUID, key: str, expect: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Expect something else of a case. Raises Refused."""
    draft = drafts.lock(draft_id)
    changed = [
        {**each, "expect": dict(expect)} if each["key"] == key else each for each in draft.cases
    ]
    drafts.keep(draft_id, {"cases": changed}, what=f"case {key}", by=by, now=now)
