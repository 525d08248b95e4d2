"""What access work puts on paper, as plain data: benefits, the payer's request, the letter.

Each is made of what is known: the journey's facts and the newest packet. A `Line` without words
is one that nobody has answered yet; on paper it is left open to be written in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journeys.core.payer_criteria import MET, Criterion
from journeys.core.questions import question
from journeys.core.worksheets_access import BENEFIT_VERIFICATION
from programs.core.catalogue import CATALOGUE

_ILLNESS = ("Diagnosis", "Clinical")


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that payers ask for, and the answer of the enrollment it is known by.

    `answer` names one answer, or several that are written together; with `fact` it is a fact of
    the journey where one is known. One that stands `if_any` is left out where there is none, and
    one of a `pharmacy_card` where there is none and the medicine is under the medical benefit.
    """

    label: str
    answer: tuple[str, ...] = ()
    fact: str = ""
    if_any: bool = False
    pharmacy_card: bool = False


def _items(
    *pairs: tuple[str, str], if_any: bool = False, pharmacy_card: bool = False
) -> tuple[Item, ...]:
    return tuple(
        Item(label, tuple(answers.split()), "", if_any, pharmacy_card) for label, answers in pairs
    )


# What payers' request forms have in common; nobody's own form is copied.
REQUEST: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "Member",
        (
            *_items(
                ("First name", "A1"),
                ("Last name", "A3"),
                ("Date of birth", "A5"),
                ("Sex", "A6"),
                ("Street address", "A8"),
                ("City", "A10"),
                ("State", "A11"),
                ("ZIP code", "A12"),
                ("Phone", "A13"),
            ),
            Item("Plan", ("B3",), "payer_name"),
            *_items(
                ("Kind of insurance", "B5"),
                ("Member ID", "B7"),
                ("Group number", "B8"),
            ),
            *_items(
                ("Rx BIN", "B19"),
                ("Rx PCN", "B20"),
                ("Rx group", "B21"),
                ("Rx member ID", "B22"),
                pharmacy_card=True,
            ),
            *_items(("Second insurance", "B13"), if_any=True),
        ),
    ),
    (
        "Prescriber",
        _items(
            ("Name", "D1"),
            ("Credential", "D2"),
            ("Specialty", "D3"),
            ("NPI", "D4"),
            ("State license", "D5.number D5.state"),
            ("Practice", "C1"),
            ("Practice NPI", "C2"),
            ("Practice tax ID", "C3"),
            ("Street address", "C4"),
            ("City", "C5"),
            ("State", "C6"),
            ("ZIP code", "C7"),
            ("Phone", "C8"),
            ("Fax", "C9"),
            ("Contact", "C10"),
            ("Contact's email", "C12"),
        ),
    ),
    (
        "Medicine",
        (
            *_items(
                ("Product and strength", "F1"),
                ("Dose and how it is given", "F2"),
                ("How often", "F3"),
                ("Quantity", "F5"),
                ("Refills", "F6"),
                ("Date written", "F8"),
                ("New or continuing", "E4"),
                ("First or next dose on", "E5"),
                ("How it is obtained", "G1"),
            ),
            *_items(("Where it is given", "G5"), if_any=True),
            Item("Pharmacy", ("G2.pharmacy",), "pharmacy_name", if_any=True),
            Item("Urgent", (), "urgent"),
            Item("Months asked for"),
        ),
    ),
    (
        "Clinical",
        (
            *_items(
                ("Diagnosis", "E1"),
                ("Diagnosed on", "E3"),
                ("Weight", "E10.weight E10.unit"),
                ("Allergies", "E12"),
                ("Earlier therapy", "E6"),
                ("From and until", "E7.from E7.until"),
                ("What happened with it", "E8"),
                ("Test and result", "E14.test E14.result"),
                ("Severity score", "E15"),
                ("Chart notes", "E16"),
            ),
            *_items(
                ("Second diagnosis", "E2"),
                ("Height", "E11"),
                ("Other medicines", "E13"),
                ("Another earlier therapy", "E9.drug E9.outcome"),
                if_any=True,
            ),
            Item("Why this medicine and no other"),
            Item("Prescriber's signature and date"),
        ),
    ),
)


def answers_of(packet: Mapping[str, Any]) -> dict[str, str]:
    """The packet's answers in words, by field."""
    return {
        field["id"]: field["display"]
        for section in packet["sections"]
        for field in section["fields"]
        if field["display"]
    }


def own_answers(packet: Mapping[str, Any]) -> list[Line]:
    """What the program itself asked about the patient's illness: payers ask the same."""
    told = (section for section in packet["sections"] if section["name"] in _ILLNESS)
    return [
        Line(question(field), field["display"])
        for section in told
        for field in section["fields"]
        if "." in field["id"] and field["id"].split(".")[0] not in CATALOGUE and field["display"]
    ]


def request_to_payer(
    answers: Mapping[str, str],
    facts: Mapping[str, str],
    own: Sequence[Line] = (),
    *,
    medical: bool = False,
) -> list[Section]:
    """The payer's request with everything filled in that is known; the rest is left open.

    `own` are the program's own answers, which end the clinical section; `medical` says that the
    medical benefit pays, which has no pharmacy card.
    """
    sections = []
    for title, items in REQUEST:
        lines = [(item, Line(item.label, _words(item, answers, facts))) for item in items]
        kept = tuple(
            line
            for item, line in lines
            if line.words or not (item.if_any or (medical and item.pharmacy_card))
        )
        sections.append(Section(title, (*kept, *own) if title == "Clinical" else kept))
    return sections


def _words(item: Item, answers: Mapping[str, str], facts: Mapping[str, str]) -> str:
    known = facts.get(item.fact, "")
    return known or ", ".join(answers[each] for each in item.answer if each in answers)


def prefilled(sections: Iterable[Section]) -> tuple[int, int]:
    """How many lines are filled in, and of how many."""
    lines = [line for section in sections for line in section.lines]
    return sum(bool(line.words) for line in lines), len(lines)


def criteria_section(found: Iterable[Criterion]) -> Section:
    """What the payer decides by, each with its answer and what shows it, as lines of a request."""
    return Section("What the plan decides by", tuple(Line(one.words, _shown(one)) for one in found))


def _shown(criterion: Criterion) -> str:
    told = MET.get(criterion.met, "")
    shown = ", ".join(filter(None, (criterion.source, criterion.known)))
    return f"{told} ({shown})" if told and shown else told


def summary_of_benefits(facts: Mapping[str, str], labels: Mapping[str, str]) -> list[Section]:
    """What verification found, in the order it is asked; what is not known is left out."""
    found = [
        Section(
            part.title,
            tuple(
                Line(labels[each.fact], facts[each.fact])
                for each in part.questions
                if facts.get(each.fact)
            ),
        )
        for part in BENEFIT_VERIFICATION.parts
    ]
    return [section for section in found if section.lines]


def letter_of_necessity(
    answers: Mapping[str, str], facts: Mapping[str, str], *, denied_for: str
) -> list[str]:
    """A letter for the prescriber to change and sign: paragraphs of what is known, no more."""
    told = {name: answers.get(name, "") for name in ("A1", "A3", "A5", "B7", "D1", "F1", "E1")}
    patient = f"{told['A1']} {told['A3']}".strip()
    payer = facts.get("payer_name", "") or answers.get("B3", "")
    paragraphs = [
        f"To {payer or 'the plan'}, about {patient}, born {told['A5']}, member {told['B7']}.",
        f"I ask for coverage of {told['F1']} for {patient}, whom I treat for {told['E1']}.",
    ]
    if denied_for:
        number = facts.get("payer_reference", "")
        about = f" (your reference {number})" if number else ""
        paragraphs.append(f"Your denial{about} gives this reason: {denied_for}.")
    paragraphs += _history(answers)
    paragraphs.append(
        "In my judgment this medicine is necessary because: "
        "____________________________________________."
    )
    paragraphs.append(f"{told['D1']}, {answers.get('D3', '')}".rstrip(", "))
    return paragraphs


_HISTORY: Sequence[tuple[str, str]] = (
    ("E3", "The diagnosis was made on {}."),
    ("E6", "Earlier therapy: {}."),
    ("E8", "What happened with it: {}."),
    ("E9.drug", "Another earlier therapy: {}."),
    ("E9.outcome", "What happened with that: {}."),
    ("E14.result", "Test result: {}."),
    ("E15", "Severity score: {}."),
    ("E12", "Allergies: {}."),
    ("E13", "Other medicines: {}."),
)


def _history(answers: Mapping[str, str]) -> list[str]:
    told = [words.format(answers[name]) for name, words in _HISTORY if name in answers]
    return [" ".join(told)] if told else []
