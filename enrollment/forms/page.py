"""The whole form on one page: sections with their counts, and a slot for each question.

A slot stays on the page while its question is hidden, so that an answer elsewhere can bring
the question back into it without touching what somebody is typing beside it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.forms import BoundField
from django.http import QueryDict
from django.utils.safestring import SafeString

from enrollment.forms.build import AnswersForm, section_form
from enrollment.forms.drawing import draw
from programs.core.conditions import is_present
from programs.core.definition import Definition
from programs.core.display import display
from programs.core.fields import BOXES, SECTIONS
from programs.core.forms import Item, Sheet, check_answers, section_key, sheet

Answers = Mapping[str, Any]
# What stands in the practice's own records: folded to a summary once nothing is left to do.
KNOWN_SECTIONS = frozenset({"patient", "coverage", "practice", "prescriber"})


@dataclass(frozen=True)
class Slot:
    """The place of one question; `field` is None while it is hidden."""

    key: str
    field: BoundField | None
    boxes: bool
    """Its control posts nothing when unticked."""
    sentences: tuple[str, ...]
    """What the hub asks to have corrected here."""

    def question(self) -> SafeString:
        """The question drawn, when it is needed: an answer changes a few of a hundred."""
        return draw(self.field) if self.field is not None else SafeString("")


@dataclass(frozen=True)
class Group:
    """Slots under one legend, or a single slot without."""

    legend: str
    slots: tuple[Slot, ...]
    across: bool
    """Small questions that belong on one line: a row of a matrix, a result with its unit."""


@dataclass(frozen=True)
class Part:
    """One section of the page."""

    key: str
    name: str
    required: int
    to_go: int
    wrong: int
    hidden: bool
    folded: bool
    groups: tuple[Group, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def done(self) -> int:
        return self.required - self.to_go

    @property
    def is_done(self) -> bool:
        return not self.to_go and not self.wrong


@dataclass(frozen=True)
class Page:
    """The form as it stands, for one template."""

    form: AnswersForm
    sheet: Sheet
    parts: tuple[Part, ...]

    @property
    def required(self) -> int:
        return sum(part.required for part in self.parts)

    @property
    def done(self) -> int:
        return sum(part.done for part in self.parts)

    @property
    def to_go(self) -> int:
        return sum(part.to_go for part in self.parts)

    @property
    def wrong(self) -> int:
        return sum(part.wrong for part in self.parts)

    @property
    def unfolded(self) -> str:
        """The known sections that stand open, as an address names them."""
        keys = [part.key for part in self.parts if part.key in KNOWN_SECTIONS and not part.folded]
        return ",".join(keys)


@dataclass(frozen=True)
class Standing:
    """What decides how the page looks: answers, what is wrong, what is opened, what came back."""

    definitions: Sequence[Definition]
    answers: Answers
    today: date
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    opened: Collection[str] = ()
    corrections: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def sheet(self) -> Sheet:
        return sheet(self.definitions, self.answers, today=self.today)

    def wrong(self) -> Mapping[str, list[str]]:
        return check_answers(self.definitions, self.answers, today=self.today)


def form_page(standing: Standing, data: QueryDict | None = None) -> Page:
    """Build the page; with `data`, showing what was just posted instead of what is stored."""
    form = section_form(standing.definitions, "", standing.answers, data, today=standing.today)
    now, wrong = standing.sheet(), standing.wrong()
    if data is None:
        # What is stored may be wrong too, and says so like what was just posted.
        form.full_clean()
        form.cleaned_data = {}
        for key, said in wrong.items():
            if key in form.fields:
                form.add_error(key, said)
    return Page(form, now, tuple(_parts(standing, form, now, wrong)))


def _parts(
    standing: Standing, form: AnswersForm, now: Sheet, wrong: Mapping[str, Any]
) -> Iterator[Part]:
    shown = {item.key for item in now.shown}
    for name in SECTIONS:
        items = [item for item in now.items if item.field.section == name]
        if not items:
            continue
        part = _standing_part(standing, name, [i for i in items if i.key in shown], now, wrong)
        if part.folded:
            yield _with_summary(part, standing, items, now)
        else:
            yield _with_slots(part, standing, form, items)


def _standing_part(
    standing: Standing, name: str, shown: Sequence[Item], now: Sheet, wrong: Mapping[str, Any]
) -> Part:
    needed = [item for item in shown if now.requires(item)]
    to_go = sum(not is_present(standing.answers.get(item.key)) for item in needed)
    faults = sum(item.key in wrong for item in shown)
    key = section_key(name)
    returned = any(item.key in standing.corrections for item in shown)
    quiet = not to_go and not faults and not returned
    folded = key in KNOWN_SECTIONS and quiet and key not in standing.opened and bool(shown)
    return Part(key, name, len(needed), to_go, faults, hidden=not shown, folded=folded)


def _with_summary(part: Part, standing: Standing, items: Sequence[Item], now: Sheet) -> Part:
    told = [item for item in items if is_present(now.known.get(item.key))]
    sources = {standing.changes.get(item.key, {}).get("source", "typed") for item in told}
    return replace(part, rows=tuple(_rows(told, now)), source=_source(sources))


def _rows(items: Sequence[Item], now: Sheet) -> Iterator[tuple[str, str]]:
    for item in items:
        label = f"{item.group}: {item.field.label}" if item.group else item.field.label
        yield label, display(item.field, now.known[item.key])


def _source(sources: Collection[str]) -> str:
    """Where everything in a section came from, when that is one place."""
    places = sorted(sources)
    return f"from the {places[0]}" if len(places) == 1 and places != ["typed"] else ""


def _with_slots(part: Part, standing: Standing, form: AnswersForm, items: Sequence[Item]) -> Part:
    runs = groupby(items, key=lambda i: (i.group, "" if i.group else i.key, i.across))
    groups = tuple(
        Group(legend, tuple(_slot(standing, form, item) for item in run), across)
        for (legend, _, across), run in runs
    )
    return replace(part, groups=groups)


def _slot(standing: Standing, form: AnswersForm, item: Item) -> Slot:
    return Slot(
        key=item.key,
        field=form[item.key] if item.key in form.fields else None,
        boxes=item.field.type in BOXES,
        sentences=tuple(standing.corrections.get(item.key, ())),
    )


Look = tuple[object, ...]


def looks(standing: Standing) -> dict[str, Look]:
    """How each part of the page looks, by element id, to tell which an answer has changed."""
    now, wrong = standing.sheet(), standing.wrong()
    shown = {item.key for item in now.shown}
    found: dict[str, Look] = {}
    for name in SECTIONS:
        items = [item for item in now.items if item.field.section == name]
        if not items:
            continue
        part = _standing_part(standing, name, [i for i in items if i.key in shown], now, wrong)
        found[f"section-{part.key}"] = (part.hidden, part.folded)
        found[f"count-{part.key}"] = (part.required, part.to_go, part.wrong)
        for item in items:
            found[f"slot-{item.key}"] = (
                item.key in shown,
                now.requires(item),
                tuple(choice.code for choice in now.choices(item)),
                tuple(wrong.get(item.key, ())),
                now.known.get(item.key) if item.field.type == "computed" else None,
            )
    return found
