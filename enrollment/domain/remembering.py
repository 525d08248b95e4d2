"""What was typed into an enrollment goes back to the records it is typed once for."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts import audit
from enrollment.domain.masters import changed_keys
from enrollment.domain.patients import index_patient
from enrollment.models import Coverage, Document, Enrollment, PracticeProfile, Prescriber
from programs.core.forms import Sheet, fields_once_per

Details = Mapping[str, Any]


def remember(enrollment: Enrollment, form: Sheet, *, now: datetime) -> None:
    """Bring the records up to what was just signed and sent, so that nobody types it again.

    What was left blank here takes nothing away there. Patient and insurance count as
    confirmed now.
    """
    typed: dict[str, dict[str, Any]] = defaultdict(dict)
    for item in form.shown:
        # A paper stands with the insurance already; its id is no fact to type.
        if item.key in enrollment.answers and item.field.type != "file":
            typed[item.field.typed_once_per][item.key] = enrollment.answers[item.key]
    _patient(enrollment, typed["patient"], now=now)
    _coverage(enrollment, typed["coverage"], now=now)
    _practice(enrollment, typed["practice"])
    _prescriber(enrollment.prescriber, typed["prescriber"])


def _patient(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    patient = enrollment.patient
    before, after = patient.details, {**patient.details, **typed}
    patient.details = after
    patient.confirmed_at = now
    index_patient(patient)
    patient.save()
    audit.wrote(patient, action="confirmed", fields=changed_keys(before, after))


def _coverage(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    coverage: Coverage = Coverage.objects.filter(
        patient_id=enrollment.patient_id, ended_on=None
    ).order_by("-confirmed_at").first() or Coverage(
        organization_id=enrollment.organization_id, patient=enrollment.patient, details={}
    )
    before, after = coverage.details, {**coverage.details, **typed}
    coverage.details = after
    coverage.confirmed_at = now
    coverage.save()
    # The card was attached before there was an insurance to keep it with.
    Document.objects.filter(
        enrollment=enrollment,
        coverage=None,
        field__in=[item.key for item in fields_once_per("coverage")],
    ).update(coverage=coverage, enrollment=None)
    audit.wrote(coverage, action="confirmed", fields=changed_keys(before, after))


def _practice(enrollment: Enrollment, typed: Details) -> None:
    profile: PracticeProfile = PracticeProfile.objects.filter(
        organization_id=enrollment.organization_id
    ).first() or PracticeProfile(organization_id=enrollment.organization_id, details={})
    before, after = profile.details, {**profile.details, **typed}
    if changed := changed_keys(before, after):
        profile.details = after
        profile.save()
        audit.wrote(profile, action="changed", fields=changed)


def _prescriber(prescriber: Prescriber, typed: Details) -> None:
    before, after = prescriber.details, {**prescriber.details, **typed}
    if changed := changed_keys(before, after):
        prescriber.details = after
        prescriber.save(update_fields=["details"])
        audit.wrote(prescriber, action="changed", fields=changed)
