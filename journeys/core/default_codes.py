"""The two-level codes that specialty pharmacies and hubs commonly send, and what they mean here.

A partner's own map comes before it. What is not here, and what is left out on purpose because it
says too little to move a step (a duplicate at a pharmacy, an alternative funding program, a
patient thinking about the cost), is shown to a person.
"""

from collections.abc import Mapping

_INTAKE = ("pharmacy_intake", "intake")
_REVIEW = ("pharmacy_intake", "clinical_review")
_OUT_OF_STOCK = ("delivery", "exception", "out_of_stock")
_TRANSFERRED = ("pharmacy_triage", "transferred")
_ON_HOLD = ("refill", "on_hold")

_TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "NEW": {
        "RECEIVED": _INTAKE,
        "TRIAGE-IN": ("pharmacy_triage", "accepted"),
        "TRIAGE-OUT": _TRANSFERRED,
    },
    "PENDING-INTAKE": {
        "MISSING-RX": _INTAKE,
        "MISSING-DEMO": _INTAKE,
        "MISSING-DX": _INTAKE,
        "MISSING-SIGNATURE": _INTAKE,
        "CLARIFY-RX": _REVIEW,
        "RX-EXPIRED": _REVIEW,
    },
    "PENDING-PAYER": {
        "BV": ("benefit_verification", "manual_call"),
        "PA-NEEDED": ("prior_authorization", "needed"),
        "PA-SUBMITTED": ("prior_authorization", "submitted"),
        "PA-INFO-REQUESTED": ("prior_authorization_determination", "more_info_requested"),
        "PA-DENIED": ("prior_authorization_determination", "denied"),
        "APPEAL-1": ("appeal", "submitted", "appeal"),
        "APPEAL-2": ("appeal", "second_level"),
        "EXTERNAL": ("appeal", "external"),
        "EXCEPTION": ("appeal", "submitted", "formulary_exception"),
        "COVERAGE-INACTIVE": ("benefit_verification", "unable", "coverage_inactive"),
        "PLAN-EXCLUSION": ("benefit_verification", "complete", "plan_exclusion"),
        "REVERIFY": ("reverification", "in_progress"),
        "REAUTH": ("reauthorization", "in_preparation"),
    },
    "PENDING-FINANCIAL": {
        "COPAY-ENROL": ("copay_enrollment", "eligible"),
        "FOUNDATION": ("patient_assistance", "applied"),
        "PAP": ("patient_assistance", "applied"),
        "COPAY-MAX": ("copay_enrollment", "ended"),
    },
    "PENDING-PATIENT": {
        "NO-CONTACT-1": ("delivery", "attempting_contact_1"),
        "NO-CONTACT-2": ("delivery", "attempting_contact_2"),
        "NO-CONTACT-3": ("delivery", "attempting_contact_3"),
        "DECISION": ("delivery", "to_schedule"),
        "TRAVEL": (*_ON_HOLD, "travel"),
        "CONSENT": ("patient_authorization", "asked"),
    },
    "PENDING-PRESCRIBER": {
        "LAB": _REVIEW,
        "DOSE-CLARIFICATION": _REVIEW,
        "HOLD-BY-MD": (*_ON_HOLD, "hold_by_prescriber"),
        "NEW-RX": _REVIEW,
    },
    "PENDING-SUPPLY": {
        "OUT-OF-STOCK": _OUT_OF_STOCK,
        "BACKORDER": _OUT_OF_STOCK,
        "ALLOCATION": _OUT_OF_STOCK,
        "WEATHER-HOLD": ("delivery", "exception", "weather"),
        "REMS-BLOCK": ("rems", "blocked"),
    },
    "PENDING-SITE": {
        "SITE-SELECTION": ("site_of_care", "needed"),
        "SITE-CAPACITY": ("site_of_care", "declined", "no_capacity"),
        "APPOINTMENT": ("site_of_care", "accepted"),
    },
    "ACTIVE": {
        "SCHEDULED": ("delivery", "scheduled"),
        "SHIPPED": ("delivery", "shipped"),
        "DELIVERED": ("delivery", "delivered"),
        "FIRST-DOSE": ("first_dose", "confirmed"),
        "REFILL-DUE": ("refill", "due_soon"),
        "REFILL-OVERDUE": ("refill", "overdue"),
        "BRIDGE": ("bridge", "shipped"),
        "PAP-SHIP": ("delivery", "shipped"),
    },
    "ON-HOLD": {
        "MD": (*_ON_HOLD, "hold_by_prescriber"),
        "PATIENT": _ON_HOLD,
        "HOSPITAL": (*_ON_HOLD, "hospitalized"),
        # Whoever holds for a side effect has heard of one, and safety is told within a day.
        "AE": ("adverse_event", "captured", "side_effect"),
        "PREGNANCY": ("adverse_event", "captured", "pregnancy"),
        "SURGERY": (*_ON_HOLD, "hold_by_prescriber"),
    },
    "TRANSFERRED": dict.fromkeys(
        ("PAYER-MANDATE", "PATIENT-CHOICE", "LDD", "SP-CLOSED"), _TRANSFERRED
    ),
    "CANCELLED": {
        "MD-CANCEL": ("discontinuation", "cancelled", "prescriber_decision"),
        "PATIENT-DECLINED": ("discontinuation", "cancelled", "patient_choice"),
        "COST": ("discontinuation", "cancelled", "cost"),
        "COVERAGE-DENIED": ("discontinuation", "cancelled", "coverage_denied"),
        "UNREACHABLE": ("discontinuation", "cancelled", "unreachable"),
        "ALT-THERAPY": ("discontinuation", "cancelled", "switched"),
        "DECEASED": ("discontinuation", "deceased", "deceased"),
        "DUPLICATE": ("discontinuation", "cancelled", "duplicate"),
    },
    "DISCONTINUED": {
        "AE": ("discontinuation", "discontinued", "adverse_event"),
        "LACK-OF-EFFECT": ("discontinuation", "discontinued", "lack_of_efficacy"),
        "PROGRESSION": ("discontinuation", "discontinued", "disease_progression"),
        "COMPLETE": ("discontinuation", "completed", "therapy_complete"),
        "COST": ("discontinuation", "discontinued", "cost"),
        "COVERAGE-LOST": ("discontinuation", "discontinued", "coverage_lost"),
        "MD-DECISION": ("discontinuation", "discontinued", "prescriber_decision"),
        "PATIENT-CHOICE": ("discontinuation", "discontinued", "patient_choice"),
        "SWITCH": ("discontinuation", "discontinued", "switched"),
        "PREGNANCY": ("discontinuation", "discontinued", "pregnancy"),
        "LOST": ("discontinuation", "discontinued", "lost_to_follow_up"),
        "DECEASED": ("discontinuation", "deceased", "deceased"),
    },
}

# By both levels, as journeys.core.codes folds them: step, status and perhaps a reason.
DEFAULTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    (code, sub_code): meaning for code, subs in _TABLE.items() for sub_code, meaning in subs.items()
}
