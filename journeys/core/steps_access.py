"""The steps from enrollment to the payer's decision: statuses, reasons, owners, clocks."""

from journeys.core.facts import GOVERNMENT_LINES
from journeys.core.graph import (
    Clock,
    ClockCase,
    Detour,
    Due,
    Gate,
    Moment,
    Reason,
    Skip,
    Status,
    Step,
)

GOVERNMENT = {"field": "line_of_business", "op": "in", "value": list(GOVERNMENT_LINES)}
EXCLUDED = {"field": "step.benefit_verification.reason", "op": "equals", "value": "plan_exclusion"}
# What the manufacturer pays for needs the patient's authorization; benefits and prior
# authorization go on under the practice's agreement with the hub (45 CFR 164.504(e)).
UNSIGNED = Gate(
    {"field": "patient_signed", "op": "equals", "value": False},
    "Waits for the patient's authorization",
    "practice",
    "Ask the patient to sign",
    kept_by="patient_authorization",
)
NO_COVERAGE = {"field": "line_of_business", "op": "equals", "value": "uninsured"}

_INTAKE_DETAILS = ("practice", "hub")
_AUTHORIZATION = ("practice", "hub", "pharmacy")
_TWO_DAYS = Clock(2, "business_days")


def _days(count: int) -> Clock:
    return Clock(count, "business_days")


_ASKED = "step.missing_information"
_MISSING = (
    Reason("missing_patient_signature", "patient's signature is missing"),
    Reason("missing_prescriber_signature", "prescriber's signature is missing"),
    Reason("missing_npi", "NPI is missing"),
    Reason("missing_diagnosis", "diagnosis code is missing"),
    Reason("missing_member_id", "member ID is missing"),
    Reason("missing_prescription", "prescription is missing"),
    Reason("missing_weight", "weight is missing"),
    Reason("missing_lab", "lab result is missing"),
    Reason("illegible", "fax cannot be read"),
)
_OUT_OF_PROGRAM = (
    Reason("off_label", "use is not covered by the program"),
    Reason("not_participating", "prescriber does not take part"),
    Reason("under_age", "patient is too young for the program"),
)

ENROLLMENT_SUBMITTED = Step(
    key="enrollment_submitted",
    title="Enrollment",
    lane="practice",
    owner="practice",
    action="Complete and submit the enrollment",
    statuses=(
        Status(key="draft", label="Draft"),
        Status(key="awaiting_prescriber_signature", label="Waiting for the prescriber to sign"),
        Status(
            key="awaiting_patient_signature",
            label="Waiting for the patient to sign",
            owner="patient",
            action="Ask the patient to sign",
        ),
        Status(key="submitted", label="Submitted", kind="done"),
        Status(key="withdrawn", label="Withdrawn", kind="failed", closes=True),
    ),
    due=Due(Clock(24, "hours")),
    typical=(0, 10),
    produces=("line_of_business", "payer_name", "benefit", "urgent"),
    stage="submitted",
)

INTAKE_REVIEW = Step(
    key="intake_review",
    title="Intake review",
    lane="hub",
    owner="hub",
    action="Review the enrollment",
    needs=("enrollment_submitted",),
    statuses=(
        Status(key="received", label="Received"),
        Status(key="in_review", label="In review"),
        Status(key="accepted", label="Accepted", kind="done"),
        Status(
            key="returned",
            label="Returned",
            calls="return_for_correction",
            reasons=_MISSING,
            setback=True,
        ),
        Status(
            key="rejected", label="Rejected", kind="failed", closes=True, reasons=_OUT_OF_PROGRAM
        ),
        Status(key="duplicate_merged", label="Merged with a duplicate", kind="failed", closes=True),
    ),
    due=Due(
        Clock(4, "business_hours"),
        (
            ClockCase(
                {"field": "submission_channel", "op": "in", "value": ["fax", "phone"]},
                Clock(8, "business_hours"),
            ),
        ),
    ),
    typical=(1, 10),
    stage="accepted",
    details_seen_by=_INTAKE_DETAILS,
)

MISSING_INFORMATION = Step(
    key="missing_information",
    title="Missing information",
    lane="practice",
    owner="practice",
    action="Provide what the hub asked for",
    statuses=(
        Status(key="open", label="Asked for"),
        # A hub's rhythm: the first, third and fifth day, then somebody calls. Each reminder goes
        # the way the practice's people want to hear, and none once the answer came.
        Status(
            key="contacted_1", label="Asked once", attempts=1, comes_at=Moment(_ASKED, _days(1))
        ),
        Status(
            key="contacted_2", label="Asked twice", attempts=2, comes_at=Moment(_ASKED, _days(3))
        ),
        Status(
            key="contacted_3",
            label="Asked three times",
            attempts=3,
            comes_at=Moment(_ASKED, _days(5)),
        ),
        Status(
            key="to_call",
            label="No answer to three reminders",
            owner="hub",
            action="Call the practice about what is missing",
            due=_days(1),
            comes_at=Moment(_ASKED, _days(6)),
        ),
        Status(
            key="lapsed",
            label="Not provided in ten business days",
            owner="hub",
            action="Ask once more, or end the wait",
            due=_days(1),
            comes_at=Moment(_ASKED, _days(10)),
        ),
        Status(key="provided", label="Provided", kind="done"),
        Status(key="expired", label="Not provided in time", kind="failed"),
    ),
    due=Due(_TWO_DAYS),
    typical=(5, 20),
    detour=Detour(
        of="intake_review",
        opened_by=("returned",),
        returns={"provided": "in_review", "expired": "in_review"},
        unused_why="Nothing was missing",
    ),
    details_seen_by=_INTAKE_DETAILS,
)

BENEFIT_VERIFICATION = Step(
    key="benefit_verification",
    title="Benefit verification",
    lane="hub",
    owner="hub",
    action="Verify the patient's benefits",
    needs=("intake_review",),
    skips=(Skip(NO_COVERAGE, "There is no coverage to verify"),),
    statuses=(
        Status(key="not_started", label="Not started"),
        Status(key="electronic_sent", label="Asked electronically"),
        Status(key="manual_call", label="Calling the payer"),
        Status(key="reverify_due", label="To be verified again"),
        Status(
            key="complete",
            label="Complete",
            kind="done",
            reasons=(
                Reason("covered", "covered, no prior authorization"),
                Reason("covered_prior_authorization", "covered with prior authorization"),
                Reason("step_therapy", "step therapy comes first"),
                Reason("quantity_limit", "quantity is limited"),
                Reason("pharmacy_required", "payer requires its own pharmacy"),
                Reason("plan_exclusion", "plan excludes the medicine"),
            ),
        ),
        Status(
            key="unable",
            label="Could not be verified",
            kind="failed",
            owner="practice",
            action="Correct the patient's coverage",
            due=_TWO_DAYS,
            reasons=(
                Reason("coverage_inactive", "coverage is not active"),
                Reason("wrong_plan", "wrong plan"),
                Reason("wrong_benefit", "covered under the other benefit"),
                Reason("payer_unreachable", "payer could not be reached"),
            ),
        ),
    ),
    due=Due(Clock(1, "business_days")),
    typical=(1, 20),
    produces=(
        "line_of_business",
        "payer_name",
        "coverage_active",
        "benefit",
        "prior_authorization_required",
        "step_therapy_required",
        "pharmacy_required_by_payer",
        "out_of_pocket_estimate",
    ),
    per_coverage=True,
    stage="verified",
)

_NO_AUTHORIZATION = (
    Skip(
        {"field": "prior_authorization_required", "op": "equals", "value": False},
        "The payer asks for no prior authorization",
    ),
    Skip(NO_COVERAGE, "There is no coverage to ask"),
    Skip(EXCLUDED, "The plan excludes the medicine"),
)

PRIOR_AUTHORIZATION = Step(
    key="prior_authorization",
    title="Prior authorization request",
    lane="practice",
    owner="practice",
    action="Send the prior authorization request",
    needs=("benefit_verification",),
    skips=_NO_AUTHORIZATION,
    statuses=(
        Status(key="needed", label="Needed"),
        Status(key="in_preparation", label="In preparation"),
        Status(
            key="awaiting_practice",
            label="Waiting for the practice",
            action="Complete the prior authorization request",
        ),
        Status(
            key="more_info_requested",
            label="More information asked for",
            awaits="answer",
            action="Answer the payer's question",
            due=Clock(24, "hours"),
        ),
        Status(key="submitted", label="Sent to the payer", kind="done"),
        Status(key="not_required", label="Not required", kind="skipped"),
    ),
    due=Due(_TWO_DAYS),
    typical=(5, 30),
    produces=("payer_reference",),
    per_coverage=True,
    seen_by=_AUTHORIZATION,
)

PRIOR_AUTHORIZATION_DETERMINATION = Step(
    key="prior_authorization_determination",
    title="Prior authorization decision",
    spoken="Prior authorization",
    awaits="decision",
    lane="payer",
    owner="payer",
    chased_by="hub",
    action="Follow up with {owner} on the prior authorization",
    needs=("prior_authorization",),
    skips=_NO_AUTHORIZATION,
    statuses=(
        Status(key="pending", label="With the payer"),
        Status(key="in_review", label="In review"),
        Status(
            key="more_info_requested",
            label="More information asked for",
            owner="practice",
            awaits="answer",
            action="Answer the payer's question",
            due=Clock(24, "hours"),
        ),
        Status(key="approved", label="Approved", kind="done"),
        Status(key="partially_approved", label="Partly approved", kind="done"),
        Status(key="not_required", label="Not required", kind="skipped"),
        Status(key="not_covered", label="Not covered by the plan", kind="skipped"),
        Status(
            key="denied",
            label="Denied",
            kind="failed",
            owner="practice",
            action="Decide whether to appeal",
            due=Clock(5, "business_days"),
            reasons=(
                Reason("step_therapy", "step therapy comes first"),
                Reason("not_medically_necessary", "not medically necessary"),
                Reason("criteria_not_met", "criteria are not met"),
                Reason(
                    "missing_information",
                    "information was missing",
                    action="Send the request again with what was missing",
                ),
                Reason("non_formulary", "not on the formulary"),
                Reason("off_label", "off-label use"),
                Reason("quantity_limit", "over the quantity limit"),
                Reason("wrong_benefit", "covered under the other benefit"),
                Reason("duplicate", "already asked for"),
                Reason("not_a_member", "not a covered member"),
            ),
        ),
        Status(
            key="cancelled",
            label="Withdrawn from the payer",
            kind="failed",
            owner="practice",
            action="Send a new prior authorization request",
            due=_TWO_DAYS,
        ),
        Status(
            key="expired",
            label="Expired",
            kind="failed",
            owner="practice",
            action="Send a new prior authorization request",
            due=_TWO_DAYS,
        ),
    ),
    due=Due(
        Clock(5, "business_days"),
        (ClockCase({"field": "urgent", "op": "equals", "value": True}, Clock(24, "hours")),),
        table="decision",
    ),
    follow_up=_TWO_DAYS,
    typical=(10, 70),
    produces=(
        "authorization_number",
        "authorization_starts_on",
        "authorization_ends_on",
        "appeal_by_on",
    ),
    evidence=("authorization_number", "authorization_starts_on", "authorization_ends_on"),
    per_coverage=True,
    stage="authorized",
    seen_by=_AUTHORIZATION,
)
