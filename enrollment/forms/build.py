"""Forms made from definitions: which fields, in which order, with which words."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, LayoutObject
from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enrollment.forms.drawing import draw
from enrollment.forms.fields import BUILDERS, form_field
from programs.core.definition import Definition
from programs.core.display import as_typed
from programs.core.fields import BOXES, LISTS, TypedOncePer
from programs.core.forms import (
    Item,
    Sheet,
    check_answers,
    check_item,
    section_key,
    sheet,
    subject_sheet,
)
from programs.core.values import normalize

Answers = Mapping[str, Any]
# Asked only by a program that needs it, never for the record.
NEVER_BY_DEFAULT = frozenset({"A23"})


@dataclass(frozen=True)
class _Source:
    """Where a form's questions come from: the sheet for some answers, and what is wrong."""

    settle: Callable[[Answers], Sheet]
    problems: Callable[[Answers], Mapping[str, list[str]]]
    wanted: Callable[[Item], bool]
    names: Mapping[str, str]


class AnswersForm(forms.Form):
    """Some questions of an enrollment or a record. ``cleaned_data`` holds what was posted in
    canonical form, also for a question that these very answers hide.
    """

    use_required_attribute = False

    def __init__(self, source: _Source, answers: Answers, data: QueryDict | None) -> None:
        before = source.settle(answers)
        wanted = [item for item in before.items if source.wanted(item)]
        stood = {item.key for item in before.shown}
        posted = read_posted(wanted, data, unticked=stood) if data is not None else {}
        self._source, self._posted = source, posted
        self._together = {**answers, **posted}
        now = source.settle(self._together) if posted else before
        items = [item for item in now.shown if source.wanted(item) and item.field.type in BUILDERS]
        initial = {
            item.key: as_typed(
                item.field,
                (now.known if item.field.type == "computed" else answers).get(item.key),
            )
            for item in items
        }
        super().__init__(_with_unposted(data, initial, posted), initial=initial)
        for item in items:
            self.fields[item.key] = form_field(
                item.field,
                now.choices(item),
                required=now.requires(item),
                wanted_by=wanted_by(item, source.names),
            )
        self.helper = _helper(items)

    def clean(self) -> dict[str, Any]:
        """Ask the core, and put each sentence at the field it is about."""
        for key, sentences in self._source.problems(self._together).items():
            if key in self.fields:
                self.add_error(key, sentences)
        return {key: value for key, value in self._posted.items() if key not in self.errors}


def section_form(
    definitions: Sequence[Definition],
    section: str,
    answers: Answers,
    data: QueryDict | None = None,
    *,
    today: date,
    only: Collection[str] = (),
) -> AnswersForm:
    """The form of one section (its key, "site-of-care") for these programs together; an empty
    key stands for every section. With `only`, no other questions than these.
    """
    source = _Source(
        settle=lambda known: sheet(definitions, known, today=today),
        problems=lambda known: check_answers(definitions, known, today=today),
        wanted=lambda item: (
            section in ("", section_key(item.field.section)) and (not only or item.key in only)
        ),
        names=names_of(definitions),
    )
    return AnswersForm(source, answers, data)


def subject_form(
    once: TypedOncePer, answers: Answers, data: QueryDict | None = None, *, today: date
) -> AnswersForm:
    """The form of what is typed once per patient, coverage, practice or prescriber."""

    def problems(known: Answers) -> dict[str, list[str]]:
        form = subject_sheet(once, known, today=today)
        said = {item.key: check_item(form, item, today=today) for item in form.shown}
        return {key: sentences for key, sentences in said.items() if sentences}

    source = _Source(
        settle=lambda known: subject_sheet(once, known, today=today),
        problems=problems,
        wanted=lambda item: item.key not in NEVER_BY_DEFAULT,
        names={},
    )
    return AnswersForm(source, answers, data)


def read_posted(
    items: Iterable[Item], data: QueryDict, *, unticked: Collection[str] = ()
) -> dict[str, Any]:
    """The posted answers to these questions in canonical form; what cannot be read, as typed.

    Boxes post nothing when none is ticked: those named in ``unticked`` then read as emptied.
    """
    posted = {}
    for item in items:
        if item.key in data:
            raw = data.getlist(item.key) if item.field.type in LISTS else data[item.key]
            posted[item.key] = normalize(item.field, raw).value
        elif item.key in unticked and item.field.type in BOXES:
            posted[item.key] = None
    return posted


def _with_unposted(data: QueryDict | None, initial: Answers, posted: Answers) -> QueryDict | None:
    """What a post only now brings onto the form stands there with the answer it had before."""
    if data is None:
        return None
    together = data.copy()
    for key, value in initial.items():
        if key not in posted:
            together.setlist(key, value if isinstance(value, list) else [value])
    return together


def names_of(definitions: Sequence[Definition]) -> Mapping[str, str]:
    """The programs by key, when there are several to tell apart."""
    return {each.key: each.name for each in definitions} if len(definitions) > 1 else {}


def wanted_by(item: Item, names: Mapping[str, str]) -> str:
    """The name of the one program that asks this, of several; else empty."""
    return names[item.programs[0]] if len(names) > len(item.programs) == 1 else ""


class _Group(Div):  # type: ignore[misc]  # crispy ships no types
    """Questions under one legend. Crispy's own Fieldset would run the words as a template."""

    def __init__(self, legend: str, *parts: Any) -> None:
        super().__init__(*parts)
        self.legend = legend

    def render(
        self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any
    ) -> SafeString:
        parts = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return format_html(
            '<fieldset class="field-group"><legend>{}</legend>{}</fieldset>', self.legend, parts
        )


def _helper(items: Iterable[Item]) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    parts: list[Any] = []
    for group, members in groupby(items, key=lambda item: item.group):
        placed = [_Placed(item) for item in members]
        parts += [_Group(group, *placed)] if group else placed
    helper.layout = Layout(*parts)
    return helper


class _Placed(LayoutObject):  # type: ignore[misc]  # crispy ships no types
    """One question in crispy's layout, drawn by us: its own way copies the context each time."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.fields: list[Any] = []

    def render(
        self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any
    ) -> SafeString:
        return draw(form[self.item.key])
