"""What a question is: one shape for the canonical fields and for a program's own questions."""

from dataclasses import dataclass
from typing import Literal

from programs.core.conditions import Condition

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
    "agreement", "bin", "boolean", "code", "combo", "date", "dea", "email", "esign", "file",
    "group", "icd10", "long_text", "money", "multi", "ndc", "npi", "number", "phone", "pick",
    "state", "text", "tin", "zip",
]  # fmt: skip
Need = Literal["always", "conditional", "optional"]
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


@dataclass(frozen=True)
class Field:
    """One question.

    ``required``: "always" means whenever it is shown; "conditional" means when
    ``required_when`` holds, or whenever it is shown if there is none; "optional" never.
    ``asked_of``: PO the practice's office, PT the patient, RX the prescriber.
    ``checks`` name rules of ``programs.core.checks``; a word after the name is the field the
    rule compares with. ``minimum`` and ``maximum`` are decimal numbers as text, in ``unit``.
    ``parts`` are questions asked together with this one; a "group" has no answer of its own.
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
    typed_once_per: TypedOncePer = "enrollment"
    asked_of: AskedOf = "PO"
    paper: bool = False

    @property
    def asked(self) -> tuple["Field", ...]:
        """The questions with an answer of their own: this one and its parts."""
        return self.parts if self.type == "group" else (self, *self.parts)
