"""What an office of the demo does, through the same functions that its pages call."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from enrollment.domain import drafts, signatures, submission
from enrollment.domain.patients import add_coverage, add_patient
from enrollment.management.demo.clinical import clinical_answers
from enrollment.models import Enrollment, Patient, Prescriber
from programs.models import ProgramVersion

MEANS = signatures.Means("Typed name on the office's screen")


@dataclass(frozen=True)
class Office:
    """One practice with the two people the seeding acts as, and its prescriber's row."""

    slug: str
    staff: Actor
    doctor: Actor
    prescriber: Prescriber


def add(
    office: Office, pair: tuple[dict[str, Any], dict[str, Any]], *, now: dt.datetime
) -> Patient:
    """Keep a patient and their insurance."""
    with acting_as(office.staff):
        patient = add_patient(pair[0], by=office.staff, now=now)
        add_coverage(patient.id, pair[1], by=office.staff, now=now)
    return patient


def prepare(
    office: Office, patient: Patient, version: ProgramVersion, *, done: int, now: dt.datetime
) -> Enrollment:
    """A draft: just started (0), answered (1), authorized (2), signed by both (3)."""
    with acting_as(office.staff):
        draft = drafts.start(
            patient_id=patient.id,
            program_version_id=version.id,
            prescriber_id=office.prescriber.id,
            by=office.staff,
            now=now,
        )
        if done >= 1:
            answers = clinical_answers(version.program.key, today=timezone.localdate(now))
            drafts.save_answers(draft.id, answers, seen_revision=0, by=office.staff, now=now)
        if done >= 2:
            authorize(office, draft, patient, now=now)
            signatures.ask_to_sign(draft.id, by=office.staff, now=now)
    if done >= 3:
        certify(office, draft, now=now)
    return draft


def authorize(office: Office, draft: Enrollment, patient: Patient, *, now: dt.datetime) -> None:
    """The patient, or who answers for them, agrees to everything in the office."""
    draft.refresh_from_db()
    shown = signatures.statement_of(draft, "patient", today=timezone.localdate(now))
    parent = draft.answers.get("A20")
    signatures.authorize(
        draft.id,
        signatures.Agreement(
            str(parent or patient.name),
            [consent.key for consent in shown.consents],
            relationship="parent" if parent else "",
        ),
        means=MEANS,
        by=office.staff,
        now=now,
    )


def certify(office: Office, draft: Enrollment, *, now: dt.datetime) -> None:
    """The prescriber reads and signs what stands in it now."""
    with acting_as(office.doctor):
        draft.refresh_from_db()
        shown = signatures.statement_of(draft, "prescriber", today=timezone.localdate(now))
        signatures.certify(
            draft.id, seen_digest=shown.digest("en"), means=MEANS, by=office.doctor, now=now
        )


def send(
    office: Office,
    patient: Patient,
    version: ProgramVersion,
    *,
    urgent: bool,
    now: dt.datetime,
) -> Enrollment:
    """Fill in, sign and submit."""
    draft = prepare(office, patient, version, done=3, now=now)
    with acting_as(office.staff):
        return submission.submit(draft.id, urgent=urgent, by=office.staff, now=now)
