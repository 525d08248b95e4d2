"""Side effects and complaints as a manufacturer's safety desk takes them, and each month's end."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedJSONField
from accounts.tenancy import PartyModel


class SafetyReport(PartyModel):
    """One report, kept equal to what its journey's events tell (domain.safety_reports).

    `organization` is the practice. It and the hub read it, and once it is forwarded the
    manufacturer, which is no party of the journey: its safety desk reads this row and no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    hub = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    manufacturer = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    aware_at = models.DateTimeField()
    # The forward-by clock.
    due_at = models.DateTimeField()
    forwarded_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    desk_number = models.CharField(max_length=60, blank=True)
    # Who was hurt, by initials and year, what happened, who says so: see domain.safety_reports.
    body = EncryptedJSONField()
    # The desk is still to be told by e-mail that something waits for it.
    untold = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["journey", "number"], name="safety_report_once"),
        )
        indexes = (
            models.Index(fields=["hub", "due_at"], name="safety_by_hub"),
            models.Index(fields=["manufacturer", "due_at"], name="safety_by_maker"),
            models.Index(fields=["due_at"], condition=Q(untold=True), name="safety_untold"),
        )

    def __str__(self) -> str:
        return self.number


class SafetySignOff(PartyModel):
    """Somebody compared what was sent in a month with what was confirmed, and signed it off.

    `organization` is theirs, the hub or the manufacturer; both read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    # Its first day.
    month = models.DateField()
    sent = models.PositiveIntegerField()
    acknowledged = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "program", "month"], name="signed_off_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.program_id} {self.month:%Y-%m}"
