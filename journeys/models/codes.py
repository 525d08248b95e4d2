"""What a partner's own words mean here: its status codes, and its numbers for cases."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel


class StatusLine(TenantModel):
    """One line of the map of a partner (`organization`); lines are added, never changed.

    Without a step, a person decides each time. Without a program it is for all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "programs.Program", on_delete=models.PROTECT, null=True, related_name="+"
    )
    code = models.CharField(max_length=60)
    sub_code = models.CharField(max_length=60, blank=True)
    step = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    # From when the code has this meaning, at the partner; empty for "ever since".
    starts_at = models.DateTimeField(null=True, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(step="", status__gt="") & ~Q(step__gt="", status=""),
                name="status_line_means_a_status_of_a_step",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="status_line_has_a_code"),
        )
        indexes = (models.Index(fields=["organization", "noted_at"], name="status_line_of"),)

    def __str__(self) -> str:
        return f"{self.code} {self.sub_code}"


class PartnerCase(TenantModel):
    """A number under which a partner (`organization`) knows a journey, as a person matched it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=60)
    journey_id = models.UUIDField()
    matched_at = models.DateTimeField()
    matched_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "number"], name="case_matched_once"),
        )

    def __str__(self) -> str:
        return self.number
