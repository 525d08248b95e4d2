"""What is typed once about a patient, an insurance, a practice: its form, and it read back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from enrollment.forms.build import AnswersForm, subject_form
from programs.core.conditions import fields_of, is_present
from programs.core.display import display
from programs.core.facts import DRAWN_FROM
from programs.core.fields import TypedOncePer
from programs.core.forms import subject_sheet

Answers = Mapping[str, Any]


def redrawn_form(
    once: TypedOncePer, answers: Answers, data: QueryDict | None = None, *, today: date
) -> AnswersForm:
    """The form of one subject; a question that others hang on has it drawn anew as it changes.

    The page posts the form to its own address through htmx; that draws and saves nothing.
    """
    form = subject_form(once, answers, data, today=today)
    for key in _deciding(once) & set(form.fields):
        form.fields[key].widget.attrs |= {
            "hx-post": "",
            "hx-trigger": "change",
            "hx-target": f"#{once}-fields",
            "hx-include": "closest form",
            "hx-swap": "outerHTML",
            "hx-sync": "closest form:replace",
        }
    return form


def _deciding(once: TypedOncePer) -> set[str]:
    """The questions that decide about others of the same subject, by way of a fact or not."""
    items = subject_sheet(once, {}, today=date.min).items
    read = {
        name
        for item in items
        for condition in (item.field.shown_when, item.field.required_when)
        if condition is not None
        for name in fields_of(condition)
    }
    return read.union(*(DRAWN_FROM.get(name, frozenset()) for name in read))


def subject_rows(once: TypedOncePer, answers: Answers, *, today: date) -> list[tuple[str, str]]:
    """Label and answer of everything known, in the form's order."""
    form = subject_sheet(once, answers, today=today)
    return [
        (item.question, told)
        for item in form.shown
        if is_present(answers.get(item.key)) and (told := display(item.field, answers[item.key]))
    ]
