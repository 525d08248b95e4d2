"""The answers that a patient signs, in Spanish: the catalogue's own words are English."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from programs.core.display import display
from programs.core.fields import Field

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
_LABELS: Mapping[str, str] = {
    "A1": "Nombre",
    "A3": "Apellido",
    "A5": "Fecha de nacimiento",
    "A20": "Tutor o representante",
    "A21": "Su autoridad para firmar",
    "H2": "Ingresos del hogar en un año",
    "H3": "Personas en el hogar",
    "H4": "El paciente acepta que el programa verifique sus ingresos",
}
# The catalogue's words for who may sign (A21).
RELATIONSHIPS: Mapping[str, str] = {
    "parent": "Padre o madre",
    "legal_guardian": "Tutor legal",
    "health_proxy": "Representante de salud o poder notarial",
}


def label_in(field: Field, language: str) -> str:
    """The question; a program's own question stays as its maker wrote it."""
    return _LABELS.get(field.id, field.label) if language == "es" else field.label


def display_in(field: Field, value: Any, language: str) -> str:
    """The answer in words."""
    if language != "es":
        return display(field, value)
    if field.id == "A21":
        return RELATIONSHIPS.get(str(value), display(field, value))
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if field.type == "date":
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return display(field, value)
        return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return display(field, value)
