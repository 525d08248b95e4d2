"""The questions and answers that a patient signs, in the language of the page."""

from datetime import date
from typing import Any

from programs.core.display import display
from programs.core.fields import Field
from programs.core.forms import Item
from programs.core.spanish import in_spanish
from programs.core.union import question_of

_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


def label_in(item: Item, language: str) -> str:
    """The question, after the words over it."""
    if language != "es":
        return item.question
    return question_of(item.group_es, in_spanish(item.field).label)


def hint_in(item: Item, language: str) -> str:
    """The help beside what the patient says; how the office types the rest is not for them."""
    if item.field.asked_of != "PT":
        return ""
    return (in_spanish(item.field) if language == "es" else item.field).hint


def display_in(field: Field, value: Any, language: str) -> str:
    """The answer in words."""
    if language != "es":
        return display(field, value)
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if field.type == "file" and isinstance(value, list):
        return "1 documento" if len(value) == 1 else f"{len(value)} documentos"
    if field.type == "date":
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return display(field, value)
        return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return display(in_spanish(field), value)
