"""Each row of a part in a line, as the studio lists it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import Words
from programs.core.catalogue import ANSWERABLE
from programs.core.conditions import Condition
from programs.core.fields import Field
from programs.core.plain import load
from programs.core.scripts import PURPOSES
from programs.core.words import TYPES, condition_words

Row = Mapping[str, Any]
Known = Mapping[str, Field]


CONSENT_KINDS: Mapping[str, Words] = {
    "hipaa_authorization": _("Permission to share health information"),
    "prescriber_certification": _("Prescriber's certification"),
    "program_certification": _("Program certification"),
    "text_messages": _("Text messages and calls"),
    "marketing": _("News and research"),
}


@dataclass(frozen=True)
class Listed:
    """One row of a list: its key, its words, what else is told of it, how many faults it has."""

    key: str
    title: str
    note: str
    faults: int = 0
    part: bool = False


def known_fields(plan: Row) -> Known:
    """Everything that can hold an answer in this program, by id."""
    questions = [load(Field, each) for each in plan.get("questions", ())]
    parts = {part.id: part for each in questions for part in (each, *each.parts)}
    return {**ANSWERABLE, **parts, **{p.id: p for each in questions for p in each.asked}}


def words_of(condition: Condition | None, known: Known) -> str:
    """A condition in words; says so where it is still empty."""
    if not condition or condition in ({"all": []}, {"any": []}):
        return "No condition yet"
    words = condition_words(condition, known)
    return words[:1].upper() + words[1:]


def summary(part: str, row: Row, known: Known) -> tuple[str, str]:
    """The title of a row and a note beside it."""
    return _TOLD[part](row, known)


def _question(row: Row, known: Known) -> tuple[str, str]:
    told = [TYPES[row["type"]], row["section"]]
    if row.get("shown_when"):
        told.append(f"asked when {words_of(row['shown_when'], known)}")
    # What was read in from a form in Spanish has no English yet.
    return row["label"] or row.get("label_es", ""), " · ".join(told)


def _rule(row: Row, known: Known) -> tuple[str, str]:
    does = "Stops" if row["outcome"] == "stops" else "Warns"
    only = f" {row['service'].replace('_', ' ')}" if row.get("service") else ""
    return row["reason"] or row["key"], f"{does}{only} · {words_of(row['when'], known)}"


def _default(row: Row, known: Known) -> tuple[str, str]:
    field = known.get(row["field"])
    return (field.label if field else row["field"]), f"Begins with {row['value']}"


def _consent(row: Row, _known: Known) -> tuple[str, str]:
    title = row["title"].get("en") or row["key"]
    return title, f"{CONSENT_KINDS[row['kind']]} · version {row['version']}"


_TOLD: Mapping[str, Callable[[Row, Known], tuple[str, str]]] = {
    "consents": _consent,
    "defaults": _default,
    "documents": lambda row, _known: (
        row["label"],
        "Needed" if row.get("required") else "Welcome",
    ),
    "indications": lambda row, _known: (row["label"], row["code"]),
    "products": lambda row, _known: (row["label"], row["ndc"]),
    "questions": _question,
    "rules": _rule,
    "scripts": lambda row, _known: (
        PURPOSES.get(row["purpose"], row["purpose"]),
        row["opening"].get("en", ""),
    ),
}
