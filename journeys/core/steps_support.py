"""Steps that only some therapies need: where it is given, who pays for it, what safety asks."""

from journeys.core.graph import Aside, Clock, Due, Opening, Reason, Skip, Status, Step
from journeys.core.steps_access import EXCLUDED, GOVERNMENT, NO_COVERAGE, UNSIGNED

_TWO_DAYS = Clock(2, "business_days")
PHARMACY_BENEFIT = {"field": "benefit", "op": "equals", "value": "pharmacy"}
BUY_AND_BILL = {"field": "acquisition", "op": "equals", "value": "buy_and_bill"}
BOUGHT_BY_SITE = Skip(BUY_AND_BILL, "The site buys the medicine and bills the plan")

NOBODY_PAYS = {
    "any": [
        NO_COVERAGE,
        EXCLUDED,
        {"field": "step.prior_authorization_determination", "op": "equals", "value": "not_covered"},
    ]
}

SITE_OF_CARE = Step(
    key="site_of_care",
    title="Site of care",
    lane="practice",
    owner="practice",
    action="Choose where the infusions are given",
    needs=("benefit_verification",),
    skips=(Skip(PHARMACY_BENEFIT, "The medicine is not given at a site"),),
    statuses=(
        Status(key="needed", label="Needed"),
        Status(key="options_shown", label="Options shown"),
        Status(
            key="chosen",
            label="Chosen",
            owner="hub",
            action="Ask the site to accept the patient",
            due=_TWO_DAYS,
        ),
        Status(
            key="accepted",
            label="Accepted by the site",
            action="Book the first infusion",
            due=_TWO_DAYS,
        ),
        Status(
            key="declined",
            label="Declined by the site",
            action="Choose another site",
            setback=True,
            due=_TWO_DAYS,
            reasons=(
                Reason("payer_prefers_other_site", "payer prefers another kind of site"),
                Reason("hospital_not_justified", "hospital site is not justified"),
                Reason("no_capacity", "no capacity"),
                Reason("too_far", "too far for the patient"),
                Reason("buy_and_bill_refused", "site does not buy and bill"),
            ),
        ),
        Status(key="scheduled", label="First infusion booked", kind="done"),
    ),
    due=Due(Clock(5, "business_days")),
    typical=(20, 70),
    produces=("site_name", "site_type", "acquisition", "infusion_on"),
)

# While the income is not settled, the first time and at each renewal.
INCOME_OPEN = (
    Status(
        key="documents_needed",
        label="Proof missing",
        owner="patient",
        action="Ask the patient for the missing proof",
        due=Clock(5, "business_days"),
        reasons=(
            Reason("missing_proof", "proof of income is missing"),
            Reason("subsidy_not_tried", "Medicare's extra help was not asked for"),
        ),
    ),
    Status(
        key="inconclusive",
        label="Income check told nothing",
        action="Check the income by hand",
        due=_TWO_DAYS,
    ),
)

PATIENT_ASSISTANCE = Step(
    key="patient_assistance",
    title="Patient assistance",
    lane="hub",
    owner="hub",
    action="Decide on free medicine or find a foundation",
    needs=("prior_authorization_determination",),
    skips=(Skip({"not": NOBODY_PAYS}, "The plan pays for the medicine", presumed=True),),
    statuses=(
        Status(key="applied", label="Applied for"),
        *INCOME_OPEN,
        Status(key="approved", label="Approved", kind="done"),
        Status(
            key="denied",
            label="Denied",
            kind="failed",
            action="Look for another way to pay, or close the journey",
            due=_TWO_DAYS,
            reasons=(
                Reason("income_over_limit", "income is over the limit"),
                Reason("has_coverage", "patient has coverage"),
                Reason("missing_proof", "proof of income is missing"),
                Reason("fund_closed", "fund is closed"),
                Reason("subsidy_not_tried", "Medicare's extra help was not asked for"),
            ),
        ),
    ),
    due=Due(Clock(5, "business_days")),
    typical=(20, 100),
    produces=("assistance_program", "assistance_ends_on"),
    gates=(UNSIGNED,),
    details_seen_by=("practice", "hub"),
)

# Copay help is closed to government coverage; an independent charity may help, and the patient
# is told of it without being steered. From this cost of a fill on patients give up (rule R6).
FOUNDATION_REFERRAL = Step(
    key="foundation_referral",
    title="Foundation referral",
    spoken="Help from a foundation",
    lane="hub",
    owner="hub",
    action="Tell the patient about a foundation that may help",
    needs=("benefit_verification",),
    statuses=(
        Status(key="to_refer", label="To be told"),
        Status(
            key="referred",
            label="Patient was told",
            owner="patient",
            action="Ask whether the foundation answered",
            due=Clock(5, "business_days"),
        ),
        Status(key="granted", label="Foundation helps", kind="done"),
        Status(
            key="no_help",
            label="Foundation does not help",
            kind="skipped",
            reasons=(
                Reason("fund_closed", "fund is closed"),
                Reason("income_over_limit", "income is over the limit"),
                Reason("declined", "patient does not want it"),
            ),
        ),
    ),
    due=Due(_TWO_DAYS),
    typical=(5, 50),
    produces=("foundation_name", "grant_ends_on"),
    aside=Aside(
        openings=(
            Opening(
                {
                    "all": [
                        GOVERNMENT,
                        {"field": "out_of_pocket_estimate", "op": "at_least", "value": 250},
                    ]
                }
            ),
        ),
    ),
    details_seen_by=("practice", "hub"),
)

REMS = Step(
    key="rems",
    title="Safety program",
    spoken="Safety program enrollment",
    lane="practice",
    owner="practice",
    action="Enroll prescriber and patient in the safety program",
    needs=("intake_review",),
    statuses=(
        Status(key="not_enrolled", label="Not enrolled"),
        Status(
            key="enrolled",
            label="Enrolled",
            action="Complete the checks that allow dispensing",
            due=_TWO_DAYS,
        ),
        Status(key="authorized", label="Dispensing allowed", kind="done"),
        Status(
            key="expired",
            label="Expired",
            kind="failed",
            action="Renew the safety program authorization",
            due=_TWO_DAYS,
        ),
        Status(
            key="blocked",
            label="Dispensing not allowed",
            kind="failed",
            action="Resolve what the safety program asks",
            due=_TWO_DAYS,
            reasons=(
                Reason("test_missing", "test result is missing"),
                Reason("prescriber_not_certified", "prescriber is not certified"),
                Reason("pharmacy_not_certified", "pharmacy is not certified"),
                Reason("patient_not_enrolled", "patient is not enrolled"),
            ),
        ),
    ),
    due=Due(Clock(3, "business_days")),
    typical=(5, 30),
    produces=("rems_number", "rems_authorized_until_on"),
    seen_by=("practice", "hub", "pharmacy"),
)

INFUSION_COURSE = Step(
    key="infusion_course",
    title="Starting infusions",
    lane="practice",
    owner="practice",
    action="Give the starting infusions",
    needs=("delivery",),
    statuses=(
        Status(key="to_give", label="To be given"),
        Status(key="first_given", label="First infusion given", action="Give the next infusion"),
        Status(key="completed", label="Completed", kind="done"),
        Status(
            key="stopped",
            label="Stopped",
            kind="failed",
            action="Decide whether the therapy goes on",
            due=_TWO_DAYS,
        ),
    ),
    due=Due(Clock(70, "days")),
    typical=(20, 400),
    produces=("first_dose_on",),
    begins_with="first_given",
)
