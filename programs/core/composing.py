"""A definition as it is composed: rows of plain JSON, taken out, put back, moved and renamed.

The studio edits the JSON and reads it with ``Definition.from_json`` after each change, so that a
draft always has a definition's shape, whatever it still lacks.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Plan = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """A part of a definition that is a list of rows: where it stands, what names a row."""

    at: str
    named: str


LISTED: Mapping[str, Listed] = {
    "products": Listed("products", "ndc"),
    "indications": Listed("indications", "code"),
    "questions": Listed("questions", "id"),
    "rules": Listed("eligibility", "key"),
    "documents": Listed("documents", "key"),
    "consents": Listed("consents", "key"),
    "defaults": Listed("defaults", "field"),
    "scripts": Listed("scripts", "purpose"),
}
PARTS = ("basics", "products", "indications", "asks", "questions", "rules", "defaults", "copay",
         "documents", "consents", "scripts", "journey", "route")  # fmt: skip

# How the first word of a problem's place names the part it stands in.
_PLACED: Mapping[str, str] = {
    "asks": "asks", "basics": "basics",
    "consent": "consents", "consents": "consents",
    "copay": "copay", "case": "cases", "dates": "dates", "default": "defaults",
    "document": "documents",
    "eligibility": "rules", "indication": "indications", "indications": "indications",
    "journey": "journey", "product": "products", "products": "products",
    "question": "questions", "route": "route", "script": "scripts", "schema": "basics",
    "service": "basics",
    "tightens": "asks",
}  # fmt: skip


def place_of(where: str) -> tuple[str, str]:
    """The part of the studio, and the row in it, that a problem's place means; "" for neither."""
    word, _, rest = where.partition(" ")
    part = _PLACED.get(word, "")
    named = part in LISTED or part == "asks"
    return part, rest.split(" ")[0] if named else ""


def rows(plan: Plan, part: str) -> list[Row]:
    """The rows of a part, in order."""
    return list(plan.get(LISTED[part].at, ()))


def row(plan: Plan, part: str, key: str) -> Row | None:
    """One row by its name, or None. A question is found among the parts of others too."""
    return next((each for each in _all(plan, part) if each[LISTED[part].named] == key), None)


def _all(plan: Plan, part: str) -> Iterator[Row]:
    for each in rows(plan, part):
        yield each
        yield from each.get("parts", ()) if part == "questions" else ()


def _copied(plan: Plan) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(plan))
    return made


def with_row(plan: Plan, part: str, key: str, given: Row) -> dict[str, Any]:
    """The plan with a row in place of the one called ``key``, or at the end where there is none."""
    changed = _copied(plan)
    for several in _holding(changed, part):
        for place, each in enumerate(several):
            if each[LISTED[part].named] == key:
                several[place] = given
                return changed
    changed.setdefault(LISTED[part].at, []).append(given)
    return changed


def with_part(plan: Plan, question: str, given: Row) -> dict[str, Any]:
    """The plan with one more part at the end of a question's parts."""
    whole = row(plan, "questions", question)
    if whole is None:
        return dict(plan)
    return with_row(plan, "questions", question, {**whole, "parts": [*_parts(whole), given]})


def _parts(whole: Row) -> list[Row]:
    return list(whole.get("parts", ()))


def _holding(plan: dict[str, Any], part: str) -> list[list[Row]]:
    """The lists in which a row of a part may stand."""
    several = plan.get(LISTED[part].at, [])
    inner = [each["parts"] for each in several if each.get("parts")]
    return [several, *inner] if part == "questions" else [several]


def without_row(plan: Plan, part: str, key: str) -> dict[str, Any]:
    """The plan without one row."""
    changed = _copied(plan)
    for several in _holding(changed, part):
        several[:] = [each for each in several if each[LISTED[part].named] != key]
    return changed


def moved(plan: Plan, part: str, key: str, by: int) -> dict[str, Any]:
    """The plan with one row so many places later (earlier when negative), as far as it goes."""
    changed = _copied(plan)
    for several in _holding(changed, part):
        places = [n for n, each in enumerate(several) if each[LISTED[part].named] == key]
        if places and 0 <= places[0] + by < len(several):
            several.insert(places[0] + by, several.pop(places[0]))
    return changed


def slug(words: str, *, most: int = 40) -> str:
    """A key made of words: small letters, digits and underscores; never empty."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:most].strip("_")
    return made or "item"


def free(wanted: str, taken: set[str]) -> str:
    """The key, or the key with the first number that nobody else has."""
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def taken(plan: Plan, part: str) -> set[str]:
    """The names that rows of a part have."""
    return {str(each[LISTED[part].named]) for each in _all(plan, part)}


def called(plan: Plan, key: str) -> dict[str, Any]:
    """The same plan for a program of another key: its own questions are named after it."""
    before = f"{plan['key']}."
    renamed = _renamed(plan, before, f"{key}.")
    return {**renamed, "key": key}


def _renamed(value: Any, before: str, after: str) -> Any:
    if isinstance(value, str):
        # A check names the field that it compares with after its own name.
        words = value.split(" ") if value.count(" ") == 1 else [value]
        return " ".join(
            after + word[len(before) :] if word.startswith(before) else word for word in words
        )
    if isinstance(value, Mapping):
        return {key: _renamed(each, before, after) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, before, after) for each in value]
    return value
