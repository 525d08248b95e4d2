"""What is wrong with a form, said above the page where the fields do not show it."""

from django import forms


def first_problem(form: forms.BaseForm) -> str:
    """The first thing that is wrong or missing, in a sentence; empty where the form is valid."""
    return "" if form.is_valid() else str(next(iter(form.errors.values()))[0])
