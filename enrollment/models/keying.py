"""A hub's leave to key one enrollment for a practice, from pages of a fax or from a call."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedJSONField, EncryptedTextField
from accounts.tenancy import TenantModel


class Keying(TenantModel):
    """Of the hub's; the enrollment is the practice's. It ends when that is sent or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is keyed from; empty for a call.
    part = models.ForeignKey(
        "journeys.FaxPart", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When the fax came, or when they called.
    came_at = models.DateTimeField()
    # Of a call: who called, from where, and what was said besides.
    caller = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)
    # Whom it is about, as journeys.core.faxes.About: what the hub was sent or told.
    about = EncryptedJSONField()
    practice = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    program_version = models.ForeignKey(
        "programs.ProgramVersion", on_delete=models.PROTECT, related_name="+"
    )
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    # Since when signatures read off the pages wait for a colleague's look.
    unchecked_since = models.DateTimeField(null=True, blank=True)
    # Since when the practice has it, to be completed, signed and sent there.
    handed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The journey it became; none when it was given up.
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    why_given_up = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["part"], condition=Q(ended_at=None), name="part_keyed_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, journey=None, why_given_up="")
                | (Q(ended_at__isnull=False, journey__isnull=False, why_given_up=""))
                | (Q(ended_at__isnull=False, journey=None) & ~Q(why_given_up="")),
                name="keying_sent_or_given_up",
            ),
        )
        indexes = (
            models.Index(
                fields=["organization", "came_at", "id"],
                condition=Q(ended_at=None),
                name="open_keyings_in_order",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
