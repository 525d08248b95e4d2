"""Which questions are shown, which are still missing, and what is wrong: one answer for the
page, the save, the submission and the API.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from programs.core.checks import check
from programs.core.conditions import Answers, holds, is_present
from programs.core.definition import Definition
from programs.core.eligibility import Finding, findings
from programs.core.facts import facts, own_answers
from programs.core.fields import Choice, TypedOncePer
from programs.core.soundness import problems
from programs.core.union import Item, fields_once_per, signing, union
from programs.core.values import normalize

__all__ = [
    "Item",
    "Missing",
    "Sheet",
    "check_answers",
    "fields_once_per",
    "file_questions",
    "missing",
    "missing_signatures",
    "problems",
    "read_answers",
    "section_key",
    "sheet",
    "signing",
    "subject_sheet",
    "union",
    "visible",
]


@dataclass(frozen=True)
class Sheet:
    """The form at one moment: every item, those shown, and what is known.

    ``known`` holds the answers that count (a hidden question's do not) and the facts that
    follow from them.
    """

    items: tuple[Item, ...]
    shown: tuple[Item, ...]
    known: Mapping[str, Any]

    def view(self, item: Item) -> Mapping[str, Any]:
        """What is known as this item's own rules name it."""
        if not item.own:
            return self.known
        if item.own not in self._views:
            self._views[item.own] = own_answers(item.own, self.known)
        return self._views[item.own]

    @cached_property
    def _views(self) -> dict[str, Mapping[str, Any]]:
        """By program, made once: a form of several programs asks for them item by item."""
        return {}

    def choices(self, item: Item) -> tuple[Choice, ...]:
        """The choices that go with the other answers."""
        view = self.view(item)
        return tuple(
            choice
            for choice in item.field.choices
            if choice.when is None or holds(choice.when, view)
        )

    def requires(self, item: Item) -> bool:
        """Whether this item, when shown, must be answered."""
        if item.field.required != "conditional":
            return item.field.required == "always"
        return item.field.required_when is None or holds(item.field.required_when, self.known)


@dataclass(frozen=True)
class Missing:
    """A required question without an answer, and the sentence that says so."""

    key: str
    label: str
    section: str
    asked_of: str
    programs: tuple[str, ...]
    sentence: str


def sheet(definitions: Sequence[Definition], answers: Answers, *, today: date) -> Sheet:
    """Decide what is shown. An answer to a hidden question counts for nothing, so what hangs
    on it is hidden too; it stays in ``answers`` and counts again when the question returns.
    """
    return _settled(definitions, union(definitions), answers, today)


def _settled(
    definitions: Sequence[Definition], items: tuple[Item, ...], answers: Answers, today: date
) -> Sheet:
    keys = {item.key for item in items}
    outside = {key: value for key, value in answers.items() if key not in keys}
    shown, known = items, {}
    # Sound definitions have no circle of conditions, so each pass settles one more link.
    for _ in range(len(items) + 1):
        live = {
            item.key: answers[item.key]
            for item in shown
            if item.key in answers and item.field.type != "computed"
        }
        counted = {**outside, **live}
        known = {**counted, **facts(definitions, counted, today=today)}
        now = tuple(
            item
            for item in items
            if item.field.shown_when is None or holds(item.field.shown_when, known)
        )
        if now == shown:
            break
        shown = now
    return Sheet(items, shown, known)


def subject_sheet(once: TypedOncePer, answers: Answers, *, today: date) -> Sheet:
    """Decide what is shown of the catalogue's questions about one subject, without a program."""
    return _settled((), fields_once_per(once), answers, today)


def visible(
    definitions: Sequence[Definition], answers: Answers, *, today: date
) -> tuple[Item, ...]:
    """The questions to show, in order."""
    return sheet(definitions, answers, today=today).shown


def missing(
    definitions: Sequence[Definition], answers: Answers, *, today: date
) -> tuple[Missing, ...]:
    """Every required question still without an answer, in order; signatures apart."""
    form = sheet(definitions, answers, today=today)
    return tuple(
        _missing(item)
        for item in form.shown
        if form.requires(item) and not is_present(answers.get(item.key))
    )


def missing_signatures(
    definitions: Sequence[Definition], answers: Answers, signed: Answers, *, today: date
) -> tuple[Missing, ...]:
    """What is still to be signed, given the signature fields already filled (``signed``)."""
    known = {**sheet(definitions, answers, today=today).known, **signed}
    form = Sheet((), signing(definitions), known)
    return tuple(
        _missing(item)
        for item in form.shown
        if (item.field.shown_when is None or holds(item.field.shown_when, known))
        and form.requires(item)
        and not is_present(signed.get(item.key))
    )


def _missing(item: Item) -> Missing:
    field = item.field
    return Missing(
        key=item.key,
        label=item.question,
        section=field.section,
        asked_of=field.asked_of,
        programs=item.programs,
        sentence=f"“{item.question}” has no {'file' if field.type == 'file' else 'answer'} yet.",
    )


def section_key(name: str) -> str:
    """The section's name as it stands in an address: "Site of care" is site-of-care."""
    return name.lower().replace(" ", "-")


def file_questions(definitions: Sequence[Definition]) -> frozenset[str]:
    """The questions that are answered by attaching a file; an answer is the ids of what is."""
    return frozenset(item.key for item in union(definitions) if item.field.type == "file")


def read_answers(
    definitions: Sequence[Definition], raw: Answers
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Raw answers in canonical form, and the problems of those that could not be read.

    An answer to a question nobody asked is refused; what cannot be read is kept as typed.
    """
    asked = {item.key: item for item in union(definitions)}
    values: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for key, value in raw.items():
        if key not in asked:
            wrong[key] = ["The program does not ask this question."]
            continue
        if asked[key].field.type == "computed":
            wrong[key] = ["This follows from other answers; it is not typed."]
            continue
        reading = normalize(asked[key].field, value)
        values[key] = reading.value
        if reading.problem:
            wrong[key] = [reading.problem]
    return values, wrong


def check_answers(
    definitions: Sequence[Definition], answers: Answers, *, today: date
) -> dict[str, list[str]]:
    """Everything wrong with the answers given, by key: unreadable, contradictory, refused by a
    program's rules, or not asked at all. Missing answers are ``missing``'s to tell.
    """
    form = sheet(definitions, answers, today=today)
    asked = {item.key for item in form.items}
    wrong = {
        key: ["The program does not ask this question."] for key in answers if key not in asked
    }
    for item in form.shown:
        if said := check_item(form, item, today=today):
            wrong[item.key] = said
    for finding in findings(definitions, form.known):
        if finding.outcome == "stops":
            wrong.setdefault(_place_of(finding, definitions), []).append(finding.reason)
    return wrong


def check_item(form: Sheet, item: Item, *, today: date) -> list[str]:
    """What is wrong with the answer to one item."""
    return check(item.field, form.known.get(item.key), form.view(item), today=today)


def _place_of(finding: Finding, definitions: Sequence[Definition]) -> str:
    keys = {item.key for item in union(definitions)}
    own = f"{finding.program}:{finding.field}"
    return own if own in keys else finding.field
