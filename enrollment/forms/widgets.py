"""Controls written straight to HTML: Django draws each by a template of its own, which was most
of what a page of a hundred questions cost.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def control(field: BoundField, described: str) -> SafeString:
    """The control alone, with the ids of what is read with it; a kind without a writer of its own
    draws as Django does.
    """
    writer = WRITERS.get(type(field.field.widget))
    if writer is None:
        return SafeString(field.as_widget(attrs=_classed(field, described, "form-control")))
    return writer(field, described)


def _classed(field: BoundField, described: str, kind: str) -> dict[str, Any]:
    given, wrong = field.field.widget.attrs, bool(field.errors)
    names = (given.get("class", ""), kind, "is-invalid" if wrong else "")
    told = {"aria-invalid": "true" if wrong else "", "aria-describedby": described}
    # Django's own templates would write out a None.
    named = {name: words for name, words in told.items() if words}
    return {**given, "class": " ".join(filter(None, names)), **named}


def _attributes(field: BoundField, described: str, kind: str) -> SafeString:
    named = {"name": field.html_name, "id": field.auto_id}
    return flatatt({**named, **_classed(field, described, kind)})


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def box(field: BoundField, described: str) -> SafeString:
    value = _text(field.value())
    return format_html(
        '<input type="{}"{}{}>',
        field.field.widget.input_type,
        _attributes(field, described, "form-control"),
        flatatt({"value": value}) if value else "",
    )


def area(field: BoundField, described: str) -> SafeString:
    words = _text(field.value())
    return format_html(
        "<textarea{}>\n{}</textarea>", _attributes(field, described, "form-control"), words
    )


def pick_list(field: BoundField, described: str) -> SafeString:
    choices = tuple((str(code), str(label)) for code, label in field.field.widget.choices)
    chosen = _text(field.value())
    if chosen and all(code != chosen for code, _ in choices):
        # What is not offered any more still stands, to be seen and corrected.
        choices = (*choices, (chosen, chosen))
    options = _options(choices, chosen)
    return format_html(
        "<select{}>{}</select>", _attributes(field, described, "form-select"), options
    )


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """The same lists stand on many pages, states above all."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, " selected" if code == chosen else "", label) for code, label in choices),
    )


def tick(field: BoundField, described: str) -> SafeString:
    ticked = field.value() in (True, "true", "on", "True")
    return format_html(
        '<input type="checkbox"{}{}>',
        _attributes(field, described, "form-check-input"),
        " checked" if ticked else "",
    )


def checks(field: BoundField, described: str) -> SafeString:
    """Radios or boxes of one question, one below the other; its fieldset is around them."""
    widget, value = field.field.widget, field.value()
    if not widget.choices:
        words = _("The choices follow from another answer.")
        return format_html('<p class="quiet small">{}</p>', words)
    chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {_text(value)}
    shared = flatatt({key: text for key, text in widget.attrs.items() if key != "class"})
    return format_html(
        '<div class="check-group">{}</div>',
        format_html_join(
            "",
            '<div class="form-check"><input type="{}" class="form-check-input" name="{}" value="{}"'
            ' id="{}_{}"{}{}><label for="{}_{}" class="form-check-label">{}</label></div>',
            (
                (
                    *(widget.input_type, field.html_name, code, field.auto_id, place, shared),
                    " checked" if str(code) in chosen else "",
                    *(field.auto_id, place, label),
                )
                for place, (code, label) in enumerate(widget.choices)
            ),
        ),
    )


WRITERS: Mapping[type[forms.Widget], Callable[[BoundField, str], SafeString]] = {
    forms.TextInput: box,
    forms.Textarea: area,
    forms.Select: pick_list,
    forms.CheckboxInput: tick,
    forms.RadioSelect: checks,
    forms.CheckboxSelectMultiple: checks,
}
