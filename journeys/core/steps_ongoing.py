"""While the therapy goes on: the next fill, benefits for a new year, a new authorization."""

from journeys.core.graph import Aside, Clock, Due, Gate, Moment, Opening, Reason, Status, Step
from journeys.core.steps_support import INCOME_OPEN

_TWO_DAYS = Clock(2, "business_days")
_ONE_DAY = Clock(1, "business_days")
LAPSED = Gate(
    {"field": "rems_lapsed", "op": "equals", "value": True},
    "The safety program's authorization has ended",
    "practice",
    "Renew the safety program authorization",
)
_RUNS_OUT = "runs_out_on"
_WHY_NOT = (
    Reason("side_effect", "side effect"),
    Reason("cost", "cost"),
    Reason("authorization_expired", "authorization has ended"),
    Reason("prescription_expired", "prescription has ended"),
    Reason("no_refills", "no refills left"),
    Reason("hospitalized", "patient is in hospital"),
    Reason("travel", "patient is travelling"),
    Reason("felt_better", "patient felt better"),
    Reason("unreachable", "patient could not be reached"),
    Reason("hold_by_prescriber", "prescriber holds the therapy"),
)

REFILL = Step(
    key="refill",
    title="Refill",
    spoken="The next refill",
    lane="pharmacy",
    owner="pharmacy",
    action="Ask the patient about the next refill",
    needs=("delivery", "pharmacy_intake"),
    statuses=(
        Status(key="not_due", label="Not due yet"),
        Status(
            key="due_soon",
            label="Due soon",
            comes_at=Moment(_RUNS_OUT, Clock(10, "days"), before=True),
        ),
        Status(key="attempting_contact_1", label="Called the patient once", attempts=1),
        Status(key="attempting_contact_2", label="Called the patient twice", attempts=2),
        Status(key="attempting_contact_3", label="Called the patient three times", attempts=3),
        Status(key="contacted", label="Patient reached", action="Schedule the refill"),
        Status(key="resumed", label="Therapy goes on", action="Schedule the refill", due=_ONE_DAY),
        Status(key="scheduled", label="Scheduled", action="Ship the refill"),
        Status(
            key="overdue",
            label="Overdue",
            action="Find out why the refill did not go out",
            due=_ONE_DAY,
            comes_at=Moment(_RUNS_OUT, Clock(3, "days")),
            reasons=_WHY_NOT,
        ),
        Status(
            key="gap",
            label="Without medicine for two weeks",
            owner="practice",
            action="Decide whether the therapy goes on",
            due=_TWO_DAYS,
            comes_at=Moment(_RUNS_OUT, Clock(14, "days")),
            reasons=_WHY_NOT,
        ),
        Status(
            key="on_hold",
            label="On hold",
            owner="practice",
            action="Decide whether the therapy goes on",
            due=_TWO_DAYS,
            reasons=_WHY_NOT,
        ),
        Status(key="shipped", label="Shipped", kind="done"),
        Status(key="delivered", label="Delivered", kind="done"),
    ),
    due=Due(Clock(400, "days"), until=Moment(_RUNS_OUT, Clock(5, "days"), before=True)),
    typical=(10, 40),
    produces=(
        "ship_on",
        "delivered_on",
        "carrier",
        "tracking_number",
        "days_supply",
        "quantity",
        "fill_number",
    ),
    gates=(LAPSED,),
    aside=Aside(
        openings=(Opening({"field": _RUNS_OUT, "op": "present"}),), numbered_by="fill_number"
    ),
)

REVERIFICATION = Step(
    key="reverification",
    title="Benefits verified again",
    spoken="Verifying the benefits again",
    lane="hub",
    owner="hub",
    action="Verify the benefits of the new year or insurance",
    needs=("benefit_verification",),
    statuses=(
        Status(key="due", label="Due"),
        Status(key="in_progress", label="In progress"),
        Status(
            key="new_card_needed",
            label="New card needed",
            owner="patient",
            action="Ask the patient for the new insurance card",
            due=Clock(5, "business_days"),
        ),
        Status(key="unchanged", label="Unchanged", kind="done"),
        Status(
            key="changed",
            label="Changed",
            kind="done",
            reasons=(
                Reason("deductible_reset", "deductible starts again"),
                Reason("formulary_drop", "no longer on the formulary"),
                Reason("new_plan", "new plan"),
                Reason("assistance_renewal", "assistance has to be renewed"),
            ),
        ),
    ),
    # A new card that is not there by mid-December holds up the first fill of the year.
    due=Due(Clock(400, "days"), until=Moment("reverify_from_on", Clock(30, "days"))),
    typical=(5, 40),
    aside=Aside(
        openings=(
            Opening(at=Moment("reverify_from_on", Clock(0, "days"))),
            Opening({"field": "coverage_to_verify", "op": "equals", "value": True}),
        ),
        numbered_by="benefit_year",
    ),
)

_ENDS = "authorization_ends_on"
REAUTHORIZATION = Step(
    key="reauthorization",
    title="Authorization renewal",
    spoken="Renewing the prior authorization",
    lane="practice",
    owner="practice",
    chased_by="hub",
    action="Send the request to renew the authorization",
    needs=("prior_authorization_determination",),
    statuses=(
        Status(key="due", label="Due"),
        Status(key="in_preparation", label="In preparation"),
        Status(
            key="submitted",
            label="With the payer",
            owner="payer",
            action="Follow up with {owner} on the renewal",
            due=Clock(5, "business_days"),
            table="decision",
        ),
        Status(
            key="more_info_requested",
            label="More information asked for",
            awaits="answer",
            action="Answer the payer's question",
            due=Clock(24, "hours"),
            setback=True,
        ),
        Status(
            key="denied",
            label="Denied",
            kind="failed",
            action="Decide whether to appeal",
            due=Clock(5, "business_days"),
            setback=True,
        ),
        Status(
            key="lapsed",
            label="Ended without renewal",
            kind="failed",
            action="Send a new prior authorization request",
            due=_TWO_DAYS,
            comes_at=Moment(_ENDS, Clock(1, "days")),
        ),
        Status(key="renewed", label="Renewed", kind="done"),
        Status(key="not_needed", label="Not needed any more", kind="skipped"),
    ),
    due=Due(Clock(400, "days"), until=Moment(_ENDS, Clock(14, "days"), before=True)),
    follow_up=_TWO_DAYS,
    typical=(20, 70),
    produces=("authorization_number", "authorization_starts_on", "authorization_ends_on"),
    per_coverage=True,
    aside=Aside(
        openings=(Opening(at=Moment(_ENDS, Clock(45, "days"), before=True)),),
        numbered_by="authorization_number",
    ),
    seen_by=("practice", "hub", "pharmacy"),
)

_HELP_ENDS = "assistance_ends_on"
_OTHER_WAY = "Look for another way to pay, or close the journey"
ASSISTANCE_RENEWAL = Step(
    key="assistance_renewal",
    title="Assistance renewal",
    spoken="Renewing the assistance",
    lane="hub",
    owner="hub",
    action="Renew the assistance",
    needs=("patient_assistance",),
    statuses=(
        Status(key="due", label="Due"),
        Status(key="applied", label="Applied for"),
        *INCOME_OPEN,
        Status(
            key="denied",
            label="Denied",
            kind="failed",
            action=_OTHER_WAY,
            due=_TWO_DAYS,
            reasons=(
                Reason("income_over_limit", "income is over the limit"),
                Reason("has_coverage", "patient has coverage"),
                Reason("missing_proof", "proof of income is missing"),
                Reason("fund_closed", "fund is closed"),
            ),
        ),
        Status(
            key="lapsed",
            label="Ended without renewal",
            kind="failed",
            action=_OTHER_WAY,
            due=_TWO_DAYS,
            comes_at=Moment(_HELP_ENDS, Clock(1, "days")),
        ),
        Status(key="renewed", label="Renewed", kind="done"),
        Status(key="not_needed", label="Not needed any more", kind="skipped"),
    ),
    due=Due(Clock(400, "days"), until=Moment(_HELP_ENDS, Clock(14, "days"), before=True)),
    typical=(20, 100),
    produces=("assistance_program", _HELP_ENDS),
    aside=Aside(
        openings=(Opening(at=Moment(_HELP_ENDS, Clock(45, "days"), before=True)),),
        numbered_by=_HELP_ENDS,
    ),
    seen_by=("practice", "hub"),
    details_seen_by=("practice", "hub"),
)
