"""What a program settles by itself: chosen for the office, to be changed, and never typed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.forms import Item, Sheet, sheet

PICKED = frozenset({"icd10", "ndc", "pick"})


def settled_by(
    definition: Definition, answers: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """Answers that follow from the program alone: where it leaves one choice, that choice; the
    defaults it gives reasons for; and the services it offers, except those that ask for more
    answers or that a rule stops.
    """
    found = picks_left(definition, answers, today=today)
    if "H1" in definition.asks and "H1" not in answers:
        wanted = _services(definition, {**answers, **found}, today=today)
        found |= {"H1": wanted} if wanted else {}
    return found


def picks_left(
    definition: Definition, answers: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """Required picks without an answer of which the program leaves one choice or names one."""
    found: dict[str, Any] = {}
    # Each pick can leave a single choice to the next: the dose follows the product.
    while picked := _picked(definition, {**answers, **found}, today=today):
        found |= picked
    return found


def _picked(definition: Definition, answers: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    form = sheet([definition], answers, today=today)
    usual = {default.field: default.value for default in definition.defaults}
    found = {}
    for item in form.shown:
        if item.key in answers or not _is_pick(item) or not form.requires(item):
            continue
        codes = [choice.code for choice in form.choices(item)]
        if len(codes) == 1:
            found[item.key] = codes[0]
        elif usual.get(item.key) in codes:
            found[item.key] = usual[item.key]
    return found


def _is_pick(item: Item) -> bool:
    return item.field.typed_once_per == "enrollment" and item.field.type in PICKED


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
