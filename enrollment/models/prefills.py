"""What a record from elsewhere proposes, until somebody has looked at it."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.phi import EncryptedJSONField, EncryptedTextField
from accounts.tenancy import TenantModel


class Prefill(TenantModel):
    """The proposals of one file, for a patient's records or for one enrollment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("enrollment.Patient", on_delete=models.CASCADE, related_name="+")
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # What the file was called, or who sent it.
    source = EncryptedTextField()
    # Each of core.fhir_proposals.Proposed, as JSON.
    content = EncryptedJSONField()
    # Nobody when the practice's own system posted it.
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)
