"""Copies of the papers that were handed over with a packet, and packets drawn on paper."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.phi import EncryptedBytesField, EncryptedTextField
from accounts.tenancy import PartyModel
from journeys.models.exchange import Delivery
from journeys.models.journey import Journey


class HandedDocument(PartyModel):
    """One paper as it was handed over; the same bytes in a later packet are the same row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    # The question it answers and that question's section, which decides who may see it.
    field = models.CharField(max_length=80)
    section = models.CharField(max_length=40)
    title = EncryptedTextField()
    content_type = models.CharField(max_length=20)
    pages = models.PositiveSmallIntegerField()
    # Of `body`, in hexadecimal; packets name their papers by it.
    sha256 = models.CharField(max_length=64)
    body = EncryptedBytesField()
    handed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["journey", "field", "sha256"], name="handed_over_once"),
        )

    def __str__(self) -> str:
        return self.sha256


class HandedPage(PartyModel):
    """One page of it as a picture that we drew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(HandedDocument, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    # JPEG.
    picture = EncryptedBytesField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "number"], name="handed_page_numbered"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} page {self.number}"


class DrawnPacket(PartyModel):
    """What one recipient may have of a packet as a PDF with its papers, drawn once by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="drawn")
    content = EncryptedBytesField()
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.delivery_id)
