"""What is known already when a draft begins, each answer with where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from enrollment.domain.documents import by_question
from enrollment.enums import EnrollmentStatus
from enrollment.models import Coverage, Document, Enrollment, Patient, PracticeProfile, Prescriber
from programs.core.definition import Definition
from programs.core.fields import Choice
from programs.core.forms import union

# Picks that a program with one diagnosis, product or dose leaves no choice about.
ONLY_CHOICE = ("E1", "F1", "F2", "F3")


@dataclass
class Known:
    """Answers to start from, and in words where each came from."""

    answers: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def take(self, values: Mapping[str, Any], *, source: str) -> None:
        """Add what is not known yet."""
        for key, value in values.items():
            if key not in self.answers:
                self.answers[key] = value
                self.sources[key] = source


def known_answers(definition: Definition, *, patient: Patient, prescriber: Prescriber) -> Known:
    """Everything the practice has typed before that this program asks."""
    items = {item.key: item.field for item in union([definition])}
    known = Known()
    for source, values in _masters(patient, prescriber):
        known.take({key: values[key] for key in values if key in items}, source=source)
    clinical = {key for key, asked in items.items() if asked.typed_once_per == "clinical"}
    earlier = _earlier_answers(patient.id)
    known.take({key: earlier[key] for key in clinical & set(earlier)}, source="earlier enrollment")
    known.take(
        {
            key: items[key].choices[0].code
            for key in ONLY_CHOICE
            if key in items and _only(items[key].choices)
        },
        source="the program",
    )
    return known


def _masters(patient: Patient, prescriber: Prescriber) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "patient record", patient.details
    coverage: Coverage | None = (
        Coverage.objects.filter(patient=patient, ended_on=None).order_by("-confirmed_at").first()
    )
    if coverage is not None:
        yield "insurance record", coverage.details
        yield "insurance record", by_question(Document.objects.filter(coverage=coverage))
    profile: PracticeProfile | None = PracticeProfile.objects.filter(
        organization_id=patient.organization_id
    ).first()
    if profile is not None:
        yield "practice profile", profile.details
    yield "prescriber record", prescriber.details


def _earlier_answers(patient_id: UUID) -> Mapping[str, Any]:
    earlier: Enrollment | None = (
        Enrollment.objects.filter(patient_id=patient_id)
        .exclude(status=EnrollmentStatus.WITHDRAWN)
        .order_by("-updated_at")
        .first()
    )
    return earlier.answers if earlier is not None else {}


def _only(choices: tuple[Choice, ...]) -> bool:
    return len(choices) == 1
