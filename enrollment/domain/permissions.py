"""Taking a permission back: by the patient, or by the office on the patient's behalf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from enrollment import rules
from enrollment.domain.locking import lock
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, Signature
from journeys.domain import revoking
from journeys.models import ConsentGrant, Journey


@dataclass(frozen=True)
class Permission:
    """One permission of a patient: what was signed, for which program, and where it stands."""

    signature: Signature
    grant: ConsentGrant | None
    """None while nothing was sent on it."""

    @property
    def program(self) -> str:
        return self.signature.enrollment.program_version.program.name

    @property
    def can_be_revoked(self) -> bool:
        return self.grant is None or self.grant.revoked_at is None


def permissions_of(patient_id: UUID) -> list[Permission]:
    """Each thing that the patient signed, the newest first, with the grant that came of it."""
    return _with_grants(Signature.objects.filter(enrollment__patient_id=patient_id))


def of_enrollment(enrollment: Enrollment) -> list[Permission]:
    """As `permissions_of`, for one enrollment."""
    return _with_grants(Signature.objects.filter(enrollment=enrollment))


def _with_grants(found: "QuerySet[Signature]") -> list[Permission]:
    signatures = list(
        found.filter(kind=SignatureKind.PATIENT)
        .select_related("enrollment__program_version__program")
        .order_by("-signed_at")
    )
    journeys = [each.enrollment.journey_id for each in signatures]
    grants = {
        (grant.journey_id, grant.signed_at): grant
        for grant in ConsentGrant.objects.filter(journey__in=journeys)
    }
    return [
        Permission(each, grants.get((each.enrollment.journey_id, each.signed_at)))
        for each in signatures
        if each.superseded_at is None or (each.enrollment.journey_id, each.signed_at) in grants
    ]


@transaction.atomic
def take_back(signature_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """End what one signature grants, from now on and for its program alone.

    The signature is kept and no longer counts; what was sent waits for a new one. A second time
    changes nothing. The caller has checked whose signature it is. Raises Signature.DoesNotExist.
    """
    signature = Signature.objects.get(id=signature_id, kind=SignatureKind.PATIENT)
    enrollment = lock(signature.enrollment_id)
    granted = ConsentGrant.objects.filter(
        journey_id=enrollment.journey_id, signed_at=signature.signed_at
    )
    for grant_id in list(granted.values_list("id", flat=True)):
        revoking.revoke(grant_id, by=by, now=now)
    if signature.superseded_at is None:
        _no_longer(signature, enrollment, now=now)
    return enrollment


def _no_longer(signature: Signature, enrollment: Enrollment, *, now: datetime) -> None:
    signature.superseded_at = now
    signature.save(update_fields=["superseded_at"])
    audit.wrote(signature, action="taken_back")
    _wait_again(enrollment, now=now)


def _wait_again(enrollment: Enrollment, *, now: datetime) -> None:
    going = Journey.objects.filter(id=enrollment.journey_id, closed_at=None).exists()
    if enrollment.status == EnrollmentStatus.SUBMITTED and going:
        enrollment.awaiting_patient_since = now
    elif enrollment.status in (EnrollmentStatus.RETURNED, EnrollmentStatus.AMENDING) and not going:
        # Nobody waits any more for what the hub asked or the office began to amend.
        enrollment.status = EnrollmentStatus.SUBMITTED
    else:
        return
    enrollment.save(update_fields=["status", "awaiting_patient_since"])


def taken_back_at_hub(*, journey_id: UUID, data: Mapping[str, Any], now: datetime) -> None:
    """The hub ended what a signature of this instant granted: it no longer counts.

    Registered with the journeys, which call it in the transaction of the revocation.
    """
    with every_tenant(reason="the hub's revocation changes the practice's row"):
        found = Signature.objects.filter(
            enrollment__journey_id=journey_id,
            kind=SignatureKind.PATIENT,
            signed_at=data["signed_at"],
            superseded_at=None,
        ).first()
        if found is not None:
            _no_longer(found, lock(found.enrollment_id), now=now)


def take_back_for(signature_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """As `take_back`, by the office for a patient who asked it to. Raises Refused."""
    rules.require(rules.why_not_ask_patient(by))
    return take_back(signature_id, by=by, now=now)
