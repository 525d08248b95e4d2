"""The life of a draft: start it, answer it, ask for the signature, withdraw it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.answering import keep_answers
from enrollment.domain.definitions import definition_of
from enrollment.domain.locking import lock
from enrollment.domain.masters import Unacceptable
from enrollment.domain.prefill import known_answers
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Patient, Prescriber
from programs.core.definition import Definition
from programs.core.forms import check_item, file_questions, read_answers, sheet
from programs.models import ProgramVersion

# More than any answer needs; what a field may hold is the catalogue's to say.
LONGEST_ANSWER = 5_000
MOST_CHOICES = 100
ATTACH = "This is answered by attaching a file, not by typing."
TOO_LONG = "This is longer than any answer here can be; it was not kept."


@dataclass(frozen=True)
class Saved:
    """What was kept: the draft's new revision and the fields that changed."""

    revision: int
    saved_at: datetime
    changed: tuple[str, ...]
    wrong: Mapping[str, list[str]]
    """What is wrong with the answers given, kept as typed, in sentences by field."""
    unsigned: tuple[str, ...] = ()
    """Kinds of signature that no longer stand because of it."""


@dataclass(frozen=True)
class Clash:
    """One field that somebody else changed after it was shown: both values, nothing lost."""

    key: str
    theirs: Any
    yours: Any
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Conflict(Saved):
    """As Saved, but these fields were left as the other person wrote them."""

    clashes: tuple[Clash, ...] = ()


@transaction.atomic
def start(
    *, patient_id: UUID, program_version_id: UUID, prescriber_id: UUID, by: Actor, now: datetime
) -> Enrollment:
    """Begin a draft with everything the practice already knows filled in.

    Raises Refused when the actor may not, or the program takes no enrollments today; a row's
    DoesNotExist when it is not the practice's.
    """
    rules.require(rules.why_not_start(by))
    today = timezone.localdate(now)
    version = ProgramVersion.objects.select_related("program").get(id=program_version_id)
    rules.require(_why_not_open(version, today=today))
    patient: Patient = Patient.objects.get(id=patient_id)
    prescriber: Prescriber = Prescriber.objects.get(id=prescriber_id)
    known = known_answers(definition_of(version), patient=patient, prescriber=prescriber)
    enrollment = Enrollment(
        organization_id=rules.practice_of(by),
        patient=patient,
        prescriber=prescriber,
        program_version=version,
        answers=known.answers,
        changes={
            key: {"revision": 0, "source": source, "at": now.isoformat()}
            for key, source in known.sources.items()
        },
        created_by_id=rules.person_of(by),
        created_at=now,
        updated_at=now,
    )
    enrollment.save(force_insert=True)
    audit.read(patient, fields=sorted(known.answers), purpose="prefill an enrollment")
    audit.wrote(enrollment, action="started", fields=sorted(known.answers))
    return enrollment


def _why_not_open(version: ProgramVersion, *, today: date) -> str:
    ended = version.valid_until is not None and version.valid_until < today
    if not version.program.active or version.published_at is None or ended:
        return "This version of the program takes no new enrollments; choose the program again."
    if version.valid_from > today:
        return f"This version of the program starts on {version.valid_from:%b %-d, %Y}."
    return ""


@transaction.atomic
def save_answers(
    enrollment_id: UUID,
    answers: Mapping[str, Any],
    *,
    seen_revision: int,
    by: Actor,
    now: datetime,
) -> Saved | Conflict:
    """Keep these answers, except where somebody else changed the same field since
    `seen_revision`: those come back as clashes and stay as they are.

    A blank takes an answer away. What is wrong is kept as it was typed and told in `wrong`.
    Raises Unacceptable, keeping nothing, for a question the program does not ask or a value
    that no form sends; Refused when the actor may not, or the enrollment no longer changes.
    """
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_answer(by, enrollment))
    definition = definition_of(enrollment.program_version)
    today = timezone.localdate(now)
    values = _readable(definition, answers)
    stored = enrollment.answers
    differing = {key: value for key, value in values.items() if stored.get(key) != value}
    clashes = tuple(
        _clash(enrollment, key, value)
        for key, value in differing.items()
        if enrollment.changes.get(key, {}).get("revision", 0) > seen_revision
    )
    refused = {clash.key for clash in clashes}
    kept = {key: value for key, value in differing.items() if key not in refused}
    unsigned = keep_answers(enrollment, kept, by=by, now=now) if kept else ()
    changed = tuple(sorted(kept))
    wrong = _wrong(definition, enrollment.answers, set(values) - refused, today=today)
    if clashes:
        return Conflict(enrollment.revision, now, changed, wrong, unsigned, clashes)
    return Saved(enrollment.revision, now, changed, wrong, unsigned)


def _readable(definition: Definition, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in canonical form, or as typed where they have none."""
    values, wrong = read_answers([definition], raw)
    refused = {key: said for key, said in wrong.items() if key not in values}
    refused |= {key: [ATTACH] for key in set(values) & file_questions([definition])}
    refused |= {key: [TOO_LONG] for key, value in values.items() if not _storable(value)}
    if refused:
        raise Unacceptable(refused)
    return values


def _storable(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_CHOICES and all(_storable(one) for one in value)
    if isinstance(value, str):
        return len(value) <= LONGEST_ANSWER
    return value is None or isinstance(value, bool | int)


def _wrong(
    definition: Definition, answers: Mapping[str, Any], keys: Collection[str], *, today: date
) -> dict[str, list[str]]:
    form = sheet([definition], answers, today=today)
    return {
        item.key: said
        for item in form.shown
        if item.key in keys and (said := check_item(form, item, today=today))
    }


def _clash(enrollment: Enrollment, key: str, value: Any) -> Clash:
    change = enrollment.changes[key]
    return Clash(
        key=key,
        theirs=enrollment.answers.get(key),
        yours=value,
        changed_by=change.get("name", ""),
        changed_at=datetime.fromisoformat(change["at"]),
    )


@transaction.atomic
def withdraw(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Give a draft up for good; its answers are kept and nothing is sent. Raises Refused."""
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_withdraw(by, enrollment))
    enrollment.status = EnrollmentStatus.WITHDRAWN
    enrollment.signing_requested_at = None
    enrollment.updated_at = now
    enrollment.save(update_fields=["status", "signing_requested_at", "updated_at"])
    audit.wrote(enrollment, action="withdrawn")
    return enrollment
