"""How long the steps of a program really took: counts over journeys, about nobody."""

from __future__ import annotations

from typing import Any

from django.db import models


class ProgramPace(models.Model):
    """By payer class and step, in business hours; counted anew each night."""

    program = models.OneToOneField(
        "programs.Program", on_delete=models.CASCADE, primary_key=True, related_name="pace"
    )
    # journeys.core.pace reads and writes it.
    observed: models.JSONField[Any, Any] = models.JSONField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.program_id)
