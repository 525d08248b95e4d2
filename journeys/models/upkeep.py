"""What the nightly check found to be wrong, for the operator: ids and names of organizations."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel


class UpkeepIssue(TenantModel):
    """One thing that should never be, from when it was found until it no longer was.

    `organization` is the operator. The text names no patient: a journey by its number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(closed_at=None),
                name="open_issue_once",
            ),
        )
        indexes = (models.Index(fields=["organization", "-opened_at"], name="issue_newest"),)

    def __str__(self) -> str:
        return self.key
