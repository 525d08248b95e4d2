"""What changed for an organization, who of it has read so, and how each person wants to hear."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantModel
from journeys.enums import Mailing, NoticeKind


class Notice(TenantModel):
    """One thing that changed for an organization: of which journey, fax or form, never of whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    fax = models.ForeignKey(
        "journeys.Fax", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # A form that a hub keyed for the practice, by its id alone: it stands in the app above.
    draft_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=NoticeKind)
    # The same key again is the same news.
    key = models.CharField(max_length=240)
    step = models.CharField(max_length=60, blank=True)
    source_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    # What it asked for is done, by whomever: it is nobody's news any more.
    settled = models.BooleanField(default=False)
    # Of a message: whether the organization is asked, and when it wrote back.
    asks = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "journey", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(journey=None, fax__isnull=False, draft_id=None)
                | Q(journey__isnull=False, fax=None, draft_id=None)
                | Q(journey=None, fax=None, draft_id__isnull=False),
                name="notice_of_one_thing",
            ),
        )
        indexes = (
            models.Index(fields=["organization", "-at"], name="notice_newest"),
            models.Index(
                fields=["journey", "organization"],
                condition=Q(kind="message"),
                name="notice_of_message",
            ),
            models.Index(fields=["at"], condition=Q(asks=True), name="notice_asking"),
            models.Index(
                fields=["journey"],
                condition=Q(kind="unowned", settled=False),
                name="notice_of_unowned",
            ),
            models.Index(
                fields=["draft_id"], condition=Q(draft_id__isnull=False), name="notice_of_form"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class NoticeRead(TenantModel):
    """One person has read one notice; `organization` is whom they work for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.read_at}"


class NoticeSettings(TenantModel):
    """How one person hears of what changed at one organization of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    mailing = models.CharField(max_length=12, choices=Mailing, default=Mailing.NEVER)
    # Everything up to here counts as read; what came before they joined is none of theirs.
    read_until = models.DateTimeField()
    # Up to where e-mails have told, and when to look again: this table is the schedule.
    mailed_until = models.DateTimeField()
    next_mail_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "user"], name="settings_once"),
        )
        indexes = (
            models.Index(
                fields=["next_mail_at"],
                condition=Q(next_mail_at__isnull=False),
                name="mail_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.mailing}"
