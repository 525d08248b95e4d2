"""The graph of a journey: its program version's template, tuned. Versions never change."""

from functools import lru_cache
from uuid import UUID

from journeys.core.graph import Graph
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from programs.models import ProgramVersion


@lru_cache(maxsize=256)
def _graph(version_id: UUID) -> Graph:
    version = ProgramVersion.objects.only("definition").get(pk=version_id)
    plan = version.definition["journey"]
    return tuned(GRAPHS[plan["template"]], plan.get("tune", {}))


def graph_of(version_id: UUID) -> Graph:
    """The graph that journeys of this program version follow."""
    return _graph(version_id)
