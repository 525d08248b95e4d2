"""The facts of a journey as people read them, and as they are typed by hand."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from journeys.core.fact_choices import CHOICES
from journeys.core.facts import plain, type_of
from programs.core.display import display
from programs.core.fields import Field, FieldType
from programs.core.reading import Reading
from programs.core.values import normalize

CORRECTIONS = "corrections"
NO_QUESTIONS: Mapping[str, str] = {}
_TYPES: dict[str, FieldType] = {
    "boolean": "boolean",
    "choice": "pick",
    "date": "date",
    "integer": "number",
    "long_text": "long_text",
    "money": "money",
    "number": "number",
}
# What is written in one form only, whichever field of the form it was typed in.
_WRITTEN: dict[str, FieldType] = {
    "copay_bin": "bin",
    "payer_doctor_phone": "phone",
    "told_by_phone": "phone",
}


@lru_cache(maxsize=256)
def field_of(name: str) -> Field:
    """The fact as a question, in the words and types of the enrollment form."""
    kind = type_of(name)
    choices = CHOICES.get(name, ())
    written = _WRITTEN.get(name) or _TYPES.get(kind.kind, "text")
    return Field(
        id=name,
        section="",
        label=kind.label,
        type="text" if written == "pick" and not choices else written,
        choices=choices,
    )


def read(name: str, raw: str) -> Reading:
    """What was typed for a fact, in its one written form; blank reads as None."""
    reading = normalize(field_of(name), raw)
    if type_of(name).kind == "integer" and not reading.problem and reading.value is not None:
        return (
            Reading(int(reading.value))
            if reading.value.isdigit()
            else Reading(raw, _("Write a whole number."))
        )
    return reading


def typed(name: str, value: object) -> str:
    """A known value as it stands in its box, to be kept or typed over."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or isinstance(value, list | dict) else str(value)


def shown(name: str, value: object, *, questions: Mapping[str, str] = NO_QUESTIONS) -> str:
    """A fact's value in words; what a hub asked to correct by its questions, as its sentences."""
    if name == CORRECTIONS and isinstance(value, list):
        asked = (each for each in value if isinstance(each, dict))
        return " ".join(_asked(each, questions) for each in asked)
    if isinstance(value, list | dict):
        return plain(value)
    return display(field_of(name), value)


def _asked(correction: Mapping[str, object], questions: Mapping[str, str]) -> str:
    named, sentence = questions.get(str(correction.get("field"))), correction.get("sentence", "")
    return f"{named}: {sentence}" if named else str(sentence)
