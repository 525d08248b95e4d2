"""A patient's way in without an account, and the sealed copy of what was signed."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.phi import EncryptedTextField
from accounts.tenancy import TenantModel
from enrollment.enums import LinkChannel, LinkPurpose, SignatureKind


class SigningLink(TenantModel):
    """One link for one patient: the token is kept as its digest, the date of birth opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(
        "enrollment.Patient", on_delete=models.CASCADE, related_name="links"
    )
    purpose = models.CharField(max_length=12, choices=LinkPurpose)
    channel = models.CharField(max_length=12, choices=LinkChannel)
    # What is signed in one session; empty for a link to see and take back what was signed.
    enrollment_ids: ArrayField[list[uuid.UUID], list[uuid.UUID]] = ArrayField(
        models.UUIDField(), default=list
    )
    token_digest = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_dates = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    # What was read and ticked so far, by consent: domain.signing_sessions.
    progress: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # The patient would rather sign on paper.
    paper_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes = (models.Index(fields=["patient", "-created_at"], name="link_by_patient"),)

    def __str__(self) -> str:
        return str(self.id)


class PaperSignature(TenantModel):
    """A signature on paper: its scan, and what was typed from it; it counts once checked.

    The document is the evidence, and stays as long as this does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.CASCADE, related_name="papers"
    )
    kind = models.CharField(max_length=12, choices=SignatureKind, default=SignatureKind.PATIENT)
    document = models.ForeignKey(
        "enrollment.Document", on_delete=models.PROTECT, related_name="papers"
    )
    # Of the fax that the hub keys it from; empty for a scan that the office uploaded.
    page = models.PositiveSmallIntegerField(null=True, blank=True)
    signer_name = EncryptedTextField()
    # In whose authority (A21); empty for the patient.
    relationship = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2)
    # The date on the paper.
    signed_on = models.DateField()
    # The keys of the texts that are ticked on it.
    agreed: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=80), default=list
    )
    # SHA-256 of the texts and answers that were printed.
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    signature = models.OneToOneField(
        "enrollment.Signature",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="paper",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["enrollment", "kind"],
                condition=models.Q(checked_at=None),
                name="one_paper_of_a_kind_waits",
            ),
            models.CheckConstraint(
                condition=~models.Q(checked_by=models.F("uploaded_by")),
                name="paper_is_checked_by_another",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class SealedCopy(TenantModel):
    """A signature as a PDF, made once; `sha256` is over the file's bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    signature = models.OneToOneField(
        "enrollment.Signature", on_delete=models.CASCADE, related_name="copy"
    )
    # The file in base64: an encrypted column holds text.
    content = EncryptedTextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.signature_id)
