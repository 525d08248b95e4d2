"""What a practice knows and types once. `details` holds canonical fields by their id."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from accounts.phi import EncryptedJSONField
from accounts.tenancy import TenantModel


class Patient(TenantModel):
    """Section A of the catalogue, with digests to find the row by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    details = EncryptedJSONField()
    search_tokens: ArrayField[list[bytes], list[bytes]] = ArrayField(
        models.BinaryField(), default=list
    )
    # Name and date of birth together: the exact look-up that warns of a second row.
    identity_index = models.BinaryField(max_length=16)
    # Per field where its value came from: {"source", "by", "name", "at"}. Never the value.
    origins: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()

    class Meta:
        indexes = (
            GinIndex(fields=["search_tokens"], name="patient_search"),
            models.Index(fields=["organization", "identity_index"], name="patient_identity"),
            models.Index(fields=["organization", "-created_at"], name="patient_newest"),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.details.get("A1"), self.details.get("A3"))))


class Coverage(TenantModel):
    """Section B, one row per patient, plan and plan year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="coverages")
    details = EncryptedJSONField()
    origins: models.JSONField[Any, Any] = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField()
    # From when it counts; empty for one that counted when it was first typed.
    starts_on = models.DateField(null=True, blank=True)
    # The first day on which it no longer counts.
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class ClinicalFact(TenantModel):
    """One reusable clinical answer about a patient: weight, allergies, what was tried before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="clinical_facts")
    # The canonical field, such as E12 or E10.weight.
    field = models.CharField(max_length=40)
    value = EncryptedJSONField()
    origin: models.JSONField[Any, Any] = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["patient", "field"], name="one_fact_per_field"),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.patient_id}"


class Prescriber(TenantModel):
    """Section D. Only the linked user can sign as this prescriber."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField(max_length=120)
    details: models.JSONField[Any, Any] = models.JSONField()
    origins: models.JSONField[Any, Any] = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(default=timezone.now)
    # Somebody who left is no longer offered; what they signed stays theirs.
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class PracticeProfile(TenantModel):
    """Section C of one practice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    details: models.JSONField[Any, Any] = models.JSONField()
    origins: models.JSONField[Any, Any] = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization"], name="one_profile_per_practice"),
        )

    def __str__(self) -> str:
        return str(self.organization_id)
