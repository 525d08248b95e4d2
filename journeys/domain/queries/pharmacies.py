"""The pharmacies that may dispense a program's medicine, in an order that favors nobody."""

from dataclasses import dataclass

from journeys.core.neutral import in_neutral_order
from journeys.domain.parties import active
from journeys.domain.queries.intake import definition_of
from journeys.models import Journey


@dataclass(frozen=True)
class Eligible:
    """A pharmacy of the program, and whose it is when it belongs with a payer or a maker."""

    name: str
    affiliated_with: str


def eligible_pharmacies(journey: Journey) -> list[Eligible]:
    """Every pharmacy the program names, drawn by lot for this journey."""
    route = definition_of(journey.program_version_id).route
    labels = {each.code: each.label for each in route.pharmacies}
    known = active(labels)
    return [
        Eligible(labels[code], known[code].affiliated_with if code in known else "")
        for code in in_neutral_order(labels, of=journey.number)
    ]
