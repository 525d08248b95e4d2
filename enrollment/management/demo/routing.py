"""How the demo's hubs choose a pharmacy: the patient is asked, and the reason is told."""

from datetime import date

from journeys.domain.queries.pharmacies import eligible_pharmacies
from journeys.models import Journey


def a_choice(journey: Journey, *, on: date) -> dict[str, object]:
    """What is told when the referral goes where the journey is routed.

    Where it is not the next in turn, the patient asked for it.
    """
    eligible = eligible_pharmacies(journey)
    if not eligible:
        return {}
    routed = journey.pharmacy.name if journey.pharmacy else eligible[0].name
    told: dict[str, object] = {
        "patient_choice_asked_on": on.isoformat(),
        "pharmacy_name": routed,
        "routing_reason": "no_preference",
    }
    if routed != eligible[0].name:
        told |= {"patient_pharmacy_choice": routed, "routing_reason": "patient_choice"}
    whose = {each.name: each.affiliated_with for each in eligible}.get(routed)
    return told | ({"pharmacy_affiliation": whose} if whose else {})
