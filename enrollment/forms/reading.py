"""An enrollment to read: every answer with its words, what is missing and wrong at its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrollment.core.signed import Statement
from enrollment.core.spanish import display_in, hint_in, label_in
from programs.core.conditions import is_present
from programs.core.fields import SECTIONS
from programs.core.forms import Item, Sheet, section_key


@dataclass(frozen=True)
class Line:
    """One answer; `said` are the sentences about it, `hint` the help beside the question."""

    key: str
    label: str
    value: str
    said: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class ReadSection:
    key: str
    name: str
    lines: tuple[Line, ...]

    @property
    def troubled(self) -> int:
        """How many lines something is said about."""
        return sum(bool(line.said) for line in self.lines)


def read_sections(form: Sheet, said: Mapping[str, Sequence[str]]) -> list[ReadSection]:
    """What is answered and what something is said about, by section; blanks are left out."""
    items = [
        item for item in form.shown if is_present(form.known.get(item.key)) or item.key in said
    ]
    return list(_sections(items, form.known, said))


def statement_sections(statement: Statement, language: str = "en") -> list[ReadSection]:
    """Every answer that a signer signs."""
    return list(_sections(statement.items, statement.answers, {}, language))


def _sections(
    items: Sequence[Item],
    answers: Mapping[str, Any],
    said: Mapping[str, Sequence[str]],
    language: str = "en",
) -> Iterator[ReadSection]:
    for name in SECTIONS:
        lines = tuple(
            Line(
                key=item.key,
                label=label_in(item, language),
                value=display_in(item.field, answers.get(item.key), language),
                said=tuple(said.get(item.key, ())),
                hint=hint_in(item, language),
            )
            for item in items
            if item.field.section == name
        )
        if lines:
            yield ReadSection(section_key(name), name, lines)
