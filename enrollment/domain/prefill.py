"""What is known already when a draft begins, each answer with where it came from and since when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from enrollment.domain.defaults import settled_by
from enrollment.domain.documents import by_question
from enrollment.domain.queries.patients import current_coverage
from enrollment.enums import EnrollmentStatus
from enrollment.models import (
    ClinicalFact,
    Document,
    Enrollment,
    Patient,
    PracticeProfile,
    Prescriber,
)
from programs.core.conditions import is_present
from programs.core.definition import Definition
from programs.core.fields import Field
from programs.core.forms import union

# What drafts before this one may lend while its records do not have it yet.
MOST_EARLIER = 10
LENT = frozenset({"patient", "coverage", "clinical"})


class Source(NamedTuple):
    """Values of one origin, in words, and when each was last confirmed."""

    words: str
    values: Mapping[str, Any]
    confirmed_at: Mapping[str, datetime] | datetime | None = None
    first_use: bool = False
    """Typed for this very form: no earlier one had any use of it."""


@dataclass
class Known:
    """Answers to start from, and per field what its history begins with."""

    answers: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, source: Source, *, wanted: Mapping[str, object], now: datetime) -> None:
        """Add what is wanted and not known yet."""
        for key, value in source.values.items():
            if key in self.answers or key not in wanted:
                continue
            self.answers[key] = value
            change: dict[str, Any] = {
                "revision": 0,
                "source": source.words,
                "at": now.isoformat(),
            }
            if source.first_use:
                change["first_use"] = True
            since = source.confirmed_at
            confirmed = since.get(key) if isinstance(since, Mapping) else since
            if confirmed is not None:
                change["as_of"] = confirmed.date().isoformat()
            self.changes[key] = change


def known_answers(
    definition: Definition,
    *,
    patient: Patient,
    prescriber: Prescriber,
    sitting: UUID | None = None,
    now: datetime,
    today: date,
) -> Known:
    """Everything the practice has typed before that this program asks, then today as the day
    it is written, and what the program settles.
    """
    items = {item.key: item.field for item in union([definition])}
    known, earlier = Known(), _earlier(patient.id, sitting=sitting)
    for source in _records(patient, prescriber):
        # What is typed once per patient was typed for the first form that asks it.
        first = earlier is None and source.words in ("patient record", "insurance record")
        known.take(source._replace(first_use=first), wanted=items, now=now)
    lent = {key: asked for key, asked in items.items() if _lends(asked)}
    if earlier:
        known.take(earlier, wanted=lent, now=now)
    # Nearly always the day it is filled in; whoever signs sees it, and the office may change it.
    known.take(Source("today", {"F8": today.isoformat()}), wanted=items, now=now)
    chosen = settled_by(definition, known.answers, today=today)
    known.take(Source("the program", chosen), wanted=items, now=now)
    return known


def _lends(asked: Field) -> bool:
    """A document stays with the enrollment or the insurance that it was attached to."""
    return asked.typed_once_per in LENT and asked.type != "file"


def _records(patient: Patient, prescriber: Prescriber) -> Iterator[Source]:
    yield Source("patient record", patient.details, patient.confirmed_at)
    if coverage := current_coverage(patient):
        yield Source("insurance record", coverage.details, coverage.confirmed_at)
        papers = by_question(Document.objects.filter(coverage=coverage))
        yield Source("insurance record", papers, coverage.confirmed_at)
    profile: PracticeProfile | None = PracticeProfile.objects.filter(
        organization_id=patient.organization_id
    ).first()
    if profile is not None:
        yield Source("practice profile", profile.details, profile.confirmed_at)
    yield Source("prescriber record", prescriber.details, prescriber.confirmed_at)
    facts = list(ClinicalFact.objects.filter(patient=patient))
    yield Source(
        "clinical record",
        {fact.field: fact.value for fact in facts},
        {fact.field: fact.confirmed_at for fact in facts},
    )


def _earlier(patient_id: UUID, *, sitting: UUID | None) -> Source | None:
    """What was answered in the patient's forms before this sitting, the latest first."""
    rows = Enrollment.objects.filter(patient_id=patient_id).exclude(
        status=EnrollmentStatus.WITHDRAWN
    )
    if sitting is not None:
        rows = rows.exclude(sitting=sitting)
    found: dict[str, tuple[Any, datetime]] = {}
    for row in rows.order_by("-updated_at")[:MOST_EARLIER]:
        # What the later form left empty on purpose is not brought back from one before it.
        for key in (*row.answers, *row.changes):
            found.setdefault(key, (row.answers.get(key), row.updated_at))
    if not found:
        return None
    given = {key: told for key, told in found.items() if is_present(told[0])}
    return Source(
        "earlier enrollment",
        {key: value for key, (value, _at) in given.items()},
        {key: at for key, (_value, at) in given.items()},
    )
