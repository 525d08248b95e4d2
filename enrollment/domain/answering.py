"""Writing answers into a draft: the one place where they change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts import audit
from accounts.core.actor import Actor
from enrollment.domain.signatures import supersede_changed
from enrollment.models import Enrollment


def keep_answers(
    enrollment: Enrollment,
    kept: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    source: str = "typed",
) -> tuple[str, ...]:
    """Keep these answers with where each came from; None takes one away.

    The caller holds the row's lock. Gives the kinds of signature that no longer stand.
    """
    answers = {**enrollment.answers, **kept}
    enrollment.answers = {key: value for key, value in answers.items() if value is not None}
    enrollment.revision += 1
    enrollment.updated_at = now
    for key in kept:
        enrollment.changes[key] = {
            "revision": enrollment.revision,
            "source": source,
            "by": str(by.user_id),
            "name": by.name,
            "at": now.isoformat(),
        }
    enrollment.save(update_fields=["answers", "revision", "changes", "updated_at"])
    audit.wrote(enrollment, action="answered", fields=sorted(kept))
    return supersede_changed(enrollment, now=now)


def keep_each(
    rows: Sequence[Enrollment],
    own: Sequence[Mapping[str, Any]],
    *,
    by: Actor,
    now: datetime,
    source: str = "typed",
) -> tuple[str, ...]:
    """Write into the rows of one sitting, each its own answers, so that all stand at one
    revision; gives the kinds of signature that no longer stand.
    """
    revision = max(row.revision for row in rows) + 1
    ended: dict[str, None] = {}
    for row, kept in zip(rows, own, strict=True):
        row.revision = revision - 1
        if kept:
            ended |= dict.fromkeys(keep_answers(row, kept, by=by, now=now, source=source))
        else:
            row.revision = revision
            row.save(update_fields=["revision"])
    return tuple(ended)
