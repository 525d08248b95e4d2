"""Small forms over rows of a definition: a table of boxes, each at its place in the row's JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.enums import Words
from accounts.forms.moments import DayBox
from programs.core.composing import slug

LONGEST_LINE = 300
LONGEST_TEXT = 5_000
# The control of a day or a whole number.
_SHORT = 10
Row = dict[str, Any]
Pairs = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Box:
    """One control. ``at`` is the place in the row ("title.en"); ``kind`` how it is typed.

    ``from_`` names a list of choices. A box that is ``kept`` stands in the row when it is empty
    too; others are left out. ``only`` are the types of question it is for; all when empty.
    """

    at: str
    label: Words
    kind: str = "text"
    hint: Words = ""
    from_: str = ""
    kept: bool = False
    only: frozenset[str] = frozenset()
    must: bool = False
    """One of a fixed few: nothing is kept before it is chosen."""
    usual: Any = None
    """What a row that says nothing has."""
    width: int = 0
    """How many characters its control is for, of those that forms.css has; 0 for all there is."""


def _choice_lines(value: Any) -> str:
    told = []
    for each in value or ():
        words = [each["code"], each["label"], each.get("label_es", "")]
        told.append(" | ".join(words).rstrip(" |"))
    return "\n".join(told)


def _read_choices(text: str, before: Any) -> list[Row]:
    """One choice a line: code, words, Spanish. What each hangs on stays as it was."""
    whens = {each["code"]: each["when"] for each in before or () if each.get("when")}
    found = []
    for line in _lines(text):
        words = [part.strip() for part in line.split("|")]
        code, label = (slug(words[0]), words[0]) if len(words) == 1 else words[:2]
        row: Row = {"code": code, "label": label}
        if code in whens:
            row["when"] = whens[code]
        if len(words) > 2 and words[2]:
            row["label_es"] = words[2]
        found.append(row)
    return found


def _band_lines(value: Any) -> str:
    return "\n".join(f"{each.get('at_most', '')} | {each['value']}" for each in value or ())


def _read_bands(text: str, _before: Any) -> list[Row]:
    found = []
    for line in _lines(text):
        limit, _, value = (part.strip() for part in line.rpartition("|"))
        found.append({"value": value, "at_most": limit} if limit else {"value": value})
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "bands": _band_lines,
    "choices": _choice_lines,
    "lines": lambda value: "\n".join(value or ()),
    "named": lambda value: [each["code"] for each in value or ()],
}
_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "bands": _read_bands,
    "choices": _read_choices,
    "lines": lambda text, _before: _lines(text),
}


class RowForm(forms.Form):
    """The boxes of one row; ``row()`` gives it as it was typed, over what it was before."""

    def __init__(
        self,
        boxes: Sequence[Box],
        before: Row,
        lists: Mapping[str, Pairs],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        self.boxes, self.before, self.lists = boxes, before, lists
        for box in boxes:
            self.fields[box.at] = _field(box, lists.get(box.from_, ()))
            value = _found(before, box.at)
            value = box.usual if value is None else value
            self.initial[box.at] = _SHOWN.get(box.kind, lambda each: each)(value)
            # What is still empty is a fault told with all others, not a reason to lose the rest.
            self.fields[box.at].required = box.must or (box.kept and data is None)
            self.fields[box.at].error_messages["required"] = _("Choose one.")

    def full_clean(self) -> None:
        """Validate; a page that gives the boxes back does not call the needed ones optional."""
        super().full_clean()
        for box in self.boxes:
            self.fields[box.at].required = box.must or box.kept

    def row(self) -> Row:
        """What was posted, put into the row. Only after ``is_valid``."""
        made = _copied(self.before)
        for box in self.boxes:
            _put(made, box, self._value(box))
        for group in {box.at.partition(".")[0] for box in self.boxes if "." in box.at}:
            if not _filled(made.get(group)) and group not in ("title", "body", "route"):
                made.pop(group, None)
        return made

    def _value(self, box: Box) -> Any:
        typed = self.cleaned_data[box.at]
        if box.kind in _READ:
            return _READ[box.kind](typed, _found(self.before, box.at))
        if box.kind == "named":
            names = dict(self.lists[box.from_])
            return [{"code": code, "label": str(names[code])} for code in typed]
        if box.kind == "whole" and box.kept:
            return typed or 0
        if box.kind == "day":
            return typed.isoformat() if typed else ""
        return typed


def _copied(row: Row) -> Row:
    return {k: _copied(each) if isinstance(each, dict) else each for k, each in row.items()}


def _found(row: Any, at: str) -> Any:
    for step in at.split("."):
        row = row.get(step) if isinstance(row, dict) else None
    return row


def _filled(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_filled(each) for each in value.values())
    return value not in (None, "", [], 0)


def _put(row: Row, box: Box, value: Any) -> None:
    *steps, last = box.at.split(".")
    for step in steps:
        row = row.setdefault(step, {}) if isinstance(row.get(step), dict) else _new(row, step)
    if box.kept or _filled(value) or (box.kind == "tick" and value):
        row[last] = value
    else:
        row.pop(last, None)


def _new(row: Row, step: str) -> Row:
    made: Row = {}
    row[step] = made
    return made


Build = Callable[[dict[str, Any], Pairs], forms.Field]


def _area(rows: int) -> Build:
    def build(told: dict[str, Any], _pairs: Pairs) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": rows})
        return forms.CharField(max_length=LONGEST_TEXT, widget=widget, **told)

    return build


def _day(told: dict[str, Any], _pairs: Pairs) -> forms.Field:
    return forms.DateField(widget=DayBox(), **told)


def _pick(told: dict[str, Any], pairs: Pairs) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("Choose")), *pairs], **told)


def _picks(told: dict[str, Any], pairs: Pairs) -> forms.Field:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(choices=list(pairs), widget=widget, **told)


_BUILDERS: Mapping[str, Build] = {
    "bands": _area(5),
    "choices": _area(5),
    "day": _day,
    "lines": _area(5),
    "long": _area(3),
    "named": _picks,
    "pick": _pick,
    "picks": _picks,
    "text": lambda told, _pairs: forms.CharField(max_length=LONGEST_LINE, **told),
    "tick": lambda told, _pairs: forms.BooleanField(**told),
    "whole": lambda told, _pairs: forms.IntegerField(min_value=0, max_value=10_000, **told),
}


def _field(box: Box, pairs: Pairs) -> forms.Field:
    told: dict[str, Any] = {"label": box.label, "help_text": box.hint, "required": False}
    built = _BUILDERS[box.kind](told, pairs)
    if width := box.width or (_SHORT if box.kind in ("day", "whole") else 0):
        built.widget.attrs["class"] = f"width-{width}"
    return built
