"""What stands between an enrollment and the hub, each thing as a sentence at its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from enrollment.domain.definitions import definition_of
from enrollment.domain.signatures import signed_fields
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, Signature
from programs.core.definition import Definition
from programs.core.eligibility import Finding, findings
from programs.core.forms import (
    Missing,
    Sheet,
    check_answers,
    missing,
    missing_signatures,
    sheet,
)
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Readiness:
    """The form as it stands. `unchanged` says that a returned one is just as it was sent."""

    form: Sheet
    missing: tuple[Missing, ...]
    wrong: Mapping[str, list[str]]
    unsigned: tuple[Missing, ...]
    warnings: tuple[Finding, ...]
    unchanged: bool = False
    lacks_patient_only: bool = False
    """Everything is there but the patient's signature."""
    ended_on: date | None = None
    """The last day of its version, for a draft that was not sent by then."""

    @property
    def filled_in(self) -> bool:
        """Everything but the signatures is there."""
        return not self.missing and not self.wrong

    @property
    def _whole(self) -> bool:
        return self.filled_in and not self.unchanged and self.ended_on is None

    @property
    def can_send(self) -> bool:
        return self._whole and not self.unsigned

    @property
    def can_send_before_patient(self) -> bool:
        """It may go to a hub that acts for the practice, and wait for the patient there."""
        return self._whole and self.lacks_patient_only

    @property
    def blockers(self) -> tuple[str, ...]:
        """Every reason why it cannot be sent, as sentences."""
        sentences = [each.sentence for each in self.missing]
        sentences += [said for problems in self.wrong.values() for said in problems]
        sentences += [each.sentence for each in self.unsigned]
        if self.unchanged:
            sentences.append("Nothing has changed since it was sent.")
        if self.ended_on:
            sentences.append(f"This version of the form ended on {on_day(self.ended_on)}.")
        return tuple(sentences)


def readiness(
    enrollment: Enrollment, signatures: Mapping[str, Signature], *, today: date
) -> Readiness:
    """Tell what is missing, wrong and unsigned, given the signatures that stand."""
    definitions, answers = [definition_of(enrollment.program_version)], enrollment.answers
    signed = signed_fields(signatures.values())
    form = sheet(definitions, answers, today=today)
    unsigned = missing_signatures(definitions, answers, signed, today=today)
    return Readiness(
        form=form,
        missing=missing(definitions, answers, today=today),
        wrong=check_answers(definitions, answers, today=today),
        unsigned=unsigned,
        lacks_patient_only=_lacks_patient_only(definitions[0], unsigned, signatures),
        warnings=tuple(
            finding for finding in findings(definitions, form.known) if finding.outcome == "warns"
        ),
        unchanged=unchanged(enrollment, signatures.values()),
        ended_on=ended_on(enrollment, today=today),
    )


def ended_on(enrollment: Enrollment, *, today: date) -> date | None:
    """The last day of the version that a draft stands in, once that is past.

    What was sent while it held goes on in it, corrections and amendments too.
    """
    version = enrollment.program_version
    last = version.valid_until
    if enrollment.status != EnrollmentStatus.DRAFT or last is None:
        return None
    return last if last < today or _replaced_at_once(version) else None


def _replaced_at_once(version: ProgramVersion) -> bool:
    """Whether another holds since the day this one began: it has no day before to have ended on."""
    if version.valid_until != version.valid_from:
        return False
    since = ProgramVersion.objects.filter(program=version.program_id, valid_from=version.valid_from)
    return bool(since.filter(published_at__isnull=False, number__gt=version.number).exists())


def on_day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _lacks_patient_only(
    definition: Definition, unsigned: Collection[Missing], signatures: Mapping[str, Signature]
) -> bool:
    its = {
        key
        for consent in definition.consents
        if consent.signer == "patient"
        for key in consent.fields
    }
    lacking = {each.key for each in unsigned}
    return bool(lacking) and lacking <= its and SignatureKind.PRESCRIBER in signatures


def unchanged(enrollment: Enrollment, signatures: Collection[Signature]) -> bool:
    """Whether nothing was answered and nothing signed since it was sent."""
    if enrollment.status == EnrollmentStatus.AMENDING:
        return enrollment.revision <= (enrollment.sent_revision or 0)
    if enrollment.status != EnrollmentStatus.RETURNED:
        return False
    signed_at = max((each.signed_at for each in signatures), default=None)
    return all(
        each["revision"] >= enrollment.revision
        and (signed_at is None or signed_at <= datetime.fromisoformat(each["at"]))
        for each in enrollment.corrections or ()
    )


def returned(enrollment: Enrollment) -> list[dict[str, Any]]:
    """What the hub asked to have corrected, with whether each field was changed since."""
    return [
        {
            **correction,
            "changed": enrollment.changes.get(correction["field"], {}).get("revision", 0)
            > correction["revision"],
        }
        for correction in enrollment.corrections or ()
    ]
