"""Beginning: one patient, one prescriber, and a draft for each program that was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.defaults import settled_by
from enrollment.domain.definitions import definition_of
from enrollment.domain.masters import originated
from enrollment.domain.patients import IDENTITY, index_patient
from enrollment.domain.prefill import Known, Source, known_answers
from enrollment.enums import CameBy
from enrollment.models import Enrollment, Patient, Prescriber
from programs.core.forms import union
from programs.models import ProgramVersion


@dataclass(frozen=True)
class _For:
    """For whom, by which prescriber, and together with which others."""

    patient: Patient
    prescriber: Prescriber
    sitting: UUID | None


@transaction.atomic
def start_together(
    program_version_ids: Sequence[UUID],
    *,
    patient_id: UUID,
    prescriber_id: UUID,
    by: Actor,
    now: datetime,
) -> list[Enrollment]:
    """Begin a draft in each program with everything the practice already knows filled in.

    Several are filled in as one form (their sitting), yet each is signed for, sent, revoked and
    withdrawn by itself. In the programs' order of being named. Raises Refused when the actor
    may not, or a program takes no enrollments today; a row's DoesNotExist when it is not the
    practice's.
    """
    rules.require(rules.why_not_start(by))
    wanted = list(dict.fromkeys(program_version_ids))
    rules.require("" if wanted else "Choose at least one program.")
    found = ProgramVersion.objects.select_related("program").in_bulk(wanted)
    if missing := [each for each in wanted if each not in found]:
        raise ProgramVersion.DoesNotExist(str(missing[0]))
    versions = [found[each] for each in wanted]
    for version in versions:
        rules.require(_why_not_open(version, today=timezone.localdate(now)))
    rules.require(_why_not_together(versions))
    whom = _For(
        patient=Patient.objects.get(id=patient_id),
        prescriber=Prescriber.objects.get(id=prescriber_id),
        sitting=uuid4() if len(versions) > 1 else None,
    )
    return [_begin(version, whom, by=by, now=now) for version in versions]


def _why_not_open(version: ProgramVersion, *, today: date) -> str:
    ended = version.valid_until is not None and version.valid_until < today
    if not version.program.active or version.published_at is None or ended:
        return "This version of the program takes no new enrollments; choose the program again."
    if version.valid_from > today:
        return f"This version of the program starts on {version.valid_from:%b %-d, %Y}."
    return ""


def _why_not_together(versions: Sequence[ProgramVersion]) -> str:
    if len({version.program_id for version in versions}) < len(versions):
        return "The same program was chosen twice; choose each program once."
    return ""


def _begin(version: ProgramVersion, whom: _For, *, by: Actor, now: datetime) -> Enrollment:
    patient = whom.patient
    known = known_answers(
        definition_of(version),
        patient=patient,
        prescriber=whom.prescriber,
        sitting=whom.sitting,
        now=now,
        today=timezone.localdate(now),
    )
    enrollment = Enrollment(
        organization_id=rules.practice_of(by),
        patient=patient,
        prescriber=whom.prescriber,
        program_version=version,
        sitting=whom.sitting,
        answers=known.answers,
        changes=known.changes,
        created_by_id=rules.person_of(by),
        created_at=now,
        updated_at=now,
    )
    enrollment.save(force_insert=True)
    audit.read(patient, fields=sorted(known.answers), purpose="prefill an enrollment")
    audit.wrote(enrollment, action="started", fields=sorted(known.answers))
    return enrollment


@dataclass(frozen=True, kw_only=True)
class KeyedDraft:
    """An enrollment that a hub keys: by whom it was prescribed, how and when it came to which hub,
    and what was read off it so far, in words from where.
    """

    enrollment_id: UUID
    prescriber_id: UUID
    hub_id: UUID
    came_by: CameBy
    came_at: datetime
    source: str
    answers: Mapping[str, str]


@transaction.atomic
def start_keyed(
    version: ProgramVersion, keyed: KeyedDraft, *, by: Actor, now: datetime
) -> Enrollment:
    """Begin a draft with what the hub read and what the program settles, and nothing else.

    The patient gets a row of this enrollment's own: whether the practice has them already is
    looked at when it is sent, so that the hub learns nothing of it. Raises Refused.
    """
    rules.require(rules.why_not_begin_keyed(by, keyed.enrollment_id))
    today = timezone.localdate(now)
    rules.require(_why_not_open(version, today=today))
    definition, known = definition_of(version), Known()
    wanted = {item.key: item.field for item in union([definition])}
    known.take(Source(keyed.source, keyed.answers), wanted=wanted, now=now)
    settled = Source("the program", settled_by(definition, known.answers, today=today))
    known.take(settled, wanted=wanted, now=now)
    practice_id = rules.practice_of(by)
    details = {key: keyed.answers[key] for key in IDENTITY}
    patient = Patient(
        organization_id=practice_id,
        details=details,
        origins=originated({}, {}, details, by=by, now=now, source=keyed.source),
        created_at=now,
        confirmed_at=now,
    )
    index_patient(patient)
    patient.save(force_insert=True)
    enrollment = Enrollment(
        id=keyed.enrollment_id,
        organization_id=practice_id,
        patient=patient,
        prescriber=Prescriber.objects.get(id=keyed.prescriber_id, active=True),
        program_version=version,
        answers=known.answers,
        changes=known.changes,
        created_by_id=rules.person_of(by),
        created_at=now,
        updated_at=now,
        keyed_by_id=keyed.hub_id,
        came_by=keyed.came_by,
        came_at=keyed.came_at,
    )
    enrollment.save(force_insert=True)
    audit.wrote(enrollment, action="keyed", fields=sorted(known.answers))
    return enrollment
