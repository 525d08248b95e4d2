"""One question of a form as HTML: label, which program wants it, hint, error, then the control.

The words and the order are those of templates/bootstrap5/field.html, which draws every other form.
A page of a hundred questions is drawn at each opening, so this one is written out in plain Python:
a fiftieth of the time.
"""

from collections.abc import Iterable

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.templatetags.components import icon
from enrollment.forms.widgets import control, escape


def draw(field: BoundField) -> SafeString:
    """The question with everything around its control."""
    described = _described(field)
    parts = _around(field), control(field, described), _words(field)
    wrong = " field-invalid" if field.errors else ""
    return mark_safe(  # noqa: S308  # every part escapes what it writes
        f'<div id="div_{escape(field.auto_id)}" class="field{wrong}">'
        f"{_body(field, described, parts)}</div>"
    )


def draw_slot(
    key: str,
    field: BoundField | None,
    *,
    sentences: Iterable[str],
    boxes: bool,
    besides: str,
    origin: str,
) -> SafeString:
    """The place of one question: what the hub asks to have corrected, the question, and the
    ``origin`` of its answer.

    ``boxes`` tells apart what was unticked from what was not there; ``besides`` is HTML.
    """
    said = "".join(
        f'<p class="notice tone-risk">{icon("corner-down-left")}'
        f"<span>{escape(_('The hub asks: {said}').format(said=sentence))}</span></p>"
        for sentence in sentences
    )
    name, returned = escape(key), " slot-returned" if said else ""
    shown = f"{said}{draw(field) if field is not None else ''}"
    if origin and field is not None:
        shown += f'<p class="slot-origin">{escape(origin)}</p>'
    if boxes:
        shown += f'<input type="hidden" name="boxes" value="{name}">'
    if field is None and not besides:
        shown = ""
    return mark_safe(  # noqa: S308  # name escaped; the rest drawn safe
        f'<div id="slot-{name}" class="slot{returned}">{shown}{besides}</div>'
    )


def draw_group(slots: Iterable[SafeString], *, legend: str, across: bool) -> SafeString:
    """Slots under one legend, or as they are without."""
    drawn = "".join(slots)
    if legend:
        row = " field-row" if across else ""
        named = f"<legend>{escape(legend)}</legend>"
        drawn = f'<fieldset class="field-group{row}">{named}{drawn}</fieldset>'
    return mark_safe(drawn)  # noqa: S308  # slots are safe; the legend is escaped


def _body(field: BoundField, described: str, parts: tuple[str, str, str]) -> str:
    around, drawn, words = parts
    widget, id_ = field.field.widget, escape(field.auto_id)
    if isinstance(widget, forms.CheckboxInput):
        label = f'<label for="{id_}" class="form-check-label">{words}</label>'
        return f'{around}<div class="form-check">{drawn}{label}</div>'
    if widget.use_fieldset:
        said = f' aria-describedby="{escape(described)}"' if described else ""
        return f"<fieldset{said}><legend>{words}</legend>{around}{drawn}</fieldset>"
    return f'<label for="{id_}" class="form-label">{words}</label>{around}{drawn}'


def _described(field: BoundField) -> str:
    """The ids of what is read with the control: its hint, and its error when there is one."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


def _around(field: BoundField) -> str:
    """The hint and the place of the errors, which scripts fill too."""
    id_, hint = escape(field.auto_id), ""
    if field.help_text:
        hint = f'<div id="{id_}_helptext" class="form-text">{escape(field.help_text)}</div>'
    errors = "".join(f"<p>{icon('circle-alert', 14)}{escape(error)}</p>" for error in field.errors)
    return (
        f'{hint}<div id="{id_}_error" class="invalid-feedback"'
        f' data-errors-of="{escape(field.html_name)}">{errors}</div>'
    )


def _words(field: BoundField) -> str:
    """The label. What is required is the rule and goes unsaid; of several programs the one that
    alone asks is named.
    """
    said, wanted_by = escape(field.label), getattr(field.field, "wanted_by", "")
    if not field.field.required:
        said += f' <span class="form-optional">{escape(_("(optional)"))}</span>'
    if wanted_by:
        only = _("only for {program}").format(program=wanted_by)
        said += f' <span class="tag">{escape(only)}</span>'
    return said
