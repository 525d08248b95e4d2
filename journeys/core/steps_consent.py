"""The patient's signature, where an enrollment was sent before it: asked for, and waited for."""

from journeys.core.graph import Aside, Clock, Due, Moment, Opening, Skip, Status, Step

# The day from which on the signature is waited for.
ASKED_ON = "patient_asked_on"
_UNSIGNED = {"field": "patient_signed", "op": "equals", "value": False}
_SIGNED = {"field": "patient_signed", "op": "equals", "value": True}


PATIENT_AUTHORIZATION = Step(
    key="patient_authorization",
    title="Patient's permission to share",
    lane="practice",
    owner="practice",
    action="Ask the patient to sign the permission to share",
    needs=("enrollment_submitted",),
    skips=(Skip(_SIGNED, "The patient signed", ends_as="signed"),),
    statuses=(
        Status(key="asked", label="Waiting for the signature"),
        Status(
            key="reminder_1",
            label="One day without a signature",
            action="Remind the patient to sign",
            comes_at=Moment(ASKED_ON, Clock(1, "days")),
            due=Clock(1, "days"),
        ),
        Status(
            key="reminder_2",
            label="Three days without a signature",
            action="Remind the patient to sign, the second time",
            comes_at=Moment(ASKED_ON, Clock(3, "days")),
            due=Clock(1, "days"),
        ),
        Status(
            key="reminder_3",
            label="Five days without a signature",
            action="Remind the patient to sign, the third time",
            comes_at=Moment(ASKED_ON, Clock(5, "days")),
            due=Clock(1, "days"),
        ),
        Status(
            key="to_call",
            label="Not signed after three reminders",
            action="Call the patient about the signature",
            comes_at=Moment(ASKED_ON, Clock(6, "days")),
            due=Clock(1, "business_days"),
        ),
        Status(key="signed", label="Signed", kind="done"),
    ),
    due=Due(Clock(1, "days")),
    typical=(1, 40),
    seen_by=("practice", "hub"),
    details_seen_by=("practice", "hub"),
    aside=Aside(openings=(Opening(when=_UNSIGNED),)),
)
