"""Tell an organization's administrators when one person reads of very many patients in an hour."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.domain.emailing import Email, send
from accounts.domain.queries.administrators import administrators_of
from accounts.enums import EmailKind
from accounts.models import AuditEntry, Organization, User
from accounts.tenancy import every_tenant
from enrollment.models import Coverage, Document, Enrollment, Patient, Prefill
from journeys.models import HandedDocument, Journey, Packet

log = structlog.get_logger(__name__)
HOUR = timedelta(hours=1)
# One alarm a day for each person: administrators who are told every few minutes stop reading.
ONCE_IN = timedelta(days=1)
ACTION = "bulk_reading"
# Whose the rows are that the audit's reads speak of, so that a patient who is read as patient,
# enrollment and journey counts once.
PATIENT_OF: Mapping[Any, str] = {
    Patient: "id",
    Coverage: "patient_id",
    Document: "patient_id",
    Enrollment: "patient_id",
    Prefill: "patient_id",
    Journey: "patient_id",
    Packet: "journey__patient_id",
    HandedDocument: "journey__patient_id",
}
MODELS = {model._meta.label_lower: model for model in PATIENT_OF}


@dataclass(frozen=True)
class Reader:
    """Whom the audit shows reading much, where."""

    organization_id: UUID
    user_id: UUID


def watch(*, now: datetime) -> int:
    """Raise the alarms that are due, of the hour before `now`; how many were raised."""
    with every_tenant(reason="the audit of every organization is watched"):
        suspects = [reader for reader in _reading_much(now=now) if not _told(reader, now=now)]
        return sum(_raise(reader, now=now) for reader in suspects)


def _reading_much(*, now: datetime) -> Iterator[Reader]:
    """People who read more rows than the most patients; mostly nobody, and one query tells."""
    # Named organizations let PostgreSQL read the hour from its index alone.
    owners = list(Organization.objects.values_list("id", flat=True))
    found = (
        AuditEntry.objects.filter(organization_id__in=owners, at__gt=now - HOUR, action="read")
        .filter(user_id__isnull=False, subject_type__in=MODELS)
        .values("organization_id", "user_id")
        .annotate(rows=Count("subject_id", distinct=True))
        .filter(rows__gt=settings.PATIENTS_READ_IN_AN_HOUR)
        .order_by("organization_id", "user_id")
    )
    return (Reader(each["organization_id"], each["user_id"]) for each in found)


def _told(reader: Reader, *, now: datetime) -> bool:
    told = AuditEntry.objects.filter(organization_id=reader.organization_id, action=ACTION)
    return bool(told.filter(user_id=reader.user_id, at__gt=now - ONCE_IN).exists())


def _patients_read(reader: Reader, *, now: datetime) -> int:
    read = AuditEntry.objects.filter(
        organization_id=reader.organization_id, at__gt=now - HOUR, action="read"
    ).filter(user_id=reader.user_id, subject_type__in=MODELS)
    rows: Mapping[str, set[UUID]] = {label: set() for label in MODELS}
    for label, row_id in read.values_list("subject_type", "subject_id").distinct():
        rows[label].add(row_id)
    patients = (_patients_of(label, ids) for label, ids in rows.items() if ids)
    return len(set[UUID]().union(*patients))


def _patients_of(label: str, ids: Collection[UUID]) -> set[UUID]:
    model = MODELS[label]
    return set(model.objects.filter(id__in=ids).values_list(PATIENT_OF[model], flat=True))


@transaction.atomic
def _raise(reader: Reader, *, now: datetime) -> bool:
    """Keep the alarm in the audit and write to the administrators, unless both was done."""
    # Of two workers that look at once, the second one finds what the first one kept.
    organization = Organization.objects.select_for_update(no_key=True).get(
        id=reader.organization_id
    )
    patients = _patients_read(reader, now=now)
    if patients <= settings.PATIENTS_READ_IN_AN_HOUR or _told(reader, now=now):
        return False
    audit.happened(
        ACTION,
        organization_id=reader.organization_id,
        user_id=reader.user_id,
        purpose=f"{patients} patients in an hour",
    )
    context = {
        "who": User.objects.get(id=reader.user_id).name,
        "organization": organization.name,
        "patients": patients,
        "most": settings.PATIENTS_READ_IN_AN_HOUR,
        "link": f"{settings.SITE_URL}{reverse('audit')}?action={ACTION}",
    }
    text = render_to_string("enrollment/email/bulk_reading.txt", context)
    for address in administrators_of(organization):
        _write(address, text, organization_id=organization.id, now=now)
    return True


def _write(address: str, text: str, *, organization_id: UUID, now: datetime) -> None:
    email = Email(
        kind=EmailKind.ALARM,
        organization_id=organization_id,
        to=address,
        subject=_("Throughline: one person read of very many patients"),
        text=text,
    )
    try:
        send(email, now=now)
    except OSError as error:
        # The audit has it, and the list of e-mails says that this one did not go out.
        log.warning("alarm_not_sent", error=type(error).__name__)
