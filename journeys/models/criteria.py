"""What a hub knows of how payers decide: sheets of criteria, each version kept for good."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from accounts.tenancy import TenantModel


class PayerCriteria(TenantModel):
    """One version of a hub's sheet for a program and a payer, a line of business, or every plan.

    Never changed: what was asked on a day can be read later. The words are about plans, never
    about a patient.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    payer = models.CharField(max_length=120, blank=True)
    line = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField()
    from_on = models.DateField()
    # A list of {"words", "shown_by"}: journeys.core.payer_criteria.Asked.
    asked: models.JSONField[Any, Any] = models.JSONField()
    why = models.CharField(max_length=200)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "program", "payer", "line", "version"],
                name="payer_criteria_numbered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.program_id} {self.payer or self.line} version {self.version}"
