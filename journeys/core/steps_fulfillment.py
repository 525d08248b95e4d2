"""The steps from copay help to the first dose: statuses, reasons, owners, clocks."""

from journeys.core.graph import ORGANIZATIONS, Clock, Due, Reason, Sending, Skip, Status, Step
from journeys.core.steps_access import EXCLUDED, GOVERNMENT, NO_COVERAGE, UNSIGNED

_REJECTS = (
    Reason("refill_too_soon", "refill too soon"),
    Reason("prior_authorization_required", "prior authorization needed"),
    Reason("not_covered", "not covered"),
    Reason("plan_limitations", "plan limits exceeded"),
    Reason("pharmacy_not_contracted", "pharmacy is not in the network"),
    Reason("step_therapy", "step therapy comes first"),
    Reason("coverage_ended", "coverage has ended"),
)

COPAY_ENROLLMENT = Step(
    key="copay_enrollment",
    title="Copay enrollment",
    lane="vendor",
    owner="vendor",
    action="Enroll the patient in copay help",
    needs=("benefit_verification",),
    skips=(
        Skip(GOVERNMENT, "Copay help is not allowed with government coverage", firm=True),
        Skip(NO_COVERAGE, "There is no coverage for copay help to add to"),
        Skip(EXCLUDED, "The plan excludes the medicine, so there is nothing to add to"),
    ),
    statuses=(
        Status(key="eligible", label="Eligible"),
        Status(key="enrolled", label="Enrolled", kind="done"),
        Status(
            key="not_eligible",
            label="Not eligible",
            kind="skipped",
            reasons=(
                Reason("government_payer", "government coverage"),
                Reason("state_limit", "state law does not allow it"),
                Reason("cash", "patient pays without coverage"),
                Reason("age", "patient's age"),
                Reason("accumulator", "plan does not count copay help"),
            ),
        ),
        Status(key="declined", label="Declined by the patient", kind="skipped"),
        Status(key="ended", label="Ended", kind="skipped"),
    ),
    due=Due(Clock(15, "business_minutes")),
    typical=(0.25, 5),
    produces=("copay_bin", "copay_pcn", "copay_group", "copay_member_id", "copay_maximum"),
    sends=(
        Sending("opened", "copay_request", "vendor"),
        Sending("done", "copay_card", "pharmacy"),
    ),
    per_coverage=True,
    gates=(UNSIGNED,),
    details_seen_by=ORGANIZATIONS,
)

PHARMACY_TRIAGE = Step(
    key="pharmacy_triage",
    title="Pharmacy choice",
    lane="hub",
    owner="hub",
    action="Send the referral to a pharmacy",
    needs=("benefit_verification", "prior_authorization_determination", "patient_assistance"),
    uses=("pharmacy_required_by_payer",),
    statuses=(
        Status(key="choosing", label="Choosing"),
        Status(
            key="sent",
            label="Sent to the pharmacy",
            spoken="The referral",
            awaits="answer",
            owner="pharmacy",
            action="Accept or refuse the referral",
            unfilled="Say which pharmacy the referral went to, and what it answers",
            elsewhere="Ask the pharmacy for its answer, and report it",
            due=Clock(1, "business_days"),
        ),
        Status(key="accepted", label="Accepted by the pharmacy", kind="done"),
        Status(
            key="rejected",
            label="Refused by the pharmacy",
            action="Choose another pharmacy",
            setback=True,
            due=Clock(4, "business_hours"),
            reasons=(
                Reason("out_of_network", "not in the payer's network"),
                Reason("no_contract", "no contract for this medicine"),
                Reason("out_of_stock", "out of stock"),
                Reason("unreachable", "patient could not be reached"),
                Reason("limited_distribution", "medicine is not sold through this pharmacy"),
            ),
        ),
        Status(
            key="transferred",
            label="Transferred",
            action="Send the referral to the new pharmacy",
            setback=True,
            due=Clock(4, "business_hours"),
        ),
    ),
    due=Due(Clock(4, "business_hours")),
    typical=(1, 10),
    produces=("pharmacy_name",),
    # Nobody has the part when it first opens: the choice itself sends the referral. When it opens
    # anew, for another insurance, it is sent to who has it.
    sends=(Sending("opened", "referral", "pharmacy"),),
    per_coverage=True,
)

PHARMACY_INTAKE = Step(
    key="pharmacy_intake",
    title="Pharmacy intake and claim",
    lane="pharmacy",
    owner="pharmacy",
    action="Check the prescription and run the claim",
    needs=("pharmacy_triage", "copay_enrollment"),
    skips=(
        Skip(
            {"field": "step.patient_assistance", "op": "equals", "value": "approved"},
            "Free medicine is not billed",
        ),
    ),
    statuses=(
        Status(key="intake", label="Intake"),
        Status(key="clinical_review", label="Clinical review"),
        Status(key="claim_test", label="Claim sent"),
        Status(
            key="rejected",
            label="Claim rejected",
            action="Resolve the rejected claim",
            setback=True,
            due=Clock(1, "business_days"),
            reasons=_REJECTS,
        ),
        Status(key="paid", label="Claim paid", kind="done"),
    ),
    due=Due(Clock(3, "business_days")),
    typical=(10, 30),
    produces=("pharmacy_order_number",),
    per_coverage=True,
)

DELIVERY = Step(
    key="delivery",
    title="Delivery",
    lane="pharmacy",
    owner="pharmacy",
    action="Schedule and ship the medicine",
    needs=("pharmacy_intake",),
    statuses=(
        Status(key="to_schedule", label="To be scheduled"),
        Status(key="attempting_contact_1", label="Called the patient once", attempts=1),
        Status(key="attempting_contact_2", label="Called the patient twice", attempts=2),
        Status(key="attempting_contact_3", label="Called the patient three times", attempts=3),
        Status(key="scheduled", label="Scheduled", action="Ship the medicine"),
        Status(key="packed", label="Packed", action="Ship the medicine"),
        Status(
            key="shipped",
            label="Shipped",
            action="Confirm the delivery",
            due=Clock(2, "business_days"),
        ),
        Status(key="delivered", label="Delivered", kind="done"),
        Status(
            key="exception",
            label="Delivery problem",
            action="Resolve the delivery problem",
            setback=True,
            due=Clock(1, "business_days"),
            reasons=(
                Reason("no_answer", "nobody answered"),
                Reason("address", "address is wrong"),
                Reason("weather", "weather hold"),
                Reason("out_of_stock", "out of stock"),
                Reason("temperature_excursion", "package got too warm or too cold"),
                Reason("declined_copay", "patient declined the cost"),
            ),
        ),
        Status(
            key="returned",
            label="Sent back",
            action="Send the medicine again",
            setback=True,
            due=Clock(1, "business_days"),
        ),
    ),
    due=Due(Clock(5, "business_days")),
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
    stage="dispensed",
)

FIRST_DOSE = Step(
    key="first_dose",
    title="First dose",
    lane="patient",
    owner="patient",
    chased_by="hub",
    action="Ask whether the first dose was taken",
    needs=("delivery",),
    statuses=(
        Status(key="expected", label="Expected"),
        Status(key="training_requested", label="Training asked for"),
        Status(key="scheduled", label="Scheduled"),
        Status(key="trained", label="Training done"),
        Status(key="confirmed", label="Taken", kind="done"),
        Status(
            key="declined",
            label="Declined",
            kind="failed",
            owner="practice",
            action="Talk with the patient about the therapy",
            due=Clock(2, "business_days"),
        ),
    ),
    due=Due(Clock(7, "days")),
    follow_up=Clock(2, "business_days"),
    typical=(10, 50),
    produces=("first_dose_on",),
    stage="on_therapy",
)
