"""The worksheet of every step: its own where it has one, else the facts it produces."""

from collections.abc import Mapping
from dataclasses import replace

from journeys.core import worksheets_access as access
from journeys.core import worksheets_routing as routing
from journeys.core import worksheets_safety as safety
from journeys.core import worksheets_support as support
from journeys.core.step import Condition, Step
from journeys.core.worksheet import Stop, Worksheet, plain

WORKSHEETS: Mapping[str, Worksheet] = {
    worksheet.step: worksheet
    for worksheet in (
        access.BENEFIT_VERIFICATION,
        access.REVERIFICATION,
        access.PRIOR_AUTHORIZATION,
        access.PRIOR_AUTHORIZATION_DETERMINATION,
        access.APPEAL,
        support.COPAY_ENROLLMENT,
        support.PATIENT_ASSISTANCE,
        support.ASSISTANCE_RENEWAL,
        support.FOUNDATION_REFERRAL,
        support.BRIDGE,
        routing.SITE_OF_CARE,
        routing.PHARMACY_TRIAGE,
        safety.ADVERSE_EVENT,
    )
}


def worksheet_of(step: Step) -> Worksheet:
    """The worksheet in which this step's result is taken down."""
    found = WORKSHEETS.get(step.key) or plain(step)
    if not (step.most and step.aside and step.aside.numbered_by):
        return found
    number = step.aside.numbered_by
    beyond: Condition = {"field": number, "op": "greater", "value": step.most}
    stop = Stop(beyond, f"This program gives {step.most} at most.", number)
    return replace(found, stops=(*found.stops, stop))
