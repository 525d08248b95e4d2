"""Facts a practice types once, in their one written form: by patient, coverage, practice, …"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.core.actor import Actor
from programs.core.checks import check
from programs.core.conditions import holds
from programs.core.facts import facts
from programs.core.fields import TypedOncePer
from programs.core.forms import fields_once_per
from programs.core.values import normalize

UNKNOWN = "This is not a question we ask."


class Unacceptable(ValueError):
    """Answers that cannot be kept; `problems` has the sentences by field."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        super().__init__("Some answers cannot be kept as they are.")
        self.problems = dict(problems)


class Changed(Exception):
    """Somebody changed the row after it was shown; `fields` are those that now differ."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("Somebody changed this while you had it open.")
        self.fields = dict(fields)


def read_once(once: TypedOncePer, raw: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Read answers about one subject; blanks and those of hidden questions are left out.

    Raises Unacceptable naming every fault at once, unknown fields included.
    """
    items = {item.key: item.field for item in fields_once_per(once)}
    problems = {key: [UNKNOWN] for key in raw if key not in items}
    read = {key: normalize(items[key], raw[key]).value for key in raw if key in items}
    known = {**read, **facts([], read, today=today)}
    kept = {}
    for key, value in read.items():
        field = items[key]
        if value is None or (field.shown_when and not holds(field.shown_when, known)):
            continue
        if said := check(field, raw[key], known, today=today):
            problems[key] = said
        kept[key] = value
    if problems:
        raise Unacceptable(problems)
    return kept


def originated(
    origins: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    source: str = "typed",
) -> dict[str, Any]:
    """Where each value of `after` came from, given that `by` has just typed what differs, or
    taken it from another `source`.
    """
    typed = {"source": source, "by": str(by.user_id or ""), "name": by.name}
    changed = set(changed_keys(before, after))
    return {
        key: {**typed, "at": now.isoformat()} if key in changed else origins[key]
        for key in after
        if key in changed or key in origins
    }


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields whose value differs, for the audit: names, never values."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
