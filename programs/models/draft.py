"""A version of a program while its manufacturer composes it: nobody else sees it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.tenancy import TenantModel
from programs.enums import DraftStatus, Overlap


class ProgramDraft(TenantModel):
    """The definition as it is composed, and what it was tried with.

    `definition` always has a definition's shape; `faults` are what still keeps it from being
    published, worked out at each change. `cases` are tests that go with the version. `base` is
    the version it was opened from, if any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "programs.Program", on_delete=models.PROTECT, null=True, related_name="drafts"
    )
    base = models.ForeignKey(
        "programs.ProgramVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    definition: models.JSONField[Any, Any] = models.JSONField()
    faults: models.JSONField[Any, Any] = models.JSONField(default=list)
    cases: models.JSONField[Any, Any] = models.JSONField(default=list)
    cohort: models.JSONField[Any, Any] = models.JSONField(null=True)
    imported: models.JSONField[Any, Any] = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=DraftStatus, default=DraftStatus.COMPOSING)
    valid_until = models.DateField(null=True)
    overlap = models.CharField(max_length=6, choices=Overlap, blank=True, default=Overlap.UNSAID)
    overlap_until = models.DateField(null=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    sent_back = models.TextField(blank=True)
    version = models.OneToOneField(
        "programs.ProgramVersion", on_delete=models.PROTECT, null=True, related_name="draft"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-changed_at"]
        constraints = (
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(status__in=[DraftStatus.COMPOSING, DraftStatus.PROPOSED]),
                name="program_draft_one_at_a_time",
            ),
            # Nobody approves their own proposal, whatever the code above it does.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="program_draft_approved_by_another",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
