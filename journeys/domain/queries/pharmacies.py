"""The pharmacies that may dispense a program's medicine, in an order that favors nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from journeys.core.neutral import in_neutral_order
from journeys.domain.parties import active
from journeys.domain.queries.intake import definition_of
from journeys.models import Journey


@dataclass(frozen=True)
class Eligible:
    """A pharmacy of the program, and whose it is when it belongs with a payer or a maker."""

    name: str
    affiliated_with: str


def program_pharmacies(version_id: UUID) -> Mapping[str, Eligible]:
    """Every pharmacy that a program version names, by its key, in no order that counts."""
    labels = {each.code: each.label for each in definition_of(version_id).route.pharmacies}
    known = active(labels)
    return {
        code: Eligible(label, known[code].affiliated_with if code in known else "")
        for code, label in labels.items()
    }


def eligible_pharmacies(journey: Journey) -> list[Eligible]:
    """Every pharmacy the program names, drawn by lot for this journey."""
    return drawn_for(journey.number, program_pharmacies(journey.program_version_id))


def drawn_for(number: str, pharmacies: Mapping[str, Eligible]) -> list[Eligible]:
    """A program's pharmacies in the order of the journey with this number."""
    return [pharmacies[code] for code in in_neutral_order(pharmacies, of=number)]
