"""What was typed into an enrollment goes back to the records it is typed once for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts import audit
from enrollment.domain.masters import changed_keys
from enrollment.domain.patients import index_patient
from enrollment.domain.queries.patients import current_coverage
from enrollment.models import ClinicalFact, Coverage, Document, Enrollment, PracticeProfile
from programs.core.forms import Sheet, fields_once_per

Details = Mapping[str, Any]


def remember(enrollment: Enrollment, form: Sheet, *, now: datetime) -> None:
    """Bring the records up to what was just signed and sent, so that nobody types it again.

    What was left blank here takes nothing away there. Patient and insurance count as
    confirmed now. What a hub keyed changes nothing that the office said itself: it is
    remembered of a patient whom the office did not have, and of nothing else.
    """
    keyed = enrollment.keyed_by_id is not None
    if keyed and enrollment.patient.created_at < enrollment.created_at:
        return
    typed: dict[str, dict[str, Any]] = defaultdict(dict)
    for item in form.shown:
        # A paper stands with the insurance already; its id is no fact to type.
        if item.key in enrollment.answers and item.field.type != "file":
            typed[item.field.typed_once_per][item.key] = enrollment.answers[item.key]
    _patient(enrollment, typed["patient"], now=now)
    _coverage(enrollment, typed["coverage"], now=now)
    if not keyed:
        _practice(enrollment, typed["practice"], now=now)
        _prescriber(enrollment, typed["prescriber"], now=now)
    _clinical(enrollment, typed["clinical"], now=now)


def _origin(enrollment: Enrollment, key: str, *, now: datetime) -> dict[str, Any]:
    """Where an answer of this enrollment came from, to stand at the record's value."""
    change = enrollment.changes.get(key, {})
    kept = {word: change[word] for word in ("source", "by", "name", "at") if change.get(word)}
    return {"source": "typed", "at": now.isoformat(), **kept}


def _origins(
    enrollment: Enrollment, origins: Details, changed: Iterable[str], *, now: datetime
) -> dict[str, Any]:
    return {**origins, **{key: _origin(enrollment, key, now=now) for key in changed}}


def _patient(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    patient = enrollment.patient
    before, after = patient.details, {**patient.details, **typed}
    changed = changed_keys(before, after)
    patient.details = after
    patient.origins = _origins(enrollment, patient.origins, changed, now=now)
    patient.confirmed_at = now
    index_patient(patient)
    patient.save()
    audit.wrote(patient, action="confirmed", fields=changed)


def _coverage(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    coverage = current_coverage(enrollment.patient) or Coverage(
        organization_id=enrollment.organization_id,
        patient=enrollment.patient,
        details={},
        starts_on=timezone.localdate(now),
    )
    before, after = coverage.details, {**coverage.details, **typed}
    changed = changed_keys(before, after)
    coverage.details = after
    coverage.origins = _origins(enrollment, coverage.origins, changed, now=now)
    coverage.confirmed_at = now
    coverage.save()
    # The card was attached before there was an insurance to keep it with.
    Document.objects.filter(
        enrollment=enrollment,
        coverage=None,
        field__in=[item.key for item in fields_once_per("coverage")],
    ).update(coverage=coverage, enrollment=None)
    audit.wrote(coverage, action="confirmed", fields=changed)


def _practice(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    profile: PracticeProfile = PracticeProfile.objects.filter(
        organization_id=enrollment.organization_id
    ).first() or PracticeProfile(organization_id=enrollment.organization_id, details={})
    before, after = profile.details, {**profile.details, **typed}
    if changed := changed_keys(before, after):
        profile.details = after
        profile.origins = _origins(enrollment, profile.origins, changed, now=now)
        profile.save()
        audit.wrote(profile, action="changed", fields=changed)


def _prescriber(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    prescriber = enrollment.prescriber
    before, after = prescriber.details, {**prescriber.details, **typed}
    if changed := changed_keys(before, after):
        prescriber.details = after
        prescriber.origins = _origins(enrollment, prescriber.origins, changed, now=now)
        prescriber.save(update_fields=["details", "origins"])
        audit.wrote(prescriber, action="changed", fields=changed)


def _clinical(enrollment: Enrollment, typed: Details, *, now: datetime) -> None:
    """Each clinical answer as a fact of the patient. One that only came along from an earlier
    confirmation keeps its age.
    """
    patient = enrollment.patient
    known = {fact.field: fact for fact in ClinicalFact.objects.filter(patient=patient)}
    for key, value in typed.items():
        fact = known.get(key) or ClinicalFact(
            organization_id=enrollment.organization_id, patient=patient, field=key, value=None
        )
        came_along = "as_of" in enrollment.changes.get(key, {})
        if fact.value == value and came_along:
            continue
        fact.value = value
        fact.origin = _origin(enrollment, key, now=now)
        fact.confirmed_at = now
        fact.save()
    if typed:
        audit.wrote(patient, action="clinical facts kept", fields=sorted(typed))
