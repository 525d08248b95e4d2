"""Papers about a patient. The bytes stand apart, so that a list never loads them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedBytesField, EncryptedTextField
from accounts.tenancy import TenantModel
from enrollment.enums import ContentType


class Document(TenantModel):
    """One paper: what it is, whom it is about and which question it answers.

    With a `coverage` it belongs to that insurance and goes along into every program; otherwise
    to the one enrollment it was attached to, if any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("enrollment.Patient", on_delete=models.CASCADE, related_name="+")
    coverage = models.ForeignKey(
        "enrollment.Coverage", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # The catalogue's field (B2, E16, S1) or a program's own question.
    field = models.CharField(max_length=80)
    title = EncryptedTextField()
    content_type = models.CharField(max_length=20, choices=ContentType)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    # Of the bytes as they are kept, in hexadecimal.
    sha256 = models.CharField(max_length=64)
    attached_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    attached_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["attached_at", "id"]
        constraints = (
            models.CheckConstraint(condition=Q(size__gt=0, pages__gt=0), name="document_not_empty"),
        )
        indexes = (
            models.Index(fields=["organization", "patient", "attached_at"], name="document_of"),
        )

    def __str__(self) -> str:
        return str(self.id)


class DocumentFile(TenantModel):
    """The bytes of one document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="file")
    body = EncryptedBytesField()

    def __str__(self) -> str:
        return str(self.document_id)


class DocumentPage(TenantModel):
    """One page as a picture that we drew, which is all a browser is shown of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    # JPEG.
    picture = EncryptedBytesField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "number"], name="page_numbered"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} page {self.number}"
