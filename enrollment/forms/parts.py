"""The sections of the form: what of each is known and folded, and a slot for every question left.

A slot stays on the page while its question is hidden, so that an answer elsewhere can bring the
question back into it without touching what somebody is typing beside it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from enrollment.core.ages import Age, stale_keys
from enrollment.forms.build import AnswersForm, names_of, wanted_by
from enrollment.forms.drawing import draw_group, draw_slot
from programs.core.conditions import is_present
from programs.core.definition import Definition
from programs.core.display import display
from programs.core.fields import BOXES, SECTIONS
from programs.core.forms import Item, Sheet, check_answers, section_key, sheet

Answers = Mapping[str, Any]
# What stands in the practice's own records: folded to a summary once nothing is left to do.
KNOWN_SECTIONS = frozenset({"patient", "coverage", "practice", "prescriber"})


@dataclass(frozen=True)
class Paper:
    """A question that is answered by attaching files, and the documents there are."""

    label: str
    required: bool
    attached: tuple[Any, ...]
    wanted_by: str
    """The one program that asks, of several."""
    pages: tuple[int, ...] | None = None
    """The pages beside the form, of which one is attached instead of a file; None without any."""


@dataclass(frozen=True)
class Slot:
    """The place of one question; `field` is None while it is hidden, and for a `paper`."""

    key: str
    field: BoundField | None
    boxes: bool
    """Its control posts nothing when unticked."""
    sentences: tuple[str, ...]
    """What the hub asks to have corrected here."""
    paper: Paper | None = None
    origin: str = ""
    """Where its answer came from, when nobody typed it here."""

    def drawn(self) -> SafeString:
        """The place with its question, when it is needed: an answer changes a few of a hundred."""
        besides = ""
        if self.paper:
            shown = {"key": self.key, "paper": self.paper}
            files = self.paper.pages is None
            name = "enrollment/slot_paper.html" if files else "enrollment/slot_pages.html"
            besides = render_to_string(name, shown)
        return draw_slot(
            self.key,
            self.field,
            sentences=self.sentences,
            boxes=self.boxes,
            besides=besides,
            origin=self.origin,
        )


@dataclass(frozen=True)
class Group:
    """Slots under one legend, or a single slot without."""

    legend: str
    slots: tuple[Slot, ...]
    across: bool
    """Small questions that belong on one line: a row of a matrix, a result with its unit."""

    def drawn(self) -> SafeString:
        """The slots, under their legend where they have one."""
        return draw_group(
            (slot.drawn() for slot in self.slots), legend=self.legend, across=self.across
        )


@dataclass(frozen=True)
class Part:
    """One section of the page. `known` are the questions folded into its summary; `folded` says
    that it is nothing but its summary.
    """

    key: str
    name: str
    required: int
    to_go: int
    wrong: int
    hidden: bool
    folded: bool
    known: tuple[Item, ...] = ()
    old: tuple[Age, ...] = ()
    since: date | None = None
    groups: tuple[Group, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def done(self) -> int:
        return self.required - self.to_go

    @property
    def is_done(self) -> bool:
        return not self.to_go and not self.wrong and not self.old


@dataclass(frozen=True)
class Standing:
    """What decides how the page looks: answers, what is wrong, what is opened, what came back.

    ``opened`` sections show every question; ``kept`` ones are not folded away under the hands
    of whoever is in them.
    """

    definitions: Sequence[Definition]
    answers: Answers
    today: date
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    opened: Collection[str] = ()
    kept: Collection[str] = ()
    corrections: Mapping[str, Sequence[str]] = field(default_factory=dict)
    documents: Callable[[Collection[str]], Mapping[str, Any]] = lambda _ids: {}
    """The documents with these ids, by id; asked once, when the page is drawn."""
    pages: tuple[int, ...] | None = None
    """The pages that the form is keyed from, by number; None where files are attached."""

    @cached_property
    def sheet(self) -> Sheet:
        return sheet(self.definitions, self.answers, today=self.today)

    @cached_property
    def wrong(self) -> Mapping[str, list[str]]:
        return check_answers(self.definitions, self.answers, today=self.today)

    @cached_property
    def old(self) -> Mapping[str, Age]:
        """The answers to confirm again, with the age they have passed."""
        return stale_keys(self.sheet.shown, self.changes, today=self.today)

    @cached_property
    def papers(self) -> Mapping[str, Paper]:
        """The questions on the form that files answer, with what is attached to each."""
        items = [item for item in self.sheet.shown if item.field.type == "file"]
        ids = {item.key: self.sheet.known.get(item.key) or [] for item in items}
        asked = [one for each in ids.values() for one in each]
        rows = self.documents(asked) if asked else {}
        return {
            item.key: Paper(
                item.field.label,
                self.sheet.requires(item),
                tuple(rows[one] for one in ids[item.key] if one in rows),
                wanted_by=wanted_by(item, names_of(self.definitions)),
                pages=self.pages,
            )
            for item in items
        }


def sections_of(standing: Standing) -> Iterator[tuple[Part, list[Item]]]:
    """Every section as it stands, without its controls, and its questions, hidden ones too."""
    now = standing.sheet
    shown = {item.key for item in now.shown}
    for name in SECTIONS:
        items = [item for item in now.items if item.field.section == name]
        if items:
            yield _part(standing, name, [item for item in items if item.key in shown]), items


def _part(standing: Standing, name: str, shown: Sequence[Item]) -> Part:
    needed = [item for item in shown if standing.sheet.requires(item)]
    to_go = sum(not is_present(standing.answers.get(item.key)) for item in needed)
    faults = sum(item.key in standing.wrong for item in shown)
    key, old = section_key(name), [item.key for item in shown if item.key in standing.old]
    returned = any(item.key in standing.corrections for item in shown)
    quiet = bool(shown) and not to_go and not faults and not returned
    folded = key in KNOWN_SECTIONS and quiet and key not in {*standing.opened, *standing.kept}
    return Part(
        key=key,
        name=name,
        required=len(needed),
        to_go=to_go,
        wrong=faults,
        hidden=not shown,
        folded=folded,
        known=tuple(_known(standing, key, shown, folded=folded)),
        old=tuple(dict.fromkeys(standing.old[each] for each in old)),
        since=min((date.fromisoformat(standing.changes[k]["as_of"]) for k in old), default=None),
    )


def _known(
    standing: Standing, section: str, shown: Sequence[Item], *, folded: bool
) -> Iterator[Item]:
    """What stands in the summary: everything answered in a folded section, elsewhere what came
    from a record and has nothing the matter with it.
    """
    for item in shown:
        if not is_present(standing.sheet.known.get(item.key)):
            continue
        # A second side of the card is attached where the first one is.
        from_record = "as_of" in standing.changes.get(item.key, {}) and item.field.type != "file"
        troubled = item.key in standing.wrong or item.key in standing.corrections
        if folded or (from_record and not troubled and section not in standing.opened):
            yield item


def filled(part: Part, items: Sequence[Item], *, standing: Standing, form: AnswersForm) -> Part:
    """The section with its summary and the controls of what is left."""
    sources = {standing.changes.get(each.key, {}).get("source", "typed") for each in part.known}
    told = replace(part, rows=tuple(_rows(part.known, standing.sheet)), source=_source(sources))
    if part.folded:
        return told
    left = [item for item in items if item not in part.known]
    runs = groupby(left, key=lambda i: (i.group, "" if i.group else i.key, i.across))
    groups = tuple(
        Group(legend, tuple(_slot(standing, form, item) for item in run), across)
        for (legend, _, across), run in runs
    )
    return replace(told, groups=groups)


def _rows(items: Sequence[Item], now: Sheet) -> Iterator[tuple[str, str]]:
    for item in items:
        yield item.question, display(item.field, now.known[item.key])


_OURS = frozenset(
    {"patient record", "insurance record", "practice profile", "prescriber record",
     "clinical record"}
)  # fmt: skip
_SAID = {"earlier enrollment": "an earlier enrollment", "typed": "what was typed here"}
# Nobody brought these from elsewhere: the office's own records and hands, the program, the day.
_AT_HOME = _OURS | {"typed", "attached", "the program", "today"}


def _place(source: str) -> str:
    """Where an answer came from, as it goes on after "from"; a file goes by its name."""
    return f"the {source}" if source in _OURS else _SAID.get(source, source)


def _source(sources: Collection[str]) -> str:
    """Where the answers of a section came from, unless all were typed."""
    places = sorted({*sources} - {"attached", "today"}, key=lambda each: (each == "typed", each))
    if not places or places == ["typed"]:
        return ""
    *others, last = (_place(each) for each in places)
    return f"from {', '.join(others)} and {last}" if others else f"from {last}"


def _origin(standing: Standing, item: Item) -> str:
    """Where the answer in a control came from, when it was brought from elsewhere."""
    source = standing.changes.get(item.key, {}).get("source", "typed")
    brought = source not in _AT_HOME and is_present(standing.answers.get(item.key))
    return f"From {_place(source)}" if brought else ""


def _slot(standing: Standing, form: AnswersForm, item: Item) -> Slot:
    return Slot(
        key=item.key,
        field=form[item.key] if item.key in form.fields else None,
        boxes=item.field.type in BOXES,
        sentences=tuple(standing.corrections.get(item.key, ())),
        paper=standing.papers.get(item.key),
        origin=_origin(standing, item),
    )
