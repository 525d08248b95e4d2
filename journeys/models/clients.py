"""How partners bring reports in: tokens and kept answers of their systems, and their files."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.phi import EncryptedTextField
from accounts.tenancy import TenantModel


class AccessToken(TenantModel):
    """A short-lived token of one partner key; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey("journeys.PartnerKey", on_delete=models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    scopes: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=80))
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class KeptAnswer(TenantModel):
    """What a client was answered under an Idempotency-Key; without a status it is at work.

    It holds ids, codes and sentences of ours, never what the client sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.UUIDField()
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["client", "name"], name="answered_once_per_client")
        ]

    def __str__(self) -> str:
        return self.name


class ReportFile(TenantModel):
    """A file of reports that somebody at a partner brought in, kept as it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = EncryptedTextField()
    body = EncryptedTextField()
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    # When its whole rows were taken as reports, and how many those were.
    applied_at = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.id)
