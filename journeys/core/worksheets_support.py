"""Worksheets of what helps: copay, assistance, foundation, bridge, site of care, pharmacy."""

from journeys.core.poverty import compared as compared_with_poverty_line
from journeys.core.steps_access import GOVERNMENT
from journeys.core.worksheet import Compared, Part, Question, Stop, Worksheet


def _is(*statuses: str) -> dict[str, object]:
    return {"field": "status", "op": "in", "value": list(statuses)}


def _says(name: str, value: object) -> dict[str, object]:
    return {"field": name, "op": "equals", "value": value}


def _known(name: str) -> dict[str, object]:
    return {"field": name, "op": "present"}


def _stands(step: str, *statuses: str) -> dict[str, object]:
    return {"field": f"step.{step}", "op": "in", "value": list(statuses)}


COPAY_ENROLLMENT = Worksheet(
    step="copay_enrollment",
    reasoned=("not_eligible",),
    parts=(
        Part(
            "The card",
            (
                Question(fact="copay_bin", needed=True),
                Question(fact="copay_pcn", needed=True),
                Question(fact="copay_group", needed=True),
                Question(fact="copay_member_id", needed=True),
            ),
            _is("enrolled"),
        ),
        Part(
            "How much there is",
            (
                Question(fact="copay_year", needed=True, hint="The year it may be used in."),
                Question(fact="copay_maximum", needed=True),
                Question(fact="copay_remaining"),
            ),
            _is("enrolled"),
        ),
    ),
    stops=(
        Stop(
            {"all": [_is("eligible", "enrolled"), GOVERNMENT]},
            "Copay help is never given with government coverage (42 U.S.C. 1320a-7b(b)).",
        ),
        Stop(
            {"all": [_is("eligible", "enrolled"), _says("line_of_business", "uninsured")]},
            "There is no coverage for copay help to add to.",
        ),
    ),
    compared=(
        Compared("copay_remaining", "copay_maximum", "More is left than there is in a year."),
    ),
)

# The poverty line's year stands beside the percentage, so that nobody compares with another.
PATIENT_ASSISTANCE = Worksheet(
    step="patient_assistance",
    reasoned=("documents_needed", "denied"),
    worked_out=compared_with_poverty_line,
    parts=(
        Part(
            "The household",
            (
                Question(fact="household_size", needed=True),
                Question(fact="household_income", needed=True),
                Question(fact="household_place", needed=True),
            ),
            _is("applied", "approved"),
        ),
        Part(
            "The decision",
            (
                Question(fact="income_limit_percent", needed=True, hint="400 is four times."),
                Question(fact="income_proof", needed=True),
                Question(fact="assistance_program", needed=True),
                Question(fact="assistance_ends_on", needed=True, fresh=True),
            ),
            _is("approved"),
        ),
        Part(
            "What is missing",
            (Question(fact="proof_missing", needed=True, fresh=True),),
            _is("documents_needed"),
        ),
        Part(
            "The income check",
            (Question(fact="inconclusive_why", needed=True, fresh=True),),
            _is("inconclusive"),
        ),
    ),
    stops=(
        Stop(
            {"all": [_is("applied", "approved"), _says("household_size", 0)]},
            "A household has at least one person.",
            "household_size",
        ),
        Stop(
            {"all": [_is("approved"), {"not": _known("income_percent")}]},
            "The income cannot be compared with a poverty line.",
            "household_income",
        ),
    ),
    compared=(
        Compared(
            "income_percent",
            "income_limit_percent",
            "The income is over this limit for a household of this size.",
            when=_is("approved"),
        ),
        Compared(
            "today",
            "assistance_ends_on",
            "This assistance has ended already.",
            when=_is("approved"),
        ),
    ),
)

# A charity is independent: the patient is told of it, and nothing is asked back.
FOUNDATION_REFERRAL = Worksheet(
    step="foundation_referral",
    reasoned=("no_help",),
    parts=(
        Part(
            "The foundation",
            (
                Question(fact="foundation_name", needed=True),
                Question(fact="foundation_fund", needed=True),
                Question(fact="foundation_referred_on", needed=True),
            ),
            _is("referred"),
        ),
        Part(
            "The grant",
            (
                Question(fact="foundation_name", needed=True),
                Question(fact="grant_amount"),
                Question(fact="grant_ends_on", needed=True, fresh=True),
            ),
            _is("granted"),
        ),
    ),
    stops=(
        Stop(
            {"all": [_is("referred"), _says("foundation_fund", "closed")]},
            "This fund is closed: look for another, or say that there is none.",
            "foundation_fund",
        ),
    ),
    compared=(
        Compared("foundation_referred_on", "today", "The patient is told before this is told."),
        Compared("today", "grant_ends_on", "This grant has ended already.", when=_is("granted")),
    ),
)

# The pattern of OIG Advisory Opinion 15-11; the step itself knows when it opens and ends.
_GIVEN = _is("requested", "eligible", "shipped")
BRIDGE = Worksheet(
    step="bridge",
    reasoned=("ineligible",),
    parts=(
        Part(
            "The free fill",
            (
                Question(fact="bridge_fill_number", needed=True, fresh=True),
                Question(fact="ship_on", needed=True, fresh=True),
                Question(fact="days_supply", needed=True, fresh=True),
            ),
            _is("shipped"),
        ),
    ),
    stops=(
        Stop(
            {"all": [_GIVEN, {"not": _says("therapy_stage", "new")}]},
            "Bridge supply is for patients new to the therapy.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    {
                        "not": {
                            "field": "line_of_business",
                            "op": "in",
                            "value": ["commercial", "marketplace"],
                        }
                    },
                ]
            },
            "Bridge supply is for commercial coverage only.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    _says("step.prior_authorization_determination.reason", "missing_information"),
                ]
            },
            "The payer only misses information: send the request again instead.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    _says("step.prior_authorization_determination.reason", "off_label"),
                ]
            },
            "Bridge supply is for uses on the label.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    _stands("delivery", "scheduled", "packed", "shipped", "delivered"),
                ]
            },
            "The plan's own supply is on its way: there is never both.",
        ),
        Stop(
            {
                "all": [
                    _is("shipped"),
                    {"field": "bridge_fill_number", "op": "greater", "value": 2},
                ]
            },
            "A patient gets at most two free fills.",
            "bridge_fill_number",
        ),
        Stop(
            {
                "all": [
                    _is("shipped"),
                    {"field": "bridge_fill_number", "op": "less", "value": 1},
                ]
            },
            "Fills are counted from 1.",
            "bridge_fill_number",
        ),
        Stop(
            {"all": [_is("shipped"), {"field": "days_supply", "op": "greater", "value": 30}]},
            "A free fill lasts at most 30 days.",
            "days_supply",
        ),
    ),
)

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
                Question(fact="acquisition", needed=_is("accepted", "scheduled")),
            ),
            _is("chosen", "accepted", "scheduled"),
        ),
        Part(
            "The first infusion",
            (Question(fact="infusion_on", needed=True),),
            _is("scheduled"),
        ),
    ),
    stops=(
        Stop(
            {
                "all": [
                    _is("chosen", "accepted", "scheduled"),
                    _says("site_type", "hospital"),
                    {
                        "field": "site_of_care_policy",
                        "op": "in",
                        "value": ["not_hospital", "home_first"],
                    },
                    {"not": _known("site_exception")},
                ]
            },
            "The plan does not pay for a hospital: say why it has to be one all the same.",
            "site_exception",
        ),
        Stop(
            {
                "all": [
                    _is("accepted", "scheduled"),
                    _says("site_type", "home"),
                    _says("acquisition", "buy_and_bill"),
                ]
            },
            "Nobody buys and bills at a patient's home: a pharmacy ships.",
            "acquisition",
        ),
    ),
)

_SENT = _is("sent", "transferred")
# The patient is asked before anything is suggested, and what decided is told to all.
PHARMACY_TRIAGE = Worksheet(
    step="pharmacy_triage",
    reasoned=("rejected",),
    parts=(
        Part(
            "The patient's choice",
            (
                Question(fact="patient_choice_asked_on", needed=True),
                Question(
                    fact="patient_pharmacy_choice",
                    hint="Empty when the patient has no preference.",
                ),
            ),
            _is("choosing", "sent", "transferred"),
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
                    _says("routing_reason", "patient_choice"),
                    {"not": _known("patient_pharmacy_choice")},
                ]
            },
            "No choice of the patient is recorded.",
            "patient_pharmacy_choice",
        ),
        Stop(
            {
                "all": [
                    _SENT,
                    _says("routing_reason", "payer_mandate"),
                    {"not": _known("pharmacy_required_by_payer")},
                ]
            },
            "Benefit verification found no pharmacy that the payer requires.",
            "routing_reason",
        ),
        Stop(
            {
                "all": [
                    _SENT,
                    _says("routing_reason", "no_preference"),
                    _known("patient_pharmacy_choice"),
                ]
            },
            "The patient has a preference: say why it is another pharmacy.",
            "routing_reason",
        ),
        Stop(
            {"all": [_is("accepted"), {"not": _known("patient_choice_asked_on")}]},
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
            when={"all": [_SENT, _says("routing_reason", "patient_choice")]},
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
