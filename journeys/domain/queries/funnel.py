"""How far a program's journeys have come: counts that never tell about single patients."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from journeys.core.graph import STAGES
from journeys.core.suppression import may_be_shown, reached
from journeys.models import FunnelRow

CLOSED = "closed"


@dataclass(frozen=True)
class Funnel:
    """Open and completed journeys by the stage they reached, and how many were closed early.

    None where a number stays hidden. The two are never added up: a total would tell them.
    """

    stages: tuple[tuple[str, int | None], ...]
    closed: int | None

    @property
    def hides(self) -> bool:
        """Whether any number stays hidden."""
        return self.closed is None or any(count is None for _, count in self.stages)


def funnel_of(program_id: UUID) -> Funnel:
    """Count a program's de-identified rows, as far as the actor's organization owns them."""
    rows = FunnelRow.objects.filter(program_id=program_id).values_list("stage")
    at: dict[str, int] = dict(rows.annotate(Count("id")))
    shown = reached([at.get(stage, 0) for stage in STAGES])
    closed = at.get(CLOSED, 0)
    return Funnel(
        stages=tuple(zip(STAGES, shown, strict=True)),
        closed=closed if may_be_shown(closed) else None,
    )
