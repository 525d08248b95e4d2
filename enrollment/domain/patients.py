"""What an office does with its patients and their insurance."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.phi import blind_index, blind_prefixes
from enrollment import rules
from enrollment.domain.masters import Changed, Unacceptable, changed_keys, originated, read_once
from enrollment.models import (
    ClinicalFact,
    Coverage,
    Document,
    Enrollment,
    Patient,
    Prefill,
    SigningLink,
)

IDENTITY = ("A1", "A3", "A5")
# What the office may have kept with a patient.
KEPT_WITH = (ClinicalFact, Coverage, Document, Enrollment, Prefill, SigningLink)
Details = Mapping[str, Any]


def add_patient(details: Details, *, by: Actor, now: datetime) -> Patient:
    """Keep a new patient. Name and date of birth are needed; the rest can follow.

    Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_patients(by))
    kept = _patient_details(details, today=timezone.localdate(now))
    patient = Patient(
        organization_id=rules.practice_of(by),
        details=kept,
        origins=originated({}, {}, kept, by=by, now=now),
        created_at=now,
        confirmed_at=now,
    )
    index_patient(patient)
    patient.save(force_insert=True)
    audit.wrote(patient, action="added", fields=sorted(kept))
    return patient


@transaction.atomic
def change_patient(
    patient_id: UUID, details: Details, *, seen_at: datetime | None = None, by: Actor, now: datetime
) -> Patient:
    """Replace what is known about a patient.

    With `seen_at`, raises Changed when the row was changed after that instant, and keeps
    nothing. Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_patients(by))
    patient: Patient = Patient.objects.select_for_update().get(id=patient_id)
    kept = _patient_details(details, today=timezone.localdate(now))
    before = patient.details
    if seen_at is not None and patient.confirmed_at != seen_at:
        raise Changed({key: before.get(key) for key in changed_keys(before, kept)})
    patient.details = kept
    patient.origins = originated(patient.origins, before, kept, by=by, now=now)
    patient.confirmed_at = now
    index_patient(patient)
    patient.save()
    audit.wrote(patient, action="changed", fields=changed_keys(before, kept))
    return patient


def _patient_details(details: Details, *, today: date) -> dict[str, Any]:
    kept = read_once("patient", details, today=today)
    if lacking := [key for key in IDENTITY if key not in kept]:
        raise Unacceptable({key: ["This is needed to tell the patient apart."] for key in lacking})
    return kept


def index_patient(patient: Patient) -> None:
    """Write the digests that a patient is found by."""
    organization_id = patient.organization_id
    patient.search_tokens = blind_prefixes(patient.name, organization_id=organization_id)
    patient.identity_index = identity_of(patient.details, organization_id=organization_id)


def identity_of(details: Details, *, organization_id: UUID) -> bytes:
    """The digest by which a second row for the same person is noticed."""
    text = " ".join(str(details.get(key, "")) for key in IDENTITY)
    return blind_index(text, organization_id=organization_id)


def remove_bare_patient(patient_id: UUID) -> None:
    """Take away the row of a patient, unless anything is kept with it."""
    if not any(model.objects.filter(patient=patient_id).exists() for model in KEPT_WITH):
        Patient.objects.filter(pk=patient_id).delete()


@transaction.atomic
def add_coverage(
    patient_id: UUID,
    details: Details,
    *,
    starts_on: date | None = None,
    by: Actor,
    now: datetime,
) -> Coverage:
    """Keep a patient's insurance. What stood until then ends on the day it starts: today, or a
    day ahead, such as the first of the next plan year.

    Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_patients(by))
    today = timezone.localdate(now)
    starts_on = starts_on or today
    if starts_on < today:
        raise Unacceptable({"starts_on": ["New insurance starts today or later."]})
    patient = Patient.objects.get(id=patient_id)
    kept = read_once("coverage", details, today=today)
    standing = Coverage.objects.filter(patient=patient)
    standing.filter(Q(ended_on=None) | Q(ended_on__gt=starts_on)).update(ended_on=starts_on)
    coverage = Coverage(
        organization_id=patient.organization_id,
        patient=patient,
        details=kept,
        origins=originated({}, {}, kept, by=by, now=now),
        starts_on=starts_on,
        confirmed_at=now,
    )
    coverage.save(force_insert=True)
    audit.wrote(coverage, action="added", fields=sorted(kept))
    return coverage


@transaction.atomic
def end_coverage(coverage_id: UUID, *, by: Actor, now: datetime) -> Coverage:
    """This insurance counts from today on no longer; it is kept to be read. Raises Refused."""
    rules.require(rules.why_not_edit_patients(by))
    coverage: Coverage = Coverage.objects.select_for_update().get(id=coverage_id)
    coverage.ended_on = timezone.localdate(now)
    coverage.save(update_fields=["ended_on"])
    audit.wrote(coverage, action="ended")
    return coverage


@transaction.atomic
def change_coverage(
    coverage_id: UUID,
    details: Details,
    *,
    seen_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Coverage:
    """Correct what is known about an insurance. Raises as `change_patient` does."""
    rules.require(rules.why_not_edit_patients(by))
    coverage: Coverage = Coverage.objects.select_for_update().get(id=coverage_id)
    kept = read_once("coverage", details, today=timezone.localdate(now))
    before = coverage.details
    if seen_at is not None and coverage.confirmed_at != seen_at:
        raise Changed({key: before.get(key) for key in changed_keys(before, kept)})
    coverage.details = kept
    coverage.origins = originated(coverage.origins, before, kept, by=by, now=now)
    coverage.confirmed_at = now
    coverage.save()
    audit.wrote(coverage, action="changed", fields=changed_keys(before, kept))
    return coverage
