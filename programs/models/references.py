"""Public code tables, the same for everybody: diagnoses, and who has which NPI."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DiagnosisRelease(models.Model):
    """One release of ICD-10-CM that was loaded, and from when until when it holds."""

    name = models.CharField(max_length=20, primary_key=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DiagnosisCode(models.Model):
    """One ICD-10-CM code, a heading or billable. PostgreSQL keeps `search` from the words.

    `release` is the newest release that has it; one that a later release left out has `ended_on`.
    """

    code = models.CharField(max_length=8, primary_key=True)
    parent = models.CharField(max_length=8, blank=True)
    description = models.TextField()
    other_words = models.TextField(blank=True)
    billable = models.BooleanField()
    release = models.ForeignKey(DiagnosisRelease, on_delete=models.PROTECT, db_index=False)
    effective_from = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class NpiRecord(models.Model):
    """Who has a National Provider Identifier, as the public registry tells."""

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANIZATION = "organization"

    npi = models.CharField(max_length=10, primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=40, blank=True)
    taxonomy = models.CharField(max_length=10, blank=True)
    deactivated_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(npi__regex=r"^[12]\d{9}$"), name="npi_has_ten_digits"
            )
        ]

    def __str__(self) -> str:
        return self.npi
