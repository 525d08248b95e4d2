"""What may be chosen in a form that is not known before it is made."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Let this be chosen in a choice field: values with their words, or groups with their pairs."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)
