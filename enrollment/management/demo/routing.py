"""How the demo's hubs choose a pharmacy: the patient is asked, and the reason is told."""

from datetime import date

from journeys.domain.queries.pharmacies import drawn_for, program_pharmacies
from journeys.models import Journey


def a_choice(journey: Journey, *, on: date) -> dict[str, object]:
    """What is told when the referral goes to the pharmacy that the program lists first.

    Where it is not the next in turn, the patient asked for it.
    """
    known = program_pharmacies(journey.program_version_id)
    if not known:
        return {}
    chosen, in_turn = next(iter(known.values())), drawn_for(journey.number, known)[0]
    told: dict[str, object] = {
        "patient_choice_asked_on": on.isoformat(),
        "pharmacy_name": chosen.name,
        "routing_reason": "no_preference",
    }
    if chosen != in_turn:
        told |= {"patient_pharmacy_choice": chosen.name, "routing_reason": "patient_choice"}
    whose = chosen.affiliated_with
    return told | ({"pharmacy_affiliation": whose} if whose else {})
