"""The life of a draft: start it, answer it, ask for the signature, withdraw it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.together import answers_apart, named_together
from enrollment.domain.answering import keep_each
from enrollment.domain.defaults import picks_left
from enrollment.domain.locking import lock
from enrollment.domain.masters import Unacceptable
from enrollment.domain.sittings import Sitting, lock_sitting
from enrollment.domain.starting import start_together
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from journeys.domain.notifying import settle_form
from programs.core.definition import Definition
from programs.core.forms import check_answers, file_questions, read_answers

# More than any answer needs; what a field may hold is the catalogue's to say.
LONGEST_ANSWER = 5_000
MOST_CHOICES = 100
ATTACH = "This is answered by attaching a file, not by typing."
TOO_LONG = "This is longer than any answer here can be; it was not kept."


@dataclass(frozen=True)
class Saved:
    """What was kept: the drafts of the sitting as they stand now, and the fields that changed."""

    rows: Sequence[Enrollment]
    saved_at: datetime
    changed: tuple[str, ...]
    wrong: Mapping[str, list[str]]
    """What is wrong with the answers given, kept as typed, in sentences by field."""
    unsigned: tuple[str, ...] = ()
    """Kinds of signature that no longer stand because of it."""

    @property
    def revision(self) -> int:
        """That all drafts of the sitting stand at."""
        return Sitting(self.rows).revision


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


@dataclass(frozen=True)
class Basis:
    """What answers that are given rest on: the later revision at which a field, by its key, was
    seen again, and what they were read off, in words; "typed" by who knows them.
    """

    seen_since: Mapping[str, int] = field(default_factory=dict)
    source: str = "typed"


TYPED = Basis()


def start(
    *, patient_id: UUID, program_version_id: UUID, prescriber_id: UUID, by: Actor, now: datetime
) -> Enrollment:
    """Begin one draft; as `starting.start_together` for one program, and it raises the same."""
    (only,) = start_together(
        [program_version_id],
        patient_id=patient_id,
        prescriber_id=prescriber_id,
        by=by,
        now=now,
    )
    return only


@transaction.atomic
def save_answers(
    enrollment_id: UUID,
    answers: Mapping[str, Any],
    *,
    seen_revision: int,
    basis: Basis = TYPED,
    by: Actor,
    now: datetime,
) -> Saved | Conflict:
    """Keep these answers, except where somebody else changed the same field since
    `seen_revision` or what the `basis` says: those come back as clashes and stay as they are.

    Answers are keyed as the form of the whole sitting has them, and each goes into every draft
    of it that asks for it; a key of this one enrollment's program alone is understood too. A
    blank takes an answer away. What is wrong is kept as it was typed and told in `wrong`.
    Raises Unacceptable, keeping nothing, for a question no program asks or a value that no
    form sends; Refused when the actor may not, or the enrollment no longer changes.
    """
    sitting = lock_sitting(enrollment_id)
    rules.require(rules.why_not_answer(by, sitting.row(enrollment_id)))
    today = timezone.localdate(now)
    named = named_together(sitting.definitions, sitting.program_of(enrollment_id), answers)
    values = _readable(sitting.definitions, named)
    stored, changes = sitting.answers, sitting.changes
    differing = {key: value for key, value in values.items() if stored.get(key) != value}
    clashes = tuple(
        _clash(key, value, theirs=stored.get(key), change=changes[key])
        for key, value in differing.items()
        if changes.get(key, {}).get("revision", 0)
        > max(seen_revision, basis.seen_since.get(key, 0))
    )
    refused = {clash.key for clash in clashes}
    kept = {key: value for key, value in differing.items() if key not in refused}
    own = answers_apart(sitting.definitions, kept)
    unsigned = keep_each(sitting.rows, own, by=by, now=now, source=basis.source) if kept else ()
    if kept:
        _keep_what_follows(sitting, by=by, now=now)
    changed = tuple(sorted(kept))
    settled = {**stored, **kept}
    wrong = _wrong(sitting.definitions, settled, set(values) - refused, today=today)
    if clashes:
        return Conflict(sitting.rows, now, changed, wrong, unsigned, clashes)
    return Saved(sitting.rows, now, changed, wrong, unsigned)


def _keep_what_follows(sitting: Sitting, *, by: Actor, now: datetime) -> None:
    """Where an answer left a later question one choice, that choice; one that anybody answered or
    took away before stays as it is.
    """
    today = timezone.localdate(now)
    own = [
        {
            key: value
            for key, value in picks_left(definition, row.answers, today=today).items()
            if key not in row.changes
        }
        for row, definition in zip(sitting.rows, sitting.definitions, strict=True)
    ]
    if any(own):
        keep_each(sitting.rows, own, by=by, now=now, source="the program")


def _readable(definitions: Sequence[Definition], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in canonical form, or as typed where they have none."""
    values, wrong = read_answers(definitions, raw)
    refused = {key: said for key, said in wrong.items() if key not in values}
    refused |= {key: [ATTACH] for key in set(values) & file_questions(definitions)}
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
    definitions: Sequence[Definition],
    answers: Mapping[str, Any],
    keys: Collection[str],
    *,
    today: date,
) -> dict[str, list[str]]:
    """As the form's page would say it, so that a reason why help is refused is told at once."""
    wrong = check_answers(definitions, answers, today=today)
    return {key: said for key, said in wrong.items() if key in keys}


def _clash(key: str, value: Any, *, theirs: Any, change: Mapping[str, Any]) -> Clash:
    return Clash(
        key=key,
        theirs=theirs,
        yours=value,
        changed_by=change.get("name", ""),
        changed_at=datetime.fromisoformat(change["at"]),
    )


@transaction.atomic
def withdraw(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Give an enrollment up for good; its answers are kept. Raises Refused."""
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_withdraw(by, enrollment))
    enrollment.status = EnrollmentStatus.WITHDRAWN
    enrollment.signing_requested_at = enrollment.awaiting_patient_since = None
    enrollment.updated_at = now
    enrollment.save(
        update_fields=["status", "signing_requested_at", "awaiting_patient_since", "updated_at"]
    )
    if enrollment.keyed_by_id is not None:
        settle_form(enrollment.pk)
    audit.wrote(enrollment, action="withdrawn")
    return enrollment
