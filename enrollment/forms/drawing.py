"""One question of a form as HTML: label, which program wants it, hint, error, then the control.

The words and the order are those of templates/bootstrap5/field.html, which draws every other form.
A page of a hundred questions is drawn at each opening, so this one is written out in plain Python:
a fiftieth of the time.
"""

from django import forms
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.templatetags.components import icon
from enrollment.forms.widgets import control


def draw(field: BoundField) -> SafeString:
    """The question with everything around its control."""
    described = _described(field)
    parts = _around(field), control(field, described), _words(field)
    return format_html(
        '<div id="div_{}" class="field{}">{}</div>',
        field.auto_id,
        " field-invalid" if field.errors else "",
        _body(field, described, parts),
    )


def _body(
    field: BoundField, described: str, parts: tuple[SafeString, SafeString, SafeString]
) -> SafeString:
    around, drawn, words = parts
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return format_html(
            '{}<div class="form-check">{}<label for="{}" class="form-check-label">{}</label></div>',
            *(around, drawn, field.auto_id, words),
        )
    if widget.use_fieldset:
        said = format_html(' aria-describedby="{}"', described) if described else ""
        return format_html(
            "<fieldset{}><legend>{}</legend>{}{}</fieldset>", said, words, around, drawn
        )
    return format_html(
        '<label for="{}" class="form-label">{}</label>{}{}', field.auto_id, words, around, drawn
    )


def _described(field: BoundField) -> str:
    """The ids of what is read with the control: its hint, and its error when there is one."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


def _around(field: BoundField) -> SafeString:
    """The hint and the place of the errors, which scripts fill too."""
    hint = ""
    if field.help_text:
        hint = format_html(
            '<div id="{}_helptext" class="form-text">{}</div>', field.auto_id, field.help_text
        )
    errors = format_html_join(
        "", "<p>{}{}</p>", ((icon("circle-alert", 14), error) for error in field.errors)
    )
    return format_html(
        '{}<div id="{}_error" class="invalid-feedback" data-errors-of="{}">{}</div>',
        *(hint, field.auto_id, field.html_name, errors),
    )


def _words(field: BoundField) -> SafeString:
    """The label. What is required is the rule and goes unsaid; of several programs the one that
    alone asks is named.
    """
    optional, wanted_by = "", getattr(field.field, "wanted_by", "")
    if not field.field.required:
        optional = format_html(' <span class="form-optional">{}</span>', _("(optional)"))
    if wanted_by:
        only = _("only for {program}").format(program=wanted_by)
        return format_html('{}{} <span class="tag">{}</span>', field.label, optional, only)
    return format_html("{}{}", field.label, optional)
