"""Loads for the pages about patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts.phi import blind_index, search_text
from enrollment.domain.patients import identity_of
from enrollment.models import Coverage, Patient

PAGE = 50
# A word's digests are kept from two letters on, up to twelve.
SHORTEST, LONGEST = 2, 12


@dataclass(frozen=True)
class PatientPage:
    """Some patients, newest first; `after` is where the next page begins, empty at the end."""

    patients: Sequence[Patient]
    after: str = ""


def newest_patients(*, after: str = "", size: int = PAGE) -> PatientPage:
    """The practice's patients, newest first, from a place on that an earlier page gave."""
    rows: QuerySet[Patient] = Patient.objects.order_by("-created_at", "-id")
    if place := _place(after):
        created_at, patient_id = place
        rows = rows.filter(
            Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=patient_id)
        )
    found = list(rows[: size + 1])
    more = len(found) > size
    last = found[size - 1] if more else None
    return PatientPage(found[:size], f"{last.created_at.isoformat()}~{last.id}" if last else "")


def _place(after: str) -> tuple[datetime, UUID] | None:
    """Read a place in the list; a mistyped one is the beginning."""
    created_at, _, patient_id = after.partition("~")
    try:
        return datetime.fromisoformat(created_at), UUID(patient_id)
    except ValueError:
        return None


def find_patients(text: str, *, organization_id: UUID, limit: int = PAGE) -> list[Patient]:
    """Patients whose names begin like every word of `text`; one letter alone finds nobody."""
    digests = name_digests(text, organization_id=organization_id)
    if not digests:
        return []
    return list(
        Patient.objects.filter(search_tokens__contains=digests).order_by("-created_at")[:limit]
    )


def name_digests(text: str, *, organization_id: UUID) -> list[bytes]:
    """The digests to look a typed name up by, under one organization's key."""
    words = [word[:LONGEST] for word in search_text(text).split() if len(word) >= SHORTEST]
    return [blind_index(word, organization_id=organization_id) for word in words]


def same_person(
    details: dict[str, Any], *, organization_id: UUID, other_than: UUID | None = None
) -> list[Patient]:
    """Rows with the same name and date of birth."""
    rows = Patient.objects.filter(
        identity_index=identity_of(details, organization_id=organization_id)
    )
    return list(rows.exclude(id=other_than).order_by("created_at"))


def coverages(patient: Patient) -> list[Coverage]:
    """Every insurance of a patient: what comes, what stands, what stood; the latest first."""
    rows = Coverage.objects.filter(patient=patient)
    return list(rows.order_by(F("starts_on").desc(nulls_last=True), "-confirmed_at"))


def current_coverage(patient: Patient) -> Coverage | None:
    """The insurance that stands today, by the database's day."""
    rows = Coverage.objects.filter(patient=patient).filter(
        Q(starts_on=None) | Q(starts_on__lte=Now()), Q(ended_on=None) | Q(ended_on__gt=Now())
    )
    standing: Coverage | None = rows.order_by(
        F("starts_on").desc(nulls_last=True), "-confirmed_at"
    ).first()
    return standing
