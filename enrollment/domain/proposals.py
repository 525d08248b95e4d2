"""Records from elsewhere: keep what a file proposes, show it beside what is on file, take it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.fhir_proposals import Proposal, propose
from enrollment.core.fhir_reading import read_file
from enrollment.core.files import plain_title
from enrollment.core.together import answers_apart, named_together
from enrollment.domain.answering import keep_each
from enrollment.domain.definitions import definition_of
from enrollment.domain.masters import changed_keys, originated, read_once
from enrollment.domain.patients import index_patient
from enrollment.domain.queries.patients import current_coverage
from enrollment.domain.sittings import Sitting, lock_sitting, sitting_of
from enrollment.models import Coverage, Enrollment, Patient, Prefill
from programs.core.conditions import is_present
from programs.core.display import display
from programs.core.fields import Field, TypedOncePer
from programs.core.forms import Item, fields_once_per, union
from programs.core.values import normalize

PICKED = frozenset({"ndc", "pick"})


@dataclass(frozen=True)
class Line:
    """One proposal beside what is on file. ``taken`` already, ``differing`` from it, or new."""

    proposal: Proposal
    label: str
    on_file: str
    same: bool
    differing: bool

    @property
    def ticked(self) -> bool:
        """Whether it is taken unless somebody says otherwise."""
        return self.proposal.readable and not self.proposal.why and not self.differing


@transaction.atomic
def keep_proposals(
    body: bytes,
    *,
    name: str,
    patient_id: UUID,
    enrollment_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> Prefill:
    """Read a FHIR file and keep what it proposes; nothing else changes yet.

    Raises NotFhir, Refused, and DoesNotExist when patient or enrollment is not the practice's.
    """
    enrollment = Enrollment.objects.get(id=enrollment_id) if enrollment_id else None
    patient = Patient.objects.get(id=enrollment.patient_id if enrollment else patient_id)
    why_not = rules.why_not_answer(by, enrollment) if enrollment else ""
    rules.require(why_not or ("" if enrollment else rules.why_not_edit_patients(by)))
    row = Prefill(
        organization_id=patient.organization_id,
        patient=patient,
        enrollment=enrollment,
        source=plain_title(name) or "a FHIR file",
        created_by_id=rules.person_of(by),
        created_at=now,
    )
    return _keep(row, body, now=now)


@transaction.atomic
def keep_posted(
    body: bytes, *, patient_id: UUID, enrollment_id: UUID | None, by: Actor, now: datetime
) -> Prefill:
    """As `keep_proposals`, of what the practice's own system posts.

    Raises NotFhir; Refused when the form no longer changes; DoesNotExist when patient or form is
    not the practice's, or the form another patient's.
    """
    patient = Patient.objects.get(id=patient_id)
    enrollment = None
    if enrollment_id:
        enrollment = Enrollment.objects.get(id=enrollment_id, patient=patient)
        rules.require(rules.why_not_change(enrollment))
    row = Prefill(
        organization_id=patient.organization_id,
        patient=patient,
        enrollment=enrollment,
        source="the practice's own system",
        created_at=now,
    )
    return _keep(row, body, now=now)


def _keep(row: Prefill, body: bytes, *, now: datetime) -> Prefill:
    today = timezone.localdate(now)
    file = read_file(body)
    found = propose(
        file, known=row.patient.details, today=today, fitting=_fitting(row), own=_tested(row)
    )
    row.content = {
        "proposals": [each.to_json() for each in found.proposals],
        "notices": list(found.notices),
    }
    row.save(force_insert=True)
    fields = [each.field for each in found.proposals]
    audit.wrote(row, action="proposed", fields=fields)
    return row


def _fitting(row: Prefill) -> dict[str, list[str]]:
    """What the form's own program is for: its diagnoses and its products."""
    if row.enrollment is None:
        return {}
    definition = definition_of(row.enrollment.program_version)
    products = next((item.field.choices for item in union([definition]) if item.key == "F1"), ())
    return {
        "E1": [each.code for each in definition.indications],
        "F1": [each.code for each in products],
    }


def _tested(row: Prefill) -> dict[str, Field]:
    """The questions of the sitting's programs that the result of a test answers."""
    if row.enrollment is None:
        return {}
    asked = union(sitting_of(row.enrollment).definitions)
    return {item.key: item.field for item in asked if item.field.loinc}


def lines_of(row: Prefill) -> list[Line]:
    """Its proposals beside what is on file now; only what this form or record asks."""
    fields, values = _asked(row)
    return [
        _line(Proposal(**each), fields[each["field"]], values.get(each["field"]))
        for each in row.content["proposals"]
        if each["field"] in fields
    ]


def _line(proposal: Proposal, field: Field, value: Any) -> Line:
    if proposal.readable and field.type in PICKED and normalize(field, proposal.value).problem:
        why = f"“{proposal.shown}” is not one of the choices here; choose on the form."
        proposal = replace(proposal, why=why, readable=False)
    there = is_present(value)
    same = there and proposal.value == value
    return Line(proposal, field.label, display(field, value), same, there and not same)


def _asked(row: Prefill) -> tuple[dict[str, Field], Mapping[str, Any]]:
    """The fields that can take a proposal, and their values now."""
    if row.enrollment is not None:
        sitting = sitting_of(row.enrollment)
        keys = _keys(sitting, row.enrollment.id)
        fields = {item.key: _by_itself(item) for item in union(sitting.definitions)}
        named = {own: key for own, key in keys.items() if key in fields}
        return (
            {own: fields[key] for own, key in named.items()},
            {own: sitting.answers.get(key) for own, key in named.items()},
        )
    coverage = current_coverage(row.patient)
    items = [*fields_once_per("patient"), *fields_once_per("coverage")]
    values = {**row.patient.details, **(coverage.details if coverage else {})}
    return {item.key: item.field for item in items}, values


def _by_itself(item: Item) -> Field:
    """A question as it reads out of its place: a result is the result of something."""
    if not (item.group and item.field.loinc):
        return item.field
    return replace(item.field, label=item.question)


def _keys(sitting: Sitting, enrollment_id: UUID) -> dict[str, str]:
    """Under which name the form of the sitting has each canonical field."""
    own = {item.field.id: None for item in union(sitting.definitions)}
    program = sitting.program_of(enrollment_id)
    return {
        field: next(iter(named_together(sitting.definitions, program, {field: None})))
        for field in own
    }


@transaction.atomic
def accept(prefill_id: UUID, fields: Collection[str], *, by: Actor, now: datetime) -> list[str]:
    """Take these proposals, each with where it came from; gives the fields that were taken.

    A file is taken once. What cannot be read is never taken. Raises Refused; Unacceptable when
    the record cannot hold a value; DoesNotExist when it is not the practice's.
    """
    row = Prefill.objects.select_for_update(of=("self",)).get(id=prefill_id)
    if row.accepted_at is not None:
        return []
    taken = {
        line.proposal.field: line.proposal.value
        for line in lines_of(row)
        if line.proposal.field in fields and line.proposal.readable and not line.same
    }
    source = f"{row.source} (FHIR)"
    if row.enrollment_id:
        _into_form(row.enrollment_id, taken, source=source, by=by, now=now)
    else:
        _into_records(row.patient_id, taken, source=source, by=by, now=now)
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    audit.wrote(row, action="accepted", fields=sorted(taken))
    return sorted(taken)


@transaction.atomic
def dismiss(prefill_id: UUID, *, by: Actor, now: datetime) -> None:
    """Put a record away with nothing taken; the same file chosen again proposes anew.

    Raises Refused; DoesNotExist when it is not the practice's.
    """
    rules.require(rules.why_not_edit_patients(by))
    row = Prefill.objects.select_for_update(of=("self",)).get(id=prefill_id)
    if row.accepted_at is None:
        row.accepted_at = now
        row.save(update_fields=["accepted_at"])
        audit.wrote(row, action="dismissed")


def _into_form(
    enrollment_id: UUID, taken: Mapping[str, Any], *, source: str, by: Actor, now: datetime
) -> None:
    sitting = lock_sitting(enrollment_id)
    rules.require(rules.why_not_answer(by, sitting.row(enrollment_id)))
    keys = _keys(sitting, enrollment_id)
    own = answers_apart(sitting.definitions, {keys[key]: taken[key] for key in taken})
    if taken:
        keep_each(sitting.rows, own, source=source, by=by, now=now)


def _into_records(
    patient_id: UUID, taken: Mapping[str, Any], *, source: str, by: Actor, now: datetime
) -> None:
    rules.require(rules.why_not_edit_patients(by))
    patient: Patient = Patient.objects.select_for_update().get(id=patient_id)
    coverage = current_coverage(patient) or Coverage(
        organization_id=patient.organization_id, patient=patient, details={}
    )
    records: tuple[tuple[TypedOncePer, Patient | Coverage], ...] = (
        ("patient", patient),
        ("coverage", coverage),
    )
    for once, record in records:
        asked = {item.key for item in fields_once_per(once)}
        new = {key: value for key, value in taken.items() if key in asked}
        if new:
            _merge(record, new, once=once, source=source, by=by, now=now)


def _merge(
    record: Patient | Coverage,
    new: Mapping[str, Any],
    *,
    once: TypedOncePer,
    source: str,
    by: Actor,
    now: datetime,
) -> None:
    before = record.details
    record.details = read_once(once, {**before, **new}, today=timezone.localdate(now))
    record.origins = originated(
        record.origins, before, record.details, by=by, now=now, source=source
    )
    if isinstance(record, Patient):
        index_patient(record)
    else:
        record.confirmed_at = now
    record.save()
    audit.wrote(record, action="changed", fields=changed_keys(before, record.details))
