"""Controls written straight to HTML: Django draws each by a template of its own, which was most
of what a page of a hundred questions cost.
"""

import html
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def control(field: BoundField, described: str) -> str:
    """The control alone, with the ids of what is read with it; a kind without a writer of its own
    draws as Django does.
    """
    writer = WRITERS.get(type(field.field.widget))
    if writer is None:
        return field.as_widget(attrs=_classed(field, described, "form-control"))
    return writer(field, described)


def escape(text: Any) -> str:
    """As conditional_escape, but for the machinery around lazy texts: it is called a thousand
    times a page.
    """
    words = text if isinstance(text, str) else str(text)
    return words if isinstance(words, SafeString) else html.escape(words)


def _classed(field: BoundField, described: str, kind: str) -> dict[str, Any]:
    given, wrong = field.field.widget.attrs, bool(field.errors)
    names = (given.get("class", ""), kind, "is-invalid" if wrong else "")
    told = {"aria-invalid": "true" if wrong else "", "aria-describedby": described}
    # Django's own templates would write out a None.
    named = {name: words for name, words in told.items() if words}
    return {**given, "class": " ".join(filter(None, names)), **named}


def _attributes(field: BoundField, described: str, kind: str) -> str:
    named = {"name": field.html_name, "id": field.auto_id}
    return written({**named, **_classed(field, described, kind)})


def written(attributes: Mapping[str, Any]) -> str:
    """As Django's flatatt: those that are true stand alone, those that are false or None not."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not False and value is not None
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def box(field: BoundField, described: str) -> str:
    value = _text(field.value())
    given = f' value="{escape(value)}"' if value else ""
    attributes = _attributes(field, described, "form-control")
    return f'<input type="{field.field.widget.input_type}"{attributes}{given}>'


def area(field: BoundField, described: str) -> str:
    attributes = _attributes(field, described, "form-control")
    return f"<textarea{attributes}>\n{escape(_text(field.value()))}</textarea>"


def pick_list(field: BoundField, described: str) -> str:
    choices = tuple((str(code), str(label)) for code, label in field.field.widget.choices)
    chosen = _text(field.value())
    if chosen and all(code != chosen for code, _ in choices):
        # What is not offered any more still stands, to be seen and corrected.
        choices = (*choices, (chosen, chosen))
    attributes = _attributes(field, described, "form-select")
    return f"<select{attributes}>{_options(choices, chosen)}</select>"


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> str:
    """The same lists stand on many pages, states above all."""
    # The empty strings: what was safe of two equal texts must not decide for the other.
    return "".join(
        f'<option value="{escape(code + "")}"{" selected" if code == chosen else ""}>'
        f"{escape(label + '')}</option>"
        for code, label in choices
    )


def tick(field: BoundField, described: str) -> str:
    ticked = " checked" if field.value() in (True, "true", "on", "True") else ""
    return f'<input type="checkbox"{_attributes(field, described, "form-check-input")}{ticked}>'


def checks(field: BoundField, described: str) -> str:
    """Radios or boxes of one question, one below the other; its fieldset is around them."""
    widget, value = field.field.widget, field.value()
    if not widget.choices:
        words = _("The choices follow from another answer.")
        return f'<p class="quiet small">{escape(words)}</p>'
    chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {_text(value)}
    shared = written({key: text for key, text in widget.attrs.items() if key != "class"})
    kind, name, id_ = widget.input_type, escape(field.html_name), escape(field.auto_id)
    boxes = (
        f'<div class="form-check"><input type="{kind}" class="form-check-input" name="{name}"'
        f' value="{escape(code)}" id="{id_}_{place}"{shared}'
        f"{' checked' if str(code) in chosen else ''}>"
        f'<label for="{id_}_{place}" class="form-check-label">{escape(label)}</label></div>'
        for place, (code, label) in enumerate(widget.choices)
    )
    return f'<div class="check-group">{"".join(boxes)}</div>'


WRITERS: Mapping[type[forms.Widget], Callable[[BoundField, str], str]] = {
    forms.TextInput: box,
    forms.Textarea: area,
    forms.Select: pick_list,
    forms.CheckboxInput: tick,
    forms.RadioSelect: checks,
    forms.CheckboxSelectMultiple: checks,
}
