"""Worksheets of where the medicine is given and who dispenses it."""

from journeys.core.asking import is_known, result_is, says
from journeys.core.worksheet import Compared, Part, Question, Stop, Worksheet

SITE_OF_CARE = Worksheet(
    step="site_of_care",
    reasoned=("declined",),
    parts=(
        Part(
            "The site",
            (
                Question(fact="site_name", needed=True),
                Question(fact="site_type", needed=True),
                Question(
                    fact="site_exception",
                    hint="Where the plan wants it given elsewhere.",
                ),
                Question(fact="acquisition", needed=result_is("accepted", "scheduled")),
            ),
            result_is("chosen", "accepted", "scheduled"),
        ),
        Part(
            "The first infusion",
            (Question(fact="infusion_on", needed=True),),
            result_is("scheduled"),
        ),
    ),
    stops=(
        Stop(
            {
                "all": [
                    result_is("chosen", "accepted", "scheduled"),
                    says("site_type", "hospital"),
                    {
                        "field": "site_of_care_policy",
                        "op": "in",
                        "value": ["not_hospital", "home_first"],
                    },
                    {"not": is_known("site_exception")},
                ]
            },
            "The plan does not pay for a hospital: say why it has to be one all the same.",
            "site_exception",
        ),
        Stop(
            {
                "all": [
                    result_is("accepted", "scheduled"),
                    says("site_type", "home"),
                    says("acquisition", "buy_and_bill"),
                ]
            },
            "Nobody buys and bills at a patient's home: a pharmacy ships.",
            "acquisition",
        ),
    ),
)

_SENT = result_is("sent", "transferred")
# The patient is asked before anything is suggested, and what decided is told to all.
PHARMACY_TRIAGE = Worksheet(
    step="pharmacy_triage",
    reasoned=("rejected",),
    parts=(
        Part(
            "The patient's choice",
            (
                Question(fact="patient_choice_asked_on", needed=True),
                Question(fact="patient_pharmacy_choice"),
            ),
            result_is("choosing", "sent", "transferred"),
        ),
        Part(
            "The pharmacy",
            (
                Question(fact="pharmacy_name", needed=True),
                Question(fact="routing_reason", needed=True),
                Question(
                    fact="pharmacy_affiliation",
                    hint="The payer or manufacturer it belongs with, if any.",
                ),
            ),
            _SENT,
        ),
    ),
    stops=(
        Stop(
            {
                "all": [
                    _SENT,
                    says("routing_reason", "patient_choice"),
                    {"not": is_known("patient_pharmacy_choice")},
                ]
            },
            "No choice of the patient is recorded.",
            "patient_pharmacy_choice",
        ),
        Stop(
            {
                "all": [
                    _SENT,
                    says("routing_reason", "payer_mandate"),
                    {"not": is_known("pharmacy_required_by_payer")},
                ]
            },
            "Benefit verification found no pharmacy that the payer requires.",
            "routing_reason",
        ),
        Stop(
            {
                "all": [
                    _SENT,
                    says("routing_reason", "no_preference"),
                    is_known("patient_pharmacy_choice"),
                ]
            },
            "The patient has a preference: say why it is another pharmacy.",
            "routing_reason",
        ),
        Stop(
            {"all": [result_is("accepted"), {"not": is_known("patient_choice_asked_on")}]},
            "Report first that the patient was asked and where the referral was sent.",
        ),
    ),
    compared=(
        Compared("patient_choice_asked_on", "today", "The patient is asked before this is told."),
        Compared(
            "patient_pharmacy_choice",
            "pharmacy_name",
            "This is not the pharmacy that the patient chose.",
            how="same",
            when={"all": [_SENT, says("routing_reason", "patient_choice")]},
        ),
        Compared(
            "pharmacy_required_by_payer",
            "pharmacy_name",
            "The payer requires another pharmacy, and pays at no other.",
            how="same",
            when=_SENT,
        ),
    ),
)
