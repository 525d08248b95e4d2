"""One therapy's journey, what happened on it, and who takes part."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedDateField, EncryptedJSONField, EncryptedTextField
from accounts.tenancy import PartyModel
from journeys.enums import PacketKind, PartyRole


class Journey(PartyModel):
    """The journey and, as columns, the projection of its events that lists are read from.

    `organization` is the practice. `domain.recording` is the only writer of the projection.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True)
    program_version = models.ForeignKey(
        "programs.ProgramVersion", on_delete=models.PROTECT, related_name="+"
    )
    hub = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    # The patient's choice, or the network's first: a party once it has something to do.
    pharmacy = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The practice's own patient row; journeys knows it by id only.
    patient_id = models.UUIDField()
    patient_name = EncryptedTextField()
    patient_born_on = EncryptedDateField()
    prescriber_name = models.CharField(max_length=120)
    urgent = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    # Who at the hub answers for it, and since when nobody does; without that, since it started.
    # "open_cases_by_owner" serves its look-ups.
    case_owner = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    unowned_since = models.DateTimeField(null=True, blank=True)

    # The projection.
    stage = models.CharField(max_length=20, default="submitted")
    step = models.CharField(max_length=60, blank=True)
    step_title = models.CharField(max_length=120, blank=True)
    phase = models.CharField(max_length=12, default="now")
    headline = models.CharField(max_length=300, blank=True)
    next_owner = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    at_risk = models.BooleanField(default=False)
    # The at-risk rules that hold ("R1"), and who pays (journeys.core.payers): lists filter by them.
    risk_rules: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=4), default=list
    )
    payer_class = models.CharField(max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The next moment at which time alone changes the projection.
    refresh_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    # The de-identified row that the manufacturer's counts are made from.
    funnel_row_id = models.UUIDField(default=uuid.uuid4)

    class Meta:
        indexes = (
            GinIndex(fields=["party_ids"], name="journey_by_party"),
            models.Index(
                fields=["refresh_at"],
                condition=Q(refresh_at__isnull=False),
                name="journey_refresh",
            ),
            models.Index(fields=["organization", "patient_id"], name="journey_by_patient"),
            # In the order of the lists: row-level security keeps PostgreSQL from using
            # `journey_by_party` (array containment is not leakproof), so a list is read from its
            # top until a page is full instead of sorting every journey.
            models.Index(
                fields=["-urgent", "due_at", "started_at", "id"],
                condition=Q(closed_at=None),
                name="journey_open",
            ),
            # A hub's own, without those of every other hub between them.
            models.Index(
                fields=["hub", "-urgent", "due_at", "started_at", "id"],
                condition=Q(closed_at=None),
                name="journey_open_of_hub",
            ),
            models.Index(
                fields=["hub", "-closed_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="journey_closed_of_hub",
            ),
            models.Index(
                fields=["hub", "case_owner"],
                condition=Q(closed_at=None),
                name="open_cases_by_owner",
            ),
            models.Index(
                fields=["-closed_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="journey_closed",
            ),
        )

    def __str__(self) -> str:
        return self.number


class JourneyParty(PartyModel):
    """An organization that takes part in a journey, in a role, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="parties")
    party = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=PartyRole)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    # When somebody of it last looked at the journey after something had happened there.
    looked_at = models.DateTimeField(null=True, blank=True)
    # Beginnings of the patient's name, digested under this party's own key.
    search_tokens: ArrayField[list[bytes], list[bytes]] = ArrayField(
        models.BinaryField(), default=list
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["journey", "role"],
                condition=Q(until=None),
                name="one_party_per_role",
            ),
        )
        indexes = (GinIndex(fields=["search_tokens"], name="party_search"),)

    def __str__(self) -> str:
        return f"{self.role} of {self.journey_id}"


class JourneyEvent(PartyModel):
    """One thing somebody told us, with when it happened and when we learnt it. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Every index is written with every event: "event_by_journey" serves this one's look-ups, and
    # nobody asks for an organization's events.
    journey = models.ForeignKey(
        Journey, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30)
    step = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    # Facts, note and whatever else the kind carries: see journeys.core.events.
    body = EncryptedJSONField()
    source = models.CharField(max_length=40)
    source_name = models.CharField(max_length=120)
    source_event_id = models.CharField(max_length=80)
    transport = models.CharField(max_length=12)
    actor = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # When every entitled party could see it: the end of the transaction that wrote it down.
    visible_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["journey", "source", "source_event_id"],
                name="event_once_per_source",
            ),
        )
        indexes = (
            models.Index(fields=["journey", "received_at"], name="event_by_journey"),
            # Rows come in this order, so a BRIN finds a minute's worth and costs a writer nothing.
            BrinIndex(fields=["visible_at"], autosummarize=True, name="event_visible"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.step} {self.status}"


class Packet(PartyModel):
    """What was signed and handed over, exactly; a correction is a further version.

    Word that a permission or the enrollment ended is a version too, of its own kind: who has an
    earlier one gets it as they got that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="packets")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=PacketKind, default=PacketKind.ENROLLMENT)
    body = EncryptedJSONField()
    # What the body says of an agreement with the program, so that asking for consent opens nothing.
    agreement = models.BooleanField(null=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["journey", "version"], name="packet_numbered"),
        )

    def __str__(self) -> str:
        return f"{self.journey_id} version {self.version}"


class ConsentGrant(PartyModel):
    """What a patient authorized, for whom and until when: journeys.core.consent reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="grants")
    terms: models.JSONField[Any, Any] = models.JSONField()
    text_version = models.CharField(max_length=40)
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # How a hub was told by telephone: journeys.domain.revoking.PhoneCall.
    revoked_by_phone = EncryptedJSONField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["signed_at"]

    def __str__(self) -> str:
        return str(self.id)
