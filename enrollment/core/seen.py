"""Which answers a person changed on a page, told by marks of what the page showed them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def mark(value: Any) -> str:
    """A short mark of one answer: equal for equal answers, and nothing to read in it."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:12]


def marks(answers: Mapping[str, Any], keys: Iterable[str]) -> str:
    """The marks of what a page shows, to travel with its form."""
    return json.dumps({key: mark(answers.get(key)) for key in keys}, separators=(",", ":"))


def touched(posted: Mapping[str, Any], seen: str) -> dict[str, Any]:
    """The posted answers that are not what the page had shown; without marks, all of them."""
    try:
        shown = json.loads(seen)
    except ValueError:
        shown = {}
    if not isinstance(shown, dict):
        shown = {}
    return {key: value for key, value in posted.items() if shown.get(key) != mark(value)}
