"""The journeys a program may start from."""

from collections.abc import Mapping
from dataclasses import replace

from journeys.core.graph import Clock, Due, Graph, Step
from journeys.core.steps_access import (
    BENEFIT_VERIFICATION,
    ENROLLMENT_SUBMITTED,
    INTAKE_REVIEW,
    MISSING_INFORMATION,
    PRIOR_AUTHORIZATION,
    PRIOR_AUTHORIZATION_DETERMINATION,
)
from journeys.core.steps_fulfillment import (
    COPAY_ENROLLMENT,
    DELIVERY,
    FIRST_DOSE,
    PHARMACY_INTAKE,
    PHARMACY_TRIAGE,
)

_ACCESS: tuple[Step, ...] = (
    ENROLLMENT_SUBMITTED,
    INTAKE_REVIEW,
    MISSING_INFORMATION,
    BENEFIT_VERIFICATION,
    PRIOR_AUTHORIZATION,
    PRIOR_AUTHORIZATION_DETERMINATION,
    COPAY_ENROLLMENT,
    PHARMACY_TRIAGE,
    PHARMACY_INTAKE,
)

_SELF_INJECTED = Graph(
    "self_injected_pharmacy_benefit",
    "Self-injected, pharmacy benefit",
    (*_ACCESS, DELIVERY, FIRST_DOSE),
)

# An infusion is asked for under the medical benefit, shipped to where it is given, and given
# by the practice; the payer takes longer over it.
_INFUSED = Graph(
    "infused_medical_benefit",
    "Infused, medical benefit",
    (
        *(
            replace(step, due=replace(step.due, clock=Clock(10, "business_days")))
            if step is PRIOR_AUTHORIZATION_DETERMINATION
            else step
            for step in _ACCESS
        ),
        replace(DELIVERY, title="Delivery to the infusion site"),
        replace(
            FIRST_DOSE,
            title="First infusion",
            lane="practice",
            owner="practice",
            chased_by=None,
            action="Give the first infusion",
            due=Due(Clock(14, "days")),
        ),
    ),
)

_ORAL = Graph(
    "oral_pharmacy_benefit",
    "Oral, pharmacy benefit",
    (
        *_ACCESS,
        DELIVERY,
        replace(
            FIRST_DOSE,
            statuses=tuple(
                status
                for status in FIRST_DOSE.statuses
                if status.key not in ("training_requested", "trained")
            ),
            due=Due(Clock(3, "days")),
            typical=(5, 20),
        ),
    ),
)

GRAPHS: Mapping[str, Graph] = {graph.key: graph for graph in (_SELF_INJECTED, _INFUSED, _ORAL)}
