"""What may happen at any time: a side effect or a complaint, and the end of the therapy."""

from journeys.core.graph import Aside, Clock, Due, Reason, Status, Step

ADVERSE_EVENT = Step(
    key="adverse_event",
    title="Adverse event or complaint",
    spoken="Adverse event report",
    lane="hub",
    owner="hub",
    action="Forward the report to the manufacturer's safety desk",
    statuses=(
        Status(
            key="captured",
            label="Captured",
            reasons=(
                Reason("serious", "serious"),
                Reason("unexpected", "not expected"),
                Reason("side_effect", "side effect"),
                Reason("product_complaint", "product complaint"),
                Reason("pregnancy", "pregnancy"),
                Reason("lack_of_effect", "no effect"),
                Reason("medication_error", "medication error"),
            ),
        ),
        Status(key="triaged", label="Assessed"),
        Status(
            key="forwarded",
            label="Forwarded",
            action="Get the safety desk's confirmation",
            due=Clock(1, "business_days"),
        ),
        Status(
            key="follow_up",
            label="Question from the safety desk",
            owner="practice",
            action="Answer the safety desk's question",
            due=Clock(2, "business_days"),
        ),
        Status(
            key="acknowledged",
            label="Confirmed by the safety desk",
            action="Reconcile the report with the safety desk",
            due=Clock(30, "days"),
        ),
        Status(key="reconciled", label="Reconciled", kind="done"),
        Status(
            key="withdrawn",
            label="Recorded by mistake",
            kind="skipped",
            reasoned=True,
            reasons=(
                Reason("wrong_patient", "about another patient"),
                Reason("duplicate", "recorded already"),
            ),
        ),
    ),
    # One business day from awareness is what contracts ask for; the law gives the
    # manufacturer 15 calendar days for serious and unexpected ones (21 CFR 314.80, 600.80).
    due=Due(Clock(1, "business_days")),
    typical=(1, 10),
    produces=(
        "safety_report_number",
        "told_by",
        "told_by_name",
        "told_by_phone",
        "suspect_product",
        "lot_number",
        "what_happened",
        "began_on",
        "serious",
        "serious_because",
    ),
    aside=Aside(
        numbered_by="safety_report_number",
        holds={"refill": "on_hold"},
        outlives=True,
        private=True,
    ),
    seen_by=("practice", "hub", "pharmacy"),
)

_BEFORE_FIRST_FILL = (
    Reason("prescriber_decision", "prescriber's decision"),
    Reason("patient_choice", "patient declined"),
    Reason("cost", "cost"),
    Reason("coverage_denied", "coverage was denied"),
    Reason("unreachable", "patient could not be reached"),
    Reason("switched", "another therapy was chosen"),
    Reason("duplicate", "duplicate of another journey"),
)
_AFTER_FIRST_FILL = (
    Reason("adverse_event", "adverse event"),
    Reason("lack_of_efficacy", "did not work well enough"),
    Reason("disease_progression", "disease progressed"),
    Reason("coverage_lost", "coverage was lost"),
    Reason("prescriber_decision", "prescriber's decision"),
    Reason("patient_choice", "patient's choice"),
    Reason("cost", "cost"),
    Reason("switched", "switched to another therapy"),
    Reason("pregnancy", "pregnancy"),
    Reason("lost_to_follow_up", "lost to follow-up"),
)

DISCONTINUATION = Step(
    key="discontinuation",
    title="End of therapy",
    lane="practice",
    owner="practice",
    action="Decide whether the therapy ends",
    statuses=(
        Status(key="considered", label="Being considered"),
        Status(key="goes_on", label="Therapy goes on", kind="skipped"),
        Status(
            key="cancelled",
            label="Ended before the first fill",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=_BEFORE_FIRST_FILL,
        ),
        Status(
            key="discontinued",
            label="Discontinued",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=_AFTER_FIRST_FILL,
        ),
        Status(
            key="completed",
            label="Completed",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=(Reason("therapy_complete", "therapy is complete"),),
        ),
        Status(
            key="transferred_out",
            label="Transferred",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=(
                Reason("transferred_out", "patient moved to another practice or program"),
                Reason("pharmacy_change", "patient moved to another pharmacy"),
            ),
        ),
        Status(
            key="consent_withdrawn",
            label="Consent withdrawn",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=(Reason("consent_withdrawn", "patient withdrew the consent"),),
        ),
        Status(
            key="deceased",
            label="Patient died",
            kind="failed",
            closes=True,
            reasoned=True,
            reasons=(Reason("deceased", "patient died"),),
        ),
    ),
    due=Due(Clock(5, "business_days")),
    typical=(5, 20),
    aside=Aside(),
    details_seen_by=("practice", "hub", "pharmacy"),
)
