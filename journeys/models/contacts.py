"""How a hub reached a patient, and what a patient asked it to be silent about."""

import uuid

from django.db import models

from accounts.tenancy import TenantModel


class Contact(TenantModel):
    """One attempt of the organization to reach the patient of a journey, in codes alone.

    The codes are journeys.core.contacts'.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.CASCADE, related_name="contacts"
    )
    channel = models.CharField(max_length=12)
    outcome = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["journey", "-at"], name="contact_newest"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"


class ContactStop(TenantModel):
    """A number or address asked the organization, the sender, to be silent about a purpose.

    Kept by a digest under the sender's own key, so that it holds on every journey of the number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    said_at = models.DateTimeField()
    # Where it was said, and who heard it: the evidence.
    journey = models.ForeignKey("journeys.Journey", on_delete=models.PROTECT, related_name="+")
    heard_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "address", "purpose"], name="stop_said_once"
            ),
        )

    def __str__(self) -> str:
        return self.purpose
