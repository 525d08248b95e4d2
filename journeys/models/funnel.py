"""What a manufacturer's counts are made from: no identity, no day, no number of a journey."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel


class FunnelRow(TenantModel):
    """One journey of one program, de-identified; `organization` is the manufacturer.

    `told` is journeys.core.deidentified's; `before` is what of it the counts still hold, until
    they have followed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    # A Monday.
    week = models.DateField()
    age_band = models.CharField(max_length=8)
    region = models.CharField(max_length=3, blank=True)
    practice_type = models.CharField(max_length=20, blank=True)
    told: models.JSONField[Any, Any] = models.JSONField()
    before: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["program"], condition=Q(before__isnull=False), name="funnel_to_count"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class FunnelCount(TenantModel):
    """How many rows of a program a cell of a view holds (journeys.core.tallies).

    The true number: what of it may be told, journeys.core.suppression says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=24)
    cell = models.CharField(max_length=120)
    count = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["program", "view", "cell"], name="funnel_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.view} {self.cell}"


class CountsLetter(TenantModel):
    """A person's wish to be written to each week when a program's counts are to be read.

    This table is the schedule.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    next_mail_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["program", "user"], name="counts_letter_once"),
        )
        indexes = (models.Index(fields=["next_mail_at"], name="counts_letter_due"),)

    def __str__(self) -> str:
        return f"{self.program_id} {self.next_mail_at}"
