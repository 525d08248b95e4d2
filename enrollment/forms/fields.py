"""One small builder per type of question, picked from a table.

The controls refuse nothing themselves: what is wrong, and in which words, is for
``programs.core`` to say, so that a paste is never cut and a sentence is never Django's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment.forms.codes import CodeInput
from programs.core.fields import Choice, Field

FEW = 4
"""Up to so many choices stand open as radios; more fold into a list."""
_WIDTHS = ((2, "width-2"), (4, "width-4"), (10, "width-10"), (20, "width-20"), (40, "width-30"))


class AnswerField(forms.Field):
    """Passes on what was typed. ``wanted_by`` names the one program that asks, of several."""

    def __init__(self, *, wanted_by: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.wanted_by = wanted_by

    def clean(self, value: Any) -> Any:
        return value


class SuggestingInput(forms.TextInput):
    """A text box that offers what is usual and takes anything."""

    def __init__(self, choices: Sequence[Choice], attrs: Mapping[str, str]) -> None:
        super().__init__(dict(attrs))
        self.suggestions = tuple(choices)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"suggestions-{name}"
        box = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join(
            "",
            '<option value="{}">{}</option>',
            ((choice.code, choice.label) for choice in self.suggestions),
        )
        return format_html('{}<datalist id="{}">{}</datalist>', box, list_id, options)


@dataclass(frozen=True)
class Control:
    """What a builder is given: the question, the choices open now, attributes for the control."""

    field: Field
    choices: tuple[Choice, ...]
    attrs: Mapping[str, str]


def _box(width: str = "", *, kind: str = "text", **attrs: str) -> Callable[[Control], forms.Widget]:
    """A builder of one-line boxes of this width and kind."""

    def build(control: Control) -> forms.Widget:
        given = {**control.attrs, **attrs, "class": width or _width(control.field)}
        if control.choices:
            return SuggestingInput(control.choices, given)
        widget = forms.TextInput(given)
        widget.input_type = kind
        return widget

    return build


def _code(width: str, **attrs: str) -> Callable[[Control], forms.Widget]:
    """A builder of boxes for a code that a public table knows."""

    def build(control: Control) -> forms.Widget:
        given = {**control.attrs, **attrs, "class": width}
        return CodeInput(control.field.type, control.choices, given)

    return build


def _width(field: Field) -> str:
    return next((name for most, name in _WIDTHS if (field.max_length or 999) <= most), "")


def _area(control: Control) -> forms.Widget:
    return forms.Textarea({**control.attrs, "rows": "3"})


def _pick(control: Control) -> forms.Widget:
    pairs = [(choice.code, choice.label) for choice in control.choices]
    if len(pairs) <= FEW:
        return forms.RadioSelect(dict(control.attrs), pairs)
    return forms.Select(dict(control.attrs), [("", _("Choose")), *pairs])


def _multi(control: Control) -> forms.Widget:
    pairs = [(choice.code, choice.label) for choice in control.choices]
    return forms.CheckboxSelectMultiple(dict(control.attrs), pairs)


def _yes_no(control: Control) -> forms.Widget:
    return forms.RadioSelect(dict(control.attrs), [("true", _("Yes")), ("false", _("No"))])


class WorkedOut(forms.Widget):
    """What follows from other answers, to read: there is nothing to type."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = value or _("Follows once the answers it needs are there.")
        told = "computed" if value else "computed quiet"
        return format_html('<output id="{}" class="{}">{}</output>', f"id_{name}", told, shown)


def _computed(control: Control) -> forms.Widget:
    return WorkedOut()


def _tick(control: Control) -> forms.Widget:
    return forms.CheckboxInput(dict(control.attrs))


BUILDERS: Mapping[str, Callable[[Control], forms.Widget]] = {
    "agreement": _tick,
    "bin": _box("width-10", inputmode="numeric"),
    "boolean": _yes_no,
    "code": _box(autocapitalize="characters", spellcheck="false"),
    "checklist": _multi,
    "combo": _box(),
    "computed": _computed,
    "date": _box("width-10", inputmode="numeric"),
    "dea": _box("width-10", autocapitalize="characters", spellcheck="false"),
    "email": _box("width-30", kind="email", spellcheck="false"),
    "icd10": _code("width-30", spellcheck="false"),
    "long_text": _area,
    "money": _box("width-10", inputmode="decimal"),
    "multi": _multi,
    "ndc": _box("width-20", inputmode="numeric"),
    "npi": _code("width-10", inputmode="numeric"),
    "number": _box("width-5", inputmode="decimal"),
    "phone": _box("width-20", kind="tel"),
    "pick": _pick,
    "state": _pick,
    "text": _box(),
    "tin": _box("width-10", inputmode="numeric"),
    "zip": _box("width-10", inputmode="numeric"),
}
"""By type of question. Files are attached and signatures are signed: neither is typed here."""


def _label(field: Field) -> str:
    """The label with the unit that is typed; what is computed carries its own."""
    measured = field.unit and field.type != "computed"
    return f"{field.label} ({field.unit})" if measured else field.label


def form_field(
    field: Field,
    choices: tuple[Choice, ...],
    *,
    required: bool,
    wanted_by: str = "",
) -> AnswerField:
    """Build the control for one question, with its label, hint and whether it is required."""
    picked = "pick" if field.type == "ndc" and field.choices else field.type
    control = Control(field, choices, {"autocomplete": "off"})
    return AnswerField(
        label=_label(field),
        help_text=field.hint,
        # Nobody leaves out what follows by itself, so it is not called optional.
        required=required or field.type == "computed",
        widget=BUILDERS[picked](control),
        wanted_by=wanted_by,
    )
