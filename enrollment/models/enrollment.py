"""One patient's enrollment in one program version, and the signatures on it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedJSONField, EncryptedTextField
from accounts.tenancy import TenantModel
from enrollment.enums import CameBy, EnrollmentStatus, SignatureKind


class Enrollment(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("enrollment.Patient", on_delete=models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(
        "enrollment.Prescriber", on_delete=models.PROTECT, related_name="+"
    )
    # Frozen at the start: a later version does not change what this patient was asked.
    program_version = models.ForeignKey(
        "programs.ProgramVersion", on_delete=models.PROTECT, related_name="+"
    )
    # Several programs begun in one sitting are filled in as one form; empty for one alone.
    sitting = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    status = models.CharField(
        max_length=12, choices=EnrollmentStatus, default=EnrollmentStatus.DRAFT
    )
    answers = EncryptedJSONField()
    # Counts changes; `changes` says, per field, at which revision it last changed, by whom, when.
    revision = models.PositiveIntegerField(default=0)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # The hub that keyed it from what came to it, how that came, and when; else typed here.
    keyed_by = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    came_by = models.CharField(max_length=8, choices=CameBy, default=CameBy.PORTAL)
    came_at = models.DateTimeField(null=True, blank=True)
    # Since when the form waits in its prescriber's queue.
    signing_requested_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # The revision that was sent last.
    sent_revision = models.PositiveIntegerField(null=True, blank=True)
    # Since when what was sent waits for the patient's signature.
    awaiting_patient_since = models.DateTimeField(null=True, blank=True)
    journey = models.OneToOneField(
        "journeys.Journey",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # What the hub asked to have corrected: [{"field", "sentence", "revision", "at"}], the
    # revision being the last one it has seen.
    corrections = EncryptedJSONField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-updated_at"]
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(journey__isnull=False, submitted_at__isnull=False),
                name="submitted_enrollment_has_a_journey",
            ),
            models.CheckConstraint(
                condition=Q(came_by=CameBy.PORTAL, keyed_by=None, came_at=None)
                | (~Q(came_by=CameBy.PORTAL) & Q(keyed_by__isnull=False, came_at__isnull=False)),
                name="keyed_enrollment_came_somehow",
            ),
        )
        indexes = (models.Index(fields=["organization", "-updated_at"], name="enrollment_recent"),)

    def __str__(self) -> str:
        return str(self.id)


class Signature(TenantModel):
    """Evidence of one signature: who, how, when, and the digest of exactly what was shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="signatures")
    kind = models.CharField(max_length=12, choices=SignatureKind)
    user = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    signer_name = EncryptedTextField()
    method = models.CharField(max_length=40)
    text_version = models.CharField(max_length=40)
    # SHA-256 of the text and of the answers as they were shown to the signer.
    digest = models.CharField(max_length=64)
    # The exact words, the signature fields they fill, and in whose authority: domain.signing.
    evidence = EncryptedJSONField()
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField()
    # A signature no longer counts once what was signed has changed.
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["enrollment", "kind"],
                condition=Q(superseded_at=None),
                name="one_standing_signature_per_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.enrollment_id}"
