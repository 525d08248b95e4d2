"""Stories of what comes in: duplicates, a missing signature, two programs, an outage, an NPI."""

from accounts.tenancy import acting_as
from enrollment.domain import drafts, signatures
from enrollment.management.demo.office import authorize, certify, prepare
from enrollment.management.scenarios.access import HUB, verified
from enrollment.management.scenarios.practice import (
    amend,
    enroll,
    enroll_unsigned,
    hand_over,
    keep,
    lakeside,
    sign_by_phone,
    version_of,
)
from enrollment.management.scenarios.stage import Stage, person
from journeys.domain import intake

JONAH = "jonah@beacon.example"
QUEUED = 5
TYPED_WRONG, ANOTHERS = "2000003031", "2000003055"


def duplicate(stage: Stage) -> None:
    """The same enrollment comes by portal and again from a fax; one case goes on."""
    stage.begin(days=1)
    patient = keep(stage, stage.a_patient())
    _first, journey = enroll(stage, "veltrana", patient)
    stage.later(hours=16)
    _second, again = enroll(stage, "veltrana", patient)
    stage.arrived(again)
    stage.tells(HUB, journey, "intake_review", "accepted")
    note = f"Your fax was attached to case {journey.number}."
    stage.tells(HUB, again, "intake_review", "duplicate_merged", note=note)
    verified(stage, journey)


def missing_signature(stage: Stage) -> None:
    """The patient left before signing: what needs no signature begins, the rest waits for it."""
    stage.begin(days=2)
    patient = keep(stage, stage.a_patient())
    _sent, journey = enroll_unsigned(stage, "veltrana", patient)
    stage.arrived(journey)
    stage.tells(HUB, journey, "intake_review", "accepted")
    verified(stage, journey)
    stage.later(hours=7)
    sign_by_phone(stage, patient)
    stage.arrived(journey)


def two_therapies(stage: Stage) -> None:
    """One patient, two manufacturers: each hub works, and knows nothing of the other."""
    stage.begin(days=1)
    patient = keep(stage, stage.a_patient())
    _sent, first = enroll(stage, "veltrana", patient)
    _sent, second = enroll(stage, "ossivue", patient)
    stage.arrived(first)
    stage.tells(HUB, first, "intake_review", "accepted")
    # A hub that guesses the other journey's number is answered as if there were none.
    stage.tells(HUB, second, "intake_review", "accepted", again=0)
    by = person(JONAH)
    with acting_as(by):
        intake.accept(second.id, by=by, now=stage.clock)
    stage.say(f"{second.number}  {by.name} accepts in the portal")
    verified(stage, first)


def hub_outage(stage: Stage) -> None:
    """The hub's system is down; everything that was sent meanwhile arrives once, in order."""
    stage.begin(days=0.25)
    stage.voice.outage(down=True)
    try:
        for _ in range(QUEUED):
            enroll(stage, "veltrana", keep(stage, stage.a_patient()))
            stage.later(hours=1)
    finally:
        stage.voice.outage(down=False)
    stage.say("The hub's system is back.")
    for journey in stage.journeys:
        stage.arrived(journey)
        stage.tells(HUB, journey, "intake_review", "accepted")


def wrong_npi(stage: Stage) -> None:
    """A digit too many is told while typing; a wrong person's NPI is corrected for everyone."""
    stage.begin(days=1)
    office, patient = lakeside(), keep(stage, stage.a_patient())
    draft = prepare(office, patient, version_of("veltrana"), done=1, now=stage.clock)
    with acting_as(office.staff):
        answer = {"D4": TYPED_WRONG}
        saved = drafts.save_answers(
            draft.id, answer, seen_revision=10_000, by=office.staff, now=stage.clock
        )
        stage.say(f"Typed {TYPED_WRONG}: {' '.join(map(str, saved.wrong.get('D4', ())))}")
        answer = {"D4": ANOTHERS}
        drafts.save_answers(
            draft.id, answer, seen_revision=10_000, by=office.staff, now=stage.clock
        )
        authorize(office, draft, patient, now=stage.clock)
        signatures.ask_to_sign(draft.id, by=office.staff, now=stage.clock)
    certify(office, draft, now=stage.clock)
    sent, journey = hand_over(stage, draft)
    stage.arrived(journey)
    stage.tells(HUB, journey, "intake_review", "accepted")
    stage.later(hours=4)
    amend(stage, sent, {"D4": office.prescriber.details["D4"]})
    stage.arrived(journey)
