"""The record of what people did. Rows are only ever added; PostgreSQL refuses the rest."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.tenancy import OwnedManager


class AuditEntry(models.Model):
    """Who did what to which row, and why. Plain ids: an entry outlives what it speaks of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    fields: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=60))
    purpose = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = OwnedManager()

    class Meta:
        indexes = (
            models.Index(fields=["organization_id", "-at"], name="audit_by_organization"),
            models.Index(fields=["subject_id", "-at"], name="audit_by_subject"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}"


class AuditSeal(models.Model):
    """One link of an organization's hash chain. Written by a trigger when the entry commits."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.UUIDField()
    number = models.BigIntegerField()
    entry_id = models.UUIDField(unique=True)
    digest = models.BinaryField(max_length=32)

    objects: ClassVar[Any] = OwnedManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization_id", "number"], name="audit_seal_numbered"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.number}"
