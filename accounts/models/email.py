"""Which e-mails were sent: to whom, of which kind, when, whether they went out; never the words."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.enums import EmailKind
from accounts.tenancy import TenantModel


class SentEmail(TenantModel):
    """One e-mail that an organization's work sent; `to` is empty where a patient got it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=EmailKind)
    to = models.EmailField(blank=True)
    at = models.DateTimeField()
    # What the mail server was asked and did: empty when it took the mail.
    fault = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = (models.Index(fields=["organization", "-at"], name="email_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
