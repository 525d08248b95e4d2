"""Billable diagnoses by the beginning of a code or of words, the likeliest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

MOST = 12
SHORTEST = 2
LONGEST = 80
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z]?(?:\.?[0-9A-Z]{0,4})")

# So many of a broad word's thousands are looked at: whoever sees the first of them types on.
_LOOKED_AT = 3000
# The program's own diagnoses first; then those that begin with the word; then the general ones.
_FOUND = """
with found as (
    (select code, description from programs_diagnosiscode where {meant} and code = any(%(listed)s))
    union
    (select code, description from programs_diagnosiscode where {meant} limit %(looked_at)s)
)
select code, description from found
order by (code = any(%(listed)s)) desc, (description ilike %(start)s) desc,
    length(code), length(description), code
limit %(most)s
"""
_USABLE = "billable and ended_on is null and "
_BY_CODE = _FOUND.format(meant=_USABLE + "code like %(prefix)s")
_BY_WORDS = _FOUND.format(meant=_USABLE + "search @@ to_tsquery('simple', %(words)s)")


@dataclass(frozen=True)
class Found:
    """A diagnosis to choose; `listed` when the program names it."""

    code: str
    description: str
    listed: bool


def search(text: str, *, listed: Sequence[str] = (), most: int = MOST) -> list[Found]:
    """The diagnoses that a typed text means; for less than 2 characters those listed."""
    asked = " ".join(text.split())[:LONGEST]
    if len(asked) < SHORTEST:
        return _listed(listed)[:most]
    given: dict[str, Any] = {"listed": list(listed), "most": most, "looked_at": _LOOKED_AT}
    code = asked.upper().replace(" ", "")
    if _CODE.fullmatch(code):
        return _rows(_BY_CODE, {**given, "prefix": f"{_dotted(code)}%", "start": ""}, listed)
    words = [_stem(word) for word in re.findall(r"[^\W_]+", asked.lower())]
    if not words:
        return []
    query = " & ".join(f"{word}:*" for word in words)
    return _rows(_BY_WORDS, {**given, "words": query, "start": f"{words[0]}%"}, listed)


def _dotted(code: str) -> str:
    plain = code.replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def _stem(word: str) -> str:
    """Let "fractures" find "fracture"."""
    return word.removesuffix("s") if len(word) > 4 else word


def _listed(codes: Sequence[str]) -> list[Found]:
    if not codes:
        return []
    order = {code: place for place, code in enumerate(codes)}
    sql = "select code, description from programs_diagnosiscode where code = any(%(listed)s)"
    found = _rows(sql, {"listed": list(codes)}, codes)
    return sorted(found, key=lambda each: order[each.code])


def _rows(sql: str, given: dict[str, Any], listed: Sequence[str]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [Found(code, words, code in listed) for code, words in cursor.fetchall()]
