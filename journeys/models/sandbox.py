"""What a partner's system was tried with in its sandbox, and what it showed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel
from journeys.enums import Transport, TrialKind


class SandboxTrial(TenantModel):
    """One trial of a partner's system; `organization` is the partner, not its double.

    The newest finished one of a kind says how the partner does. This table is the schedule: what
    is not finished is looked at again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=TrialKind)
    # The way the partner's sandbox was reached then.
    transport = models.CharField(max_length=12, choices=Transport, default=Transport.WEBHOOK)
    # The sandbox's journeys that it is about, the first one first.
    journeys: ArrayField[list[uuid.UUID], list[uuid.UUID]] = ArrayField(
        models.UUIDField(), default=list
    )
    # What both sides know the telling message by.
    message_id = models.CharField(max_length=80, blank=True)
    # Until when the partner was asked to wait, or is waited for.
    wait_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    passed = models.BooleanField(default=False)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        indexes = (
            models.Index(
                fields=["asked_at"], condition=Q(finished_at=None), name="sandbox_trial_open"
            ),
            models.Index(fields=["organization", "kind", "-asked_at"], name="sandbox_trial_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at}"
