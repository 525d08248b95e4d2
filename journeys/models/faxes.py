"""Paper that came to a hub: as it came, its pages, and whose they turned out to be."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.phi import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from accounts.tenancy import TenantModel
from journeys.enums import AsideReason


class Fax(TenantModel):
    """A fax of a hub's, open until each of its pages is filed or set aside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # When it came, as the fax machine or server says; its clock runs from then.
    received_at = models.DateTimeField()
    from_number = EncryptedTextField()
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    content_type = models.CharField(max_length=20)
    pages = models.PositiveSmallIntegerField()
    # Of `body`, in hexadecimal.
    sha256 = models.CharField(max_length=64)
    body = EncryptedBytesField()
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "sha256"], name="fax_kept_once"),
        )
        indexes = (
            models.Index(
                fields=["organization", "-urgent", "due_at", "received_at", "id"],
                condition=Q(closed_at=None),
                name="open_faxes_in_order",
            ),
            models.Index(
                fields=["organization", "-closed_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="done_faxes_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.sha256


class FaxPage(TenantModel):
    """One page of it as a picture that we drew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fax = models.ForeignKey(Fax, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    # JPEG.
    picture = EncryptedBytesField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["fax", "number"], name="fax_page_numbered"),)

    def __str__(self) -> str:
        return f"{self.fax_id} page {self.number}"


class FaxPart(TenantModel):
    """Pages of a fax that belong together: of one patient, or of nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fax = models.ForeignKey(Fax, on_delete=models.CASCADE, related_name="parts")
    pages: ArrayField[list[int], list[int]] = ArrayField(models.PositiveSmallIntegerField())
    # What was read off them: name, born_on, phone, member_id. Empty where they are set aside.
    about = EncryptedJSONField()
    aside = models.CharField(max_length=20, choices=AsideReason.choices, blank=True)
    # How often it was filed with a journey that it does not belong to.
    misfiled = models.PositiveSmallIntegerField(default=0)
    # Whose it turned out to be.
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Since when it is keyed into a form; with a journey, that the journey began so.
    keyed_since = models.DateTimeField(null=True, blank=True)
    # Since when the practice has the form: the fax waits for nothing more of these pages.
    handed_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at=None, aside="", journey=None)
                | Q(settled_at__isnull=False, journey__isnull=False, aside="")
                | (Q(settled_at__isnull=False, journey=None) & ~Q(aside="")),
                name="fax_part_filed_or_aside",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fax_id} pages {self.pages}"

    @property
    def token(self) -> str:
        """Of the message that files it: another one once the one before was taken back."""
        return f"{self.pk}:{self.misfiled}" if self.misfiled else str(self.pk)
