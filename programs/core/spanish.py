"""A question in Spanish, for the pages that a patient reads."""

from dataclasses import replace

from programs.core.fields import Choice, Field


def in_spanish(field: Field) -> Field:
    """The same question with its Spanish words; what has none keeps its English."""
    return replace(
        field,
        label=field.label_es or field.label,
        hint=field.hint_es or field.hint,
        unit=field.unit_es or field.unit,
        choices=tuple(_choice(each) for each in field.choices),
        rows=tuple(_choice(each) for each in field.rows),
        parts=tuple(in_spanish(each) for each in field.parts),
    )


def _choice(choice: Choice) -> Choice:
    return replace(choice, label=choice.label_es or choice.label)
