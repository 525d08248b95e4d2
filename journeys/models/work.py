"""Open next actions, each with the organization that has it, and a person's views of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.tenancy import PartyModel, TenantModel


class WorkItem(PartyModel):
    """One next action on a journey. It closes when the journey no longer waits for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="work")
    owner = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    # Stays the same while it is the same thing to do: journeys.core.state.NextAction.key.
    key = models.CharField(max_length=120)
    step = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["journey", "key"],
                condition=Q(closed_at=None),
                name="open_work_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["owner", "-urgent", "due_at", "opened_at", "id"],
                condition=Q(closed_at=None),
                name="open_work_by_owner",
            ),
            # The list of one step in its order, without the organization's other work.
            models.Index(
                fields=["owner", "step", "-urgent", "due_at", "opened_at", "id"],
                condition=Q(closed_at=None),
                name="open_work_by_step",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} of {self.journey_id}"


class SavedView(TenantModel):
    """The filters of a work list that one person comes back to, under a name of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    filters: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "user", "name"], name="view_named_once"
            ),
        )

    def __str__(self) -> str:
        return self.name
