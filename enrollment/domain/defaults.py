"""What a program settles by itself: chosen for the office, to be changed, and never typed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.forms import Sheet, sheet

PICKED = frozenset({"icd10", "ndc", "pick"})


def settled_by(
    definition: Definition, answers: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """Answers that follow from the program alone: where it leaves one choice, that choice; and
    the services it offers, except those that ask for more answers or that a rule stops.
    """
    found: dict[str, Any] = {}
    # Each pick can leave a single choice to the next: the dose follows the product.
    while picked := _single_choices(definition, {**answers, **found}, today=today):
        found |= picked
    if "H1" in definition.asks and "H1" not in answers:
        wanted = _services(definition, {**answers, **found}, today=today)
        found |= {"H1": wanted} if wanted else {}
    return found


def _single_choices(
    definition: Definition, answers: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    form = sheet([definition], answers, today=today)
    return {
        item.key: choices[0].code
        for item in form.shown
        if item.key not in answers
        and item.field.typed_once_per == "enrollment"
        and item.field.type in PICKED
        and form.requires(item)
        and len(choices := form.choices(item)) == 1
    }


def _services(definition: Definition, answers: Mapping[str, Any], *, today: date) -> list[str]:
    """The services to tick beforehand, in the program's order."""
    plain = _needed(sheet([definition], answers, today=today))
    chosen: list[str] = []
    for service in definition.services:
        form = sheet([definition], {**answers, "H1": [*chosen, service]}, today=today)
        stopped = any(
            finding.service == service and finding.outcome == "stops"
            for finding in findings([definition], form.known)
        )
        if not stopped and _needed(form) <= plain:
            chosen.append(service)
    return chosen


def _needed(form: Sheet) -> set[str]:
    return {item.key for item in form.shown if form.requires(item)}
