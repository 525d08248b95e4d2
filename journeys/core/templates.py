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
from journeys.core.steps_anytime import ADVERSE_EVENT, DISCONTINUATION
from journeys.core.steps_consent import PATIENT_AUTHORIZATION
from journeys.core.steps_denial import APPEAL, BRIDGE
from journeys.core.steps_fulfillment import (
    COPAY_ENROLLMENT,
    DELIVERY,
    FIRST_DOSE,
    PHARMACY_INTAKE,
    PHARMACY_TRIAGE,
)
from journeys.core.steps_ongoing import (
    ASSISTANCE_RENEWAL,
    LAPSED,
    REAUTHORIZATION,
    REFILL,
    REVERIFICATION,
)
from journeys.core.steps_support import (
    BOUGHT_BY_SITE,
    FOUNDATION_REFERRAL,
    INFUSION_COURSE,
    PATIENT_ASSISTANCE,
    REMS,
    SITE_OF_CARE,
)

_ENTRY: tuple[Step, ...] = (
    ENROLLMENT_SUBMITTED,
    INTAKE_REVIEW,
    MISSING_INFORMATION,
    PATIENT_AUTHORIZATION,
)
_ACCESS: tuple[Step, ...] = (
    *_ENTRY,
    BENEFIT_VERIFICATION,
    PRIOR_AUTHORIZATION,
    PRIOR_AUTHORIZATION_DETERMINATION,
    APPEAL,
    COPAY_ENROLLMENT,
    PATIENT_ASSISTANCE,
    PHARMACY_TRIAGE,
    PHARMACY_INTAKE,
)

# A step that another holds comes after it.
_THERAPY: tuple[Step, ...] = (
    FOUNDATION_REFERRAL,
    BRIDGE,
    ADVERSE_EVENT,
    REFILL,
    REVERIFICATION,
    REAUTHORIZATION,
    ASSISTANCE_RENEWAL,
)

_SELF_INJECTED = Graph(
    "self_injected_pharmacy_benefit",
    "Self-injected, pharmacy benefit",
    (*_ACCESS, DELIVERY, FIRST_DOSE, *_THERAPY, DISCONTINUATION),
)

_LONGER_DECISION = replace(
    PRIOR_AUTHORIZATION_DETERMINATION,
    due=replace(PRIOR_AUTHORIZATION_DETERMINATION.due, clock=Clock(10, "business_days")),
)
_BY_PHARMACY = tuple(
    replace(step, skips=(*step.skips, BOUGHT_BY_SITE))
    for step in (PHARMACY_TRIAGE, PHARMACY_INTAKE)
)
# An infusion is asked for under the medical benefit, given at a site that has to take the
# patient, and shipped there unless the site buys it; the payer takes longer over it.
_MEDICAL: tuple[Step, ...] = (
    *_ENTRY,
    BENEFIT_VERIFICATION,
    PRIOR_AUTHORIZATION,
    _LONGER_DECISION,
    APPEAL,
    COPAY_ENROLLMENT,
    PATIENT_ASSISTANCE,
    SITE_OF_CARE,
    *_BY_PHARMACY,
    replace(
        DELIVERY,
        title="Delivery to the infusion site",
        needs=(*DELIVERY.needs, SITE_OF_CARE.key),
        skips=(BOUGHT_BY_SITE,),
    ),
)

_INFUSED = Graph(
    "infused_medical_benefit",
    "Infused, medical benefit",
    (
        *_MEDICAL,
        replace(
            FIRST_DOSE,
            title="First infusion",
            lane="practice",
            owner="practice",
            chased_by=None,
            action="Give the first infusion",
            due=Due(Clock(14, "days")),
        ),
        *_THERAPY,
        DISCONTINUATION,
    ),
)

# The course begins with infusions and goes on with injections that the pharmacy ships home.
_DUAL = Graph(
    "dual_iv_to_sc",
    "Infusions first, then self-injected",
    (
        # Injections are shipped whoever buys the infusions: their pharmacy is chosen in any case.
        *(PHARMACY_TRIAGE if step.key == PHARMACY_TRIAGE.key else step for step in _MEDICAL),
        INFUSION_COURSE,
        replace(
            DELIVERY,
            key="home_delivery",
            title="Delivery of the injections",
            needs=(INFUSION_COURSE.key,),
            stage=None,
        ),
        replace(FIRST_DOSE, title="First self-injection", needs=("home_delivery",)),
        *(replace(step, needs=("home_delivery",)) if step is REFILL else step for step in _THERAPY),
        DISCONTINUATION,
    ),
)

_TAKEN_AT_HOME = replace(
    FIRST_DOSE,
    statuses=tuple(
        status
        for status in FIRST_DOSE.statuses
        if status.key not in ("training_requested", "trained")
    ),
    due=Due(Clock(3, "days")),
    typical=(5, 20),
)
_ORAL = Graph(
    "oral_pharmacy_benefit",
    "Oral, pharmacy benefit",
    (*_ACCESS, DELIVERY, _TAKEN_AT_HOME, *_THERAPY, DISCONTINUATION),
)

# Nothing is dispensed before the safety program allows it.
_REMS = Graph(
    "rems",
    "With a safety program",
    (
        *_ACCESS,
        REMS,
        replace(DELIVERY, needs=(*DELIVERY.needs, REMS.key), gates=(LAPSED,)),
        _TAKEN_AT_HOME,
        *_THERAPY,
        DISCONTINUATION,
    ),
)

_PAP_ONLY = Graph(
    "pap_only",
    "Free medicine only",
    (
        *_ENTRY,
        replace(PATIENT_ASSISTANCE, needs=(INTAKE_REVIEW.key,), skips=(), stage="authorized"),
        replace(PHARMACY_TRIAGE, needs=(PATIENT_ASSISTANCE.key,), uses=()),
        replace(DELIVERY, needs=(PHARMACY_TRIAGE.key,)),
        _TAKEN_AT_HOME,
        ADVERSE_EVENT,
        replace(REFILL, needs=(DELIVERY.key,)),
        ASSISTANCE_RENEWAL,
        DISCONTINUATION,
    ),
)

_COPAY_ONLY = Graph(
    "copay_only",
    "Copay help only",
    (
        *_ENTRY,
        replace(COPAY_ENROLLMENT, needs=(INTAKE_REVIEW.key,), skips=COPAY_ENROLLMENT.skips[:2]),
        ADVERSE_EVENT,
        DISCONTINUATION,
    ),
)

GRAPHS: Mapping[str, Graph] = {
    graph.key: graph
    for graph in (_SELF_INJECTED, _INFUSED, _DUAL, _ORAL, _REMS, _PAP_ONLY, _COPAY_ONLY)
}
