"""What happened in the demo's older journeys: most go well, a few have a trouble worth reading."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, eq=False)
class Told:
    """One report: who, what, how many working hours after the one before.

    It is learnt `late` hours after it happened.
    """

    role: str
    step: str
    status: str
    after: float
    facts: dict[str, object] = field(default_factory=dict)
    reason: str | None = None
    late: float = 0
    kind: str = "status"
    note: str = ""
    to: tuple[str, ...] = ()
    coverage: str | None = None


def _said(role: str, step: str, after: float, note: str, *to: str) -> Told:
    return Told(role, step, "", after, kind="message", note=note, to=to)


_ACCEPTED = Told("hub", "intake_review", "accepted", 3.2)
_VERIFIED = Told(
    "hub",
    "benefit_verification",
    "complete",
    6.5,
    {"prior_authorization_required": True, "out_of_pocket_estimate": "180.00"},
    "covered_prior_authorization",
)
_COPAY = Told(
    "vendor",
    "copay_enrollment",
    "enrolled",
    0.2,
    {"copay_bin": "610020", "copay_pcn": "PDMI", "copay_member_id": "CC2204417"},
    late=1.5,
)
_ASKED = Told("hub", "prior_authorization", "submitted", 5.3, {"payer_reference": "PX-40417"})
_DECISION = "prior_authorization_determination"
_APPROVED = Told("hub", _DECISION, "approved", 18.4, {"authorization_number": "AUTH-88213"})

SMOOTH = (
    _ACCEPTED,
    Told("practice", "rems", "authorized", 1.1),
    _VERIFIED,
    _COPAY,
    _ASKED,
    Told(
        "practice",
        "site_of_care",
        "scheduled",
        2.6,
        {"site_name": "Lakeside Infusion Suite", "acquisition": "white_bag"},
    ),
    _APPROVED,
    Told("hub", "pharmacy_triage", "sent", 1.4),
    Told("pharmacy", "pharmacy_triage", "accepted", 2.8),
    Told("pharmacy", "pharmacy_intake", "paid", 9.3, {"pharmacy_order_number": "RX-30177"}),
    Told("pharmacy", "delivery", "scheduled", 4.1),
    Told("pharmacy", "delivery", "shipped", 6.7, {"carrier": "Brightwing", "days_supply": 28}),
    Told("pharmacy", "delivery", "delivered", 8.2),
    Told("hub", "first_dose", "confirmed", 14.6),
)
"""The usual way; a journey leaves out the steps that it has not."""

FREE = (
    _ACCEPTED,
    Told("hub", "patient_assistance", "applied", 4.2),
    Told(
        "hub",
        "patient_assistance",
        "approved",
        16.5,
        {"assistance_program": "Pelham Open Door"},
    ),
    Told("hub", "pharmacy_triage", "sent", 1.6),
    Told("pharmacy", "pharmacy_triage", "accepted", 3.1),
)
RETURNED = (
    Told(
        "hub",
        "intake_review",
        "returned",
        0.4,
        {
            "corrections": [
                {"field": "F8", "sentence": "Date the prescription within the last 30 days."},
                {"field": "A13", "sentence": "This number does not ring; is there another?"},
            ]
        },
    ),
)
DENIED = (*SMOOTH[:6], Told("hub", _DECISION, "denied", 21.5, reason="step_therapy"))
REJECTED = (Told("hub", "intake_review", "rejected", 6, reason="off_label"),)

_BY_PHONE = (
    _said("hub", _DECISION, 2.2, "The payer has asked for nothing more so far.", "practice"),
    _said("practice", _DECISION, 1.3, "Thank you. Chart notes are ready if they ask.", "hub"),
)
_SHIPPING = (
    _said("pharmacy", "delivery", 0.7, "The patient prefers a delivery on Tuesday.", "practice"),
)
_NEW_PLAN = "new-plan"
PLAN_CHANGED = (
    *SMOOTH[:5],
    Told(
        "practice",
        "",
        "",
        6.4,
        kind="coverage_changed",
        coverage=_NEW_PLAN,
        note="The patient's employer changed plans on the first of the month.",
    ),
    replace(_VERIFIED, after=5.2, coverage=_NEW_PLAN),
    replace(_COPAY, coverage=_NEW_PLAN),
    replace(_ASKED, after=4.4, coverage=_NEW_PLAN),
)

HEALTHY = (
    *(SMOOTH[:stage] for stage in (1, 4, 5, 6, 7, 8, 9, 9, 10, 10, 11, 12, 12, 13, 13, 14)),
    (*SMOOTH[:6], *_BY_PHONE),
    (*SMOOTH[:11], *_SHIPPING),
    RETURNED,
    DENIED,
    REJECTED,
)

_LATE_REQUEST = (*SMOOTH[:4], Told("practice", "prior_authorization", "in_preparation", 3.5))
_DISAGREED = (
    *SMOOTH[:9],
    Told("pharmacy", _DECISION, "denied", 2.4, reason="criteria_not_met"),
)
_SIDE_EFFECT = (
    *SMOOTH,
    Told(
        "practice",
        "adverse_event",
        "captured",
        8.5,
        {
            "what_happened": "A rash on both arms two days after the shot",
            "told_by": "caregiver",
            "told_by_name": "Carmen Ruiz",
            "serious": False,
        },
        "side_effect",
    ),
)
_NO_ANSWER = (*SMOOTH[:10], Told("pharmacy", "delivery", "attempting_contact_3", 12))
_ACCUMULATOR = (
    _said("hub", "copay_enrollment", 1.4, "The plan does not count copay help. Is there a way?",
          "vendor"),
    _said("vendor", "copay_enrollment", 2.1, "Yes: ask us again with the plan's letter.", "hub"),
)  # fmt: skip
_COSTLY = (
    *SMOOTH[:2],
    replace(_VERIFIED, facts={**_VERIFIED.facts, "out_of_pocket_estimate": "1480.00"}),
    Told("vendor", "copay_enrollment", "not_eligible", 0.2, reason="accumulator"),
    *_ACCUMULATOR,
    *SMOOTH[4:6],
)
_SILENT = (*SMOOTH[:5], Told("hub", _DECISION, "in_review", 4.6))
_RETURNED_LONG_AGO = (replace(RETURNED[0]),)

TROUBLES = (
    _LATE_REQUEST,
    _DISAGREED,
    PLAN_CHANGED,
    _COSTLY,
    _RETURNED_LONG_AGO,
    _SIDE_EFFECT,
    _NO_ANSWER,
    _SILENT,
)
TROUBLE_EVERY = 6
"""One journey of so many has the next trouble, until each was told once."""

PAUSES = {_LATE_REQUEST[-1]: 26.0, _SILENT[-1]: 62.0, _RETURNED_LONG_AGO[-1]: 37.0}
"""After which report nothing was heard for how many working hours."""
