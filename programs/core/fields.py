"""What a question is: one shape for the canonical fields and for a program's own questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from programs.core.conditions import Condition, renamed

SECTIONS = (
    "Patient",
    "Coverage",
    "Practice",
    "Prescriber",
    "Diagnosis",
    "Clinical",
    "Prescription",
    "Acquisition",
    "Site of care",
    "Services",
    "Financial",
    "Copay",
    "Consent",
)
FieldType = Literal[
    "agreement", "bin", "boolean", "checklist", "code", "combo", "computed", "date", "dea", "email",
    "esign", "file", "group", "icd10", "long_text", "matrix", "money", "multi", "ndc", "npi",
    "number", "phone", "pick", "quantity", "repeat", "state", "text", "tin", "zip",
]  # fmt: skip
Need = Literal["always", "conditional", "optional"]
NEEDS: tuple[Need, ...] = ("optional", "conditional", "always")
"""From the weakest to the strictest."""
TypedOncePer = Literal[
    "patient", "coverage", "practice", "prescriber", "clinical", "enrollment", "signature"
]
AskedOf = Literal["PO", "PT", "RX"]


@dataclass(frozen=True)
class Choice:
    """One answer to pick. ``when`` says which other answers make it available."""

    code: str
    label: str
    when: Condition | None = None
    label_es: str = ""


@dataclass(frozen=True)
class Band:
    """What a computed value is up to and including ``at_most``; without a limit when empty."""

    value: str
    at_most: str = ""


@dataclass(frozen=True)
class Formula:
    """How a value follows from a number ``of`` the form: an answer's or a fact's id.

    Either the first of ``bands`` that reaches it, or ``times`` it, rounded to a multiple of
    ``step`` and never more than ``most``. All are decimal numbers as text.
    """

    of: str
    bands: tuple[Band, ...] = ()
    times: str = ""
    step: str = ""
    most: str = ""


@dataclass(frozen=True)
class Field:
    """One question.

    ``required``: "always" means whenever it is shown; "conditional" means when
    ``required_when`` holds, or whenever it is shown if there is none; "optional" never.
    ``asked_of``: PO the practice's office, PT the patient, RX the prescriber.
    ``checks`` name rules of ``programs.core.checks``; a word after the name is the field the
    rule compares with. ``minimum`` and ``maximum`` are decimal numbers as text, in ``unit``.
    ``parts`` are questions asked together with this one; a "group" has no answer of its own.
    ``loinc`` are the codes of the results that answer it; a date then is the day of the result.

    Some types stand for several questions, made of data (``placed``):

    - "matrix": its ``parts``, once for each of ``rows``; a row's ``when`` says when it is asked.
    - "repeat": its ``parts``, up to ``most`` times; the next once the one before is begun.
    - "quantity": a number, its unit when ``choices`` offer several, and the day it was measured.

    A program's own question stands at the end of its section, or behind the canonical field
    that ``after`` names.

    A "computed" value follows from other answers by ``formula`` and is never typed. A
    "checklist" is done when every line is ticked; ``recurs`` says in words when it is gone
    through again, ``every_days`` how often.

    Words that end in ``_es`` are the same in Spanish, for the pages a patient reads; where there
    are none, the English stands there too.
    """

    id: str
    section: str
    label: str
    type: FieldType
    required: Need = "optional"
    name: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    max_length: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    checks: tuple[str, ...] = ()
    shown_when: Condition | None = None
    required_when: Condition | None = None
    parts: tuple["Field", ...] = ()
    rows: tuple[Choice, ...] = ()
    most: int | None = None
    formula: Formula | None = None
    after: str = ""
    recurs: str = ""
    every_days: int | None = None
    typed_once_per: TypedOncePer = "enrollment"
    asked_of: AskedOf = "PO"
    paper: bool = False
    loinc: tuple[str, ...] = ()
    label_es: str = ""
    hint_es: str = ""
    unit_es: str = ""

    @property
    def asked(self) -> tuple["Field", ...]:
        """The questions with an answer of their own: this one and its parts."""
        return tuple(part for _, part in self.placed)

    @property
    def placed(self) -> tuple[tuple[str, "Field"], ...]:
        """The questions with an answer of their own, each with the words over it, or empty."""
        if self.type == "group":
            return tuple((self.label, part) for part in self.parts)
        if self.type == "matrix":
            return tuple(_cells(self))
        if self.type == "repeat":
            return tuple(_times(self))
        if self.type == "quantity":
            return tuple((self.label, part) for part in _measured(self))
        return ("", self), *(("", part) for part in self.parts)


COMPOUND = frozenset({"group", "matrix", "repeat", "quantity"})
"""Types without an answer of their own."""
LISTS = frozenset({"multi", "checklist"})
"""Types whose answer is a list of choices."""
BOXES = LISTS | {"agreement"}
"""Types whose control posts nothing when nothing is ticked."""


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """Hold when both hold; one that is missing always does."""
    if first == second:
        return first
    return {"all": [first, second]} if first and second else first or second


def _row_of(field: Field, row: str, *, shown_when: Condition | None) -> Iterator[Field]:
    """The parts of one row. What they say of each other is said of the same row's."""
    names = {part.id: _in_row(field, part, row) for part in field.parts}
    for part in field.parts:
        own = renamed(part.shown_when, names) if part.shown_when else None
        needed = renamed(part.required_when, names) if part.required_when else None
        yield replace(
            part,
            id=names[part.id],
            section=field.section,
            after=field.after,
            shown_when=both(shown_when, own),
            required_when=needed,
            checks=tuple(_check_in_row(check, names) for check in part.checks),
        )


def _in_row(field: Field, part: Field, row: str) -> str:
    return f"{field.id}.{row}.{part.id.removeprefix(f'{field.id}.')}"


def _check_in_row(check: str, names: Mapping[str, str]) -> str:
    name, _, other = check.partition(" ")
    return f"{name} {names.get(other, other)}" if other else check


def _cells(field: Field) -> Iterator[tuple[str, Field]]:
    for row in field.rows:
        for part in _row_of(field, row.code, shown_when=both(field.shown_when, row.when)):
            yield f"{field.label} \u2013 {row.label}", part


def _times(field: Field) -> Iterator[tuple[str, Field]]:
    begun = field.shown_when
    for number in range(1, (field.most or 1) + 1):
        first, *others = _row_of(field, str(number), shown_when=None)
        opens = first if number == 1 else replace(first, required="optional", required_when=None)
        yield f"{field.label} ({number})", replace(opens, shown_when=both(begun, first.shown_when))
        begun = {"field": first.id, "op": "present"}
        for part in others:
            yield (
                f"{field.label} ({number})",
                replace(part, shown_when=both(begun, part.shown_when)),
            )


def _measured(field: Field) -> Iterator[Field]:
    several = len(field.choices) > 1
    shared = replace(
        field, hint="", hint_es="", choices=(), checks=(), minimum=None, maximum=None, unit=""
    )
    yield replace(
        field,
        id=f"{field.id}.value",
        type="number",
        label="Result",
        label_es="Resultado",
        choices=(),
        unit="" if several else "".join(choice.label for choice in field.choices),
        unit_es="" if several else "".join(choice.label_es for choice in field.choices),
    )
    given: Condition = {"field": f"{field.id}.value", "op": "present"}
    needed = replace(shared, required="conditional", required_when=given)
    if several:
        yield replace(
            needed,
            id=f"{field.id}.unit",
            type="pick",
            label="Unit",
            label_es="Unidad",
            choices=field.choices,
        )
    day = replace(
        needed, id=f"{field.id}.on", type="date", label="Measured on", label_es="Medido el"
    )
    yield replace(day, checks=("not_future", "after_birth"))
