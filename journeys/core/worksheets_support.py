"""Worksheets of what helps to pay: copay help, assistance, a foundation, bridge supply."""

from journeys.core.asking import is_known, result_is, says, stands
from journeys.core.steps_access import GOVERNMENT
from journeys.core.worksheet import Compared, Part, Question, Stop, Worksheet
from programs.core.poverty import compared as compared_with_poverty_line

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
            result_is("enrolled"),
        ),
        Part(
            "How much there is",
            (
                Question(fact="copay_year", needed=True, hint="The year it may be used in."),
                Question(fact="copay_maximum", needed=True),
                Question(fact="copay_remaining"),
            ),
            result_is("enrolled"),
        ),
    ),
    stops=(
        Stop(
            {"all": [result_is("eligible", "enrolled"), GOVERNMENT]},
            "Copay help is never given with government coverage (42 U.S.C. 1320a-7b(b)).",
        ),
        Stop(
            {"all": [result_is("eligible", "enrolled"), says("line_of_business", "uninsured")]},
            "There is no coverage for copay help to add to.",
        ),
    ),
    compared=(
        Compared("copay_remaining", "copay_maximum", "More is left than there is in a year."),
    ),
)


def _assistance(step: str, *, granted: str) -> Worksheet:
    """The income against the poverty line, whose year stands beside the percentage, so that
    nobody compares with another; the same when it is asked for anew."""
    yes, told = result_is(granted), result_is("applied", granted)
    return Worksheet(
        step=step,
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
                told,
            ),
            Part(
                "The decision",
                (
                    Question(fact="income_limit_percent", needed=True, hint="400 is four times."),
                    Question(fact="income_proof", needed=True),
                    Question(fact="assistance_program", needed=True),
                    Question(fact="assistance_ends_on", needed=True, fresh=True),
                ),
                yes,
            ),
            Part(
                "What is missing",
                (Question(fact="proof_missing", needed=True, fresh=True),),
                result_is("documents_needed"),
            ),
            Part(
                "The income check",
                (Question(fact="inconclusive_why", needed=True, fresh=True),),
                result_is("inconclusive"),
            ),
        ),
        stops=(
            Stop(
                {"all": [told, says("household_size", 0)]},
                "A household has at least one person.",
                "household_size",
            ),
            Stop(
                {"all": [yes, {"not": is_known("income_percent")}]},
                "The income cannot be compared with a poverty line.",
                "household_income",
            ),
        ),
        compared=(
            Compared(
                "income_percent",
                "income_limit_percent",
                "The income is over this limit for a household of this size.",
                when=yes,
            ),
            Compared("today", "assistance_ends_on", "This assistance has ended already.", when=yes),
        ),
    )


PATIENT_ASSISTANCE = _assistance("patient_assistance", granted="approved")
ASSISTANCE_RENEWAL = _assistance("assistance_renewal", granted="renewed")

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
            result_is("referred"),
        ),
        Part(
            "The grant",
            (
                Question(fact="foundation_name", needed=True),
                Question(fact="grant_amount"),
                Question(fact="grant_ends_on", needed=True, fresh=True),
            ),
            result_is("granted"),
        ),
    ),
    stops=(
        Stop(
            {"all": [result_is("referred"), says("foundation_fund", "closed")]},
            "This fund is closed: look for another, or say that there is none.",
            "foundation_fund",
        ),
    ),
    compared=(
        Compared("foundation_referred_on", "today", "The patient is told before this is told."),
        Compared(
            "today", "grant_ends_on", "This grant has ended already.", when=result_is("granted")
        ),
    ),
)

# The pattern of OIG Advisory Opinion 15-11; the step itself knows when it opens and ends.
_GIVEN = result_is("requested", "eligible", "shipped")
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
            result_is("shipped"),
        ),
    ),
    stops=(
        Stop(
            {"all": [_GIVEN, {"not": says("therapy_stage", "new")}]},
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
                    says("step.prior_authorization_determination.reason", "missing_information"),
                ]
            },
            "The payer only misses information: send the request again instead.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    says("step.prior_authorization_determination.reason", "off_label"),
                ]
            },
            "Bridge supply is for uses on the label.",
        ),
        Stop(
            {
                "all": [
                    _GIVEN,
                    stands("delivery", "scheduled", "packed", "shipped", "delivered"),
                ]
            },
            "The plan's own supply is on its way: there is never both.",
        ),
        Stop(
            {
                "all": [
                    result_is("shipped"),
                    {"field": "bridge_fill_number", "op": "greater", "value": 2},
                ]
            },
            "A patient gets at most two free fills.",
            "bridge_fill_number",
        ),
        Stop(
            {
                "all": [
                    result_is("shipped"),
                    {"field": "bridge_fill_number", "op": "less", "value": 1},
                ]
            },
            "Fills are counted from 1.",
            "bridge_fill_number",
        ),
        Stop(
            {"all": [result_is("shipped"), {"field": "days_supply", "op": "greater", "value": 30}]},
            "A free fill lasts at most 30 days.",
            "days_supply",
        ),
    ),
)
