"""What goes to partners and what comes back, each as a row with a life."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedTextField
from accounts.tenancy import PartyModel, TenantModel
from journeys.core.scopes import REPORTS_WRITE
from journeys.enums import DeliveryStatus, ReportCause, ReportStatus, Transport


class Endpoint(TenantModel):
    """Where and how one partner takes what is sent to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transport = models.CharField(max_length=12, choices=Transport)
    address = models.CharField(max_length=300, blank=True)
    secret = EncryptedTextField(null=True)
    # Still accepted by the partner while it changes over to the new secret.
    previous_secret = EncryptedTextField(null=True)
    # The private key that we use next, once the partner knows its public half.
    next_secret = EncryptedTextField(null=True)
    # What else the adapter needs to know, none of it secret.
    options: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    concurrency = models.PositiveSmallIntegerField(default=8)
    active = models.BooleanField(default=True)
    # Used in place of the partner's own way, when a person or a program's route says so.
    fallback = models.BooleanField(default=False)
    # How sending to it goes: see journeys.core.circuit.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)
    # The number of the last batch file that arrived.
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(active=True, fallback=False),
                name="one_active_endpoint",
            ),
            models.UniqueConstraint(
                fields=["organization", "transport"],
                condition=Q(fallback=True),
                name="one_fallback_endpoint",
            ),
        )

    def __str__(self) -> str:
        return f"{self.transport} of {self.organization_id}"


class Delivery(PartyModel):
    """One packet version on its way to one recipient. This table is the schedule."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Whoever looks for these finds them by the indexes below, which begin with them.
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    packet = models.ForeignKey(
        "journeys.Packet", on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=12, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    # Which batch has it, told apart by when its lease ends, and how many connections that opens.
    lease_until = models.DateTimeField(null=True, blank=True)
    connections = models.PositiveSmallIntegerField(default=0)
    # Settled, and not yet written into its journey's story.
    untold = models.BooleanField(default=False)
    # A worker drew it as a PDF, or found that it cannot be drawn.
    drawing_ended_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    partner_case_number = models.CharField(max_length=60, blank=True)
    # A sentence for people about what stands in the way; never the partner's raw answer.
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["packet", "recipient"], name="delivery_once_per_recipient"
            ),
        )
        indexes = (
            models.Index(
                fields=["endpoint", "-urgent", "next_attempt_at", "created_at"],
                condition=Q(status="pending"),
                name="delivery_pending",
            ),
            models.Index(
                fields=["endpoint", "lease_until"],
                condition=Q(status="claimed"),
                name="delivery_claimed",
            ),
            models.Index(fields=["created_at"], condition=Q(untold=True), name="delivery_untold"),
            models.Index(
                fields=["settled_at"], condition=Q(status="abandoned"), name="delivery_given_up"
            ),
            models.Index(
                fields=["created_at"], condition=Q(drawing_ended_at=None), name="delivery_undrawn"
            ),
            models.Index(fields=["recipient", "-created_at"], name="delivery_by_recipient"),
            # One by both: of a journey and a recipient PostgreSQL put two apart together, going
            # through all that a hub was ever sent for each delivery that was due.
            models.Index(fields=["journey", "recipient"], name="delivery_of_journey"),
            models.Index(fields=["recipient", "partner_case_number"], name="delivery_by_case"),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.status}"


class DeliveryAttempt(PartyModel):
    """Written before the wire is touched, finished afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered"),
        )

    def __str__(self) -> str:
        return f"{self.delivery_id} attempt {self.number}"


def all_reports() -> list[str]:
    """What a key is for unless somebody says otherwise."""
    return [REPORTS_WRITE]


class PartnerKey(TenantModel):
    """A secret that a partner signs its reports with, or asks for a token with.

    Two may be active, for rotation. Its scopes say what it is for: see journeys.core.scopes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=60)
    secret = EncryptedTextField()
    scopes: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=80), default=all_reports
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # The last day it is taken: see journeys.core.key_ends, also for how long ahead that was told.
    last_on = models.DateField(null=True, blank=True)
    told_ahead = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label


class InboundReport(TenantModel):
    """What a partner told us, word for word, kept for ever; `organization` is the partner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id = models.CharField(max_length=80)
    body = EncryptedTextField()
    digest = models.CharField(max_length=64)
    transport = models.CharField(max_length=12)
    # The programs, by key, that its sender may report on; empty for all of them.
    programs: ArrayField[list[str], list[str]] = ArrayField(models.SlugField(), default=list)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=ReportStatus, default=ReportStatus.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # Until then one worker has it, by the database's clock.
    taken_until = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    # What a person has to settle, and the partner's code (both levels, folded) where it is that.
    cause = models.CharField(max_length=12, choices=ReportCause, blank=True)
    code = models.CharField(max_length=140, blank=True)
    journey_id = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at"]
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "message_id"], name="report_once_per_partner"
            ),
        )
        indexes = (
            models.Index(
                fields=["received_at"],
                condition=Q(status="waiting"),
                name="report_waiting",
            ),
            models.Index(
                fields=["organization", "received_at"],
                condition=Q(status="exception"),
                name="report_to_settle",
            ),
        )

    def __str__(self) -> str:
        return self.message_id


class PartnerTest(TenantModel):
    """A test message to a partner; `organization` is who asked for it.

    That is a program's manufacturer, or, without a program, who keeps the partner's endpoint.

    This table is the schedule: what is not finished is to be sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "programs.Program", on_delete=models.CASCADE, related_name="+", null=True
    )
    partner = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    arrived = models.BooleanField(default=False)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["asked_at"], condition=Q(finished_at=None), name="partner_test_waiting"
            ),
            models.Index(fields=["program", "partner", "-asked_at"], name="partner_test_newest"),
        )

    def __str__(self) -> str:
        return f"{self.partner_id} {self.asked_at}"


class StatusCall(TenantModel):
    """Word for a practice's own system that a journey changed; `organization` is the practice.

    One waits for a journey at most, and speaks of its latest change. The id goes along, the same
    at every try. This table is the schedule.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["journey"], condition=Q(finished_at=None), name="one_status_call_waits"
            ),
        )
        indexes = (
            models.Index(fields=["journey", "-changed_at"], name="status_call_newest"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(finished_at=None), name="status_call_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.journey_id} {self.changed_at}"
