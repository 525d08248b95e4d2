"""The facts of a journey as people read them, and as they are typed by hand."""

from functools import lru_cache

from django.utils.translation import gettext as _

from journeys.core.facts import type_of
from programs.core.catalogue import CATALOGUE
from programs.core.display import display
from programs.core.fields import Choice, Field, FieldType
from programs.core.reading import Reading
from programs.core.values import normalize

CORRECTIONS = "corrections"
_TYPES: dict[str, FieldType] = {
    "boolean": "boolean",
    "choice": "pick",
    "date": "date",
    "integer": "number",
    "money": "money",
    "number": "number",
}
_CHOICES: dict[str, tuple[Choice, ...]] = {
    "therapy_stage": CATALOGUE["E4"].choices,
    "site_type": (
        Choice("office", "Physician's office"),
        Choice("infusion_center", "Infusion center"),
        Choice("home", "Home"),
        Choice("hospital", "Hospital outpatient"),
    ),
    "acquisition": (
        Choice("buy_and_bill", "The site buys and bills"),
        Choice("white_bag", "A pharmacy ships to the site"),
    ),
    "line_of_business": (*CATALOGUE["B5"].choices, Choice("uninsured", "No insurance")),
    "benefit": (Choice("pharmacy", "Pharmacy benefit"), Choice("medical", "Medical benefit")),
    "submission_channel": (Choice("portal", "Portal"), Choice("fax", "Fax")),
}


@lru_cache(maxsize=256)
def field_of(name: str) -> Field:
    """The fact as a question, in the words and types of the enrollment form."""
    kind = type_of(name)
    choices = _CHOICES.get(name, ())
    written = _TYPES.get(kind.kind, "text")
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


def shown(name: str, value: object) -> str:
    """A fact's value in words; what a hub asked to correct as its sentences."""
    if name == CORRECTIONS and isinstance(value, list):
        return " ".join(str(each.get("sentence", "")) for each in value if isinstance(each, dict))
    if isinstance(value, list | dict):
        return ", ".join(str(each) for each in value)
    return display(field_of(name), value)
