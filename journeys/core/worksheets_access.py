"""Worksheets of the payer's side: benefits, prior authorization, appeal, and what stops each."""

from collections.abc import Mapping
from datetime import date

from journeys.core.asking import because, result_is, says, stands
from journeys.core.coming_coverage import ON, VERIFIED
from journeys.core.steps_access import GOVERNMENT
from journeys.core.worksheet import Compared, Given, Part, Question, Stop, Worksheet

_COMPLETE = result_is("complete")
_INSURED = {"not": says("line_of_business", "uninsured")}
_WITHOUT = "“Covered, no prior authorization” and “Prior authorization needed: yes” cannot both be."
_WITH = "“Covered with prior authorization” and “Prior authorization needed: no” cannot both be."

BENEFIT_VERIFICATION = Worksheet(
    step="benefit_verification",
    reasoned=("complete", "unable"),
    parts=(
        Part(
            "The plan",
            (
                Question(fact="payer_name", needed=_INSURED),
                Question(fact="line_of_business", needed=True),
                Question(fact="coverage_active", needed=_INSURED),
                Question(fact="benefit", needed=_INSURED),
                Question(fact="other_benefit", hint="Ask about both before choosing one."),
            ),
            _COMPLETE,
        ),
        Part(
            "What the plan asks for",
            (
                Question(fact="prior_authorization_required"),
                Question(fact="step_therapy_required"),
                Question(fact="quantity_limit", needed=because("quantity_limit")),
                Question(
                    fact="pharmacy_required_by_payer",
                    needed=because("pharmacy_required"),
                    hint="Only if the plan pays at no other pharmacy.",
                ),
                Question(fact="site_of_care_policy"),
            ),
            _COMPLETE,
        ),
        Part(
            "What it costs the patient",
            (
                Question(fact="deductible"),
                Question(fact="deductible_met"),
                Question(fact="out_of_pocket_maximum"),
                Question(fact="out_of_pocket_met"),
                Question(fact="coinsurance_percent"),
                Question(fact="out_of_pocket_estimate", hint="For one fill, as the plan says."),
            ),
            _COMPLETE,
        ),
        Part(
            "How the plan treats copay help",
            (
                Question(fact="accumulator"),
                Question(fact="maximizer"),
                Question(fact="alternative_funding"),
            ),
            {"all": [_COMPLETE, {"not": GOVERNMENT}]},
        ),
        Part(
            "How you know",
            (
                Question(fact="verified_by", needed=_COMPLETE, fresh=True),
                Question(
                    fact="payer_reference",
                    needed=says("verified_by", "call"),
                    hint="The number of the call or of the answer.",
                    fresh=True,
                ),
            ),
            result_is("complete", "unable"),
        ),
    ),
    given=(
        Given(because("covered", "plan_exclusion"), {"prior_authorization_required": False}),
        Given(because("covered_prior_authorization"), {"prior_authorization_required": True}),
        Given(because("step_therapy"), {"step_therapy_required": True}),
    ),
    stops=(
        Stop(
            {"all": [because("covered"), says("prior_authorization_required", True)]},
            _WITHOUT,
            "prior_authorization_required",
        ),
        Stop(
            {
                "all": [
                    because("covered_prior_authorization"),
                    says("prior_authorization_required", False),
                ]
            },
            _WITH,
            "prior_authorization_required",
        ),
        Stop(
            {"all": [because("step_therapy"), says("step_therapy_required", False)]},
            "“Step therapy comes first” and “Step therapy needed: no” cannot both be.",
            "step_therapy_required",
        ),
        Stop(
            {
                "all": [
                    because("step_therapy", "quantity_limit", "pharmacy_required"),
                    {"field": "prior_authorization_required", "op": "absent"},
                ]
            },
            "Say whether prior authorization is needed: the next step depends on it.",
            "prior_authorization_required",
        ),
        Stop(
            {"all": [_COMPLETE, says("coverage_active", False)]},
            "Coverage that is not active is reported as “Could not be verified”.",
            "coverage_active",
        ),
        Stop(
            {"field": "coinsurance_percent", "op": "greater", "value": 100},
            "Coinsurance is at most 100 percent.",
            "coinsurance_percent",
        ),
    ),
    compared=(
        Compared("deductible_met", "deductible", "More of the deductible is met than there is."),
        Compared(
            "out_of_pocket_met",
            "out_of_pocket_maximum",
            "The patient has paid more than the most there is to pay.",
        ),
    ),
)

_COMING = ("benefit", "prior_authorization_required", "step_therapy_required", "quantity_limit",
           "pharmacy_required_by_payer", "deductible", "out_of_pocket_estimate")  # fmt: skip


def _verified_ahead(values: Mapping[str, object], _today: date) -> dict[str, object]:
    """Which insurance to come was verified: it is not asked for again."""
    day = values.get(ON)
    return {VERIFIED: day} if day and values.get("status") in ("unchanged", "changed") else {}


REVERIFICATION = Worksheet(
    step="reverification",
    parts=(
        Part(
            "The insurance to come",
            tuple(Question(fact=name, fresh=True) for name in _COMING),
            {"all": [result_is("changed"), {"field": ON, "op": "present"}]},
        ),
    ),
    worked_out=_verified_ahead,
)

PRIOR_AUTHORIZATION = Worksheet(
    step="prior_authorization",
    parts=(
        Part(
            "The request",
            (
                Question(fact="submitted_by", needed=True, fresh=True),
                Question(fact="submission_method", needed=True, fresh=True),
                Question(fact="submitted_on", needed=True, fresh=True),
                Question(fact="payer_reference", hint="What the payer calls it.", fresh=True),
            ),
            result_is("submitted"),
        ),
        Part(
            "The payer's question",
            (
                Question(fact="payer_question", needed=True, fresh=True),
                Question(fact="answer_by_on", needed=True, fresh=True),
            ),
            result_is("more_info_requested"),
        ),
    ),
    stops=(
        Stop(
            {
                "all": [
                    says("submitted_by", "hub"),
                    says("step.prior_authorization.owner", "practice"),
                ]
            },
            "In this program only the practice sends the request; the hub prepares it.",
            "submitted_by",
        ),
    ),
    compared=(Compared("submitted_on", "today", "The request cannot have been sent in future."),),
)

_AUTHORIZED = (
    Question(fact="authorization_number", needed=True, fresh=True),
    Question(fact="authorization_starts_on", needed=True, fresh=True),
    Question(fact="authorization_ends_on", needed=True, fresh=True),
)
_IN_ORDER = (
    Compared(
        "authorization_starts_on",
        "authorization_ends_on",
        "The authorization ends before it begins.",
        when=result_is("approved", "partially_approved", "overturned"),
    ),
    Compared(
        "today",
        "authorization_ends_on",
        "This authorization has ended already: report it as expired.",
        when=result_is("approved", "partially_approved", "overturned"),
    ),
)

PRIOR_AUTHORIZATION_DETERMINATION = Worksheet(
    step="prior_authorization_determination",
    reasoned=("denied",),
    parts=(
        Part(
            "The authorization",
            (
                *_AUTHORIZED,
                Question(
                    fact="authorization_scope", needed=result_is("partially_approved"), fresh=True
                ),
            ),
            result_is("approved", "partially_approved"),
        ),
        Part(
            "The denial",
            (
                Question(
                    fact="criterion_not_met",
                    hint="If the letter names one of what the payer decides by.",
                    fresh=True,
                ),
                Question(
                    fact="appeal_by_on",
                    hint="From the letter; without it the law's time for this payer holds.",
                    fresh=True,
                ),
            ),
            result_is("denied"),
        ),
        Part(
            "The payer's question",
            (
                Question(fact="payer_question", needed=True, fresh=True),
                Question(fact="answer_by_on", needed=True, fresh=True),
            ),
            result_is("more_info_requested"),
        ),
    ),
    compared=_IN_ORDER,
)

_SENT = result_is("submitted", "second_level", "external")


def _only_after(status: str, after: tuple[str, ...], why: str) -> Stop:
    return Stop({"all": [result_is(status), {"not": stands("appeal", status, *after)}]}, why)


APPEAL = Worksheet(
    step="appeal",
    reasoned=("submitted",),
    parts=(
        Part(
            "The appeal",
            (
                Question(fact="appeal_sent_on", needed=True, fresh=True),
                Question(fact="submission_method", needed=True, fresh=True),
                Question(fact="payer_reference", fresh=True),
            ),
            _SENT,
        ),
        Part(
            "The reviewer",
            (Question(fact="external_reviewer", needed=True, fresh=True),),
            result_is("external"),
        ),
        Part(
            "The talk between doctors",
            (
                Question(fact="peer_to_peer_on", needed=True, fresh=True),
                Question(fact="payer_doctor", fresh=True),
                Question(fact="payer_doctor_phone", needed=True, fresh=True),
            ),
            result_is("peer_to_peer"),
        ),
        Part(
            "The payer's answer",
            (
                Question(fact="appeal_answer", needed=True, fresh=True),
                Question(
                    fact="appeal_by_on",
                    hint="The last day for the next level, from the letter.",
                    fresh=True,
                ),
            ),
            result_is("upheld", "second_upheld"),
        ),
        Part("The authorization", _AUTHORIZED, result_is("overturned")),
    ),
    stops=(
        _only_after(
            "upheld", ("submitted", "peer_to_peer"), "Nothing was sent that could be denied again."
        ),
        _only_after(
            "second_level", ("upheld", "peer_to_peer"), "The second level comes after the first."
        ),
        _only_after(
            "second_upheld", ("second_level", "peer_to_peer"), "The second level was not asked."
        ),
        _only_after(
            "external",
            ("upheld", "second_upheld"),
            "An external review comes after the plan's own levels.",
        ),
        _only_after(
            "exhausted",
            ("second_upheld", "external"),
            "There are levels left: report “Not pursued” if nobody goes on.",
        ),
        _only_after(
            "overturned",
            ("submitted", "peer_to_peer", "second_level", "external"),
            "Nothing was sent that could be won.",
        ),
    ),
    compared=(
        Compared("appeal_sent_on", "today", "The appeal cannot have been sent in future."),
        Compared(
            "appeal_sent_on",
            "appeal_deadline_on",
            "This is after the last day to appeal.",
            when=_SENT,
        ),
        *_IN_ORDER,
    ),
)
