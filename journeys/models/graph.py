"""The graph that a program version's journeys follow, kept as it was when the first one began."""

from __future__ import annotations

from typing import Any

from django.db import models


class KeptGraph(models.Model):
    """A version's template, tuned, as data: a later template leaves begun journeys alone."""

    program_version = models.OneToOneField(
        "programs.ProgramVersion",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="kept_graph",
    )
    # journeys.core.graph_json reads and writes it.
    graph: models.JSONField[Any, Any] = models.JSONField()

    def __str__(self) -> str:
        return str(self.program_version_id)
