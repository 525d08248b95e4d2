"""A manufacturer's program and its dated versions. Every practice may read what is published."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class Program(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    manufacturer = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="programs"
    )
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    product = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class ProgramVersion(models.Model):
    """What a program asks and where it goes, from a date. Immutable once published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition: models.JSONField[Any, Any] = models.JSONField()
    # What it was tried with before it was published: answers, and what is expected of them.
    cases: models.JSONField[Any, Any] = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["program", "number"], name="program_version_numbered"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="program_version_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.program_id} version {self.number}"
