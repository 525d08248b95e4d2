"""What journeys need of their program version, read once per process: versions never change."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from journeys.core.graph import Graph
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Plan:
    """The version's template, tuned, and the vendor that its route names (a slug, or empty)."""

    graph: Graph
    vendor: str


@lru_cache(maxsize=256)
def _plan(version_id: UUID) -> Plan:
    definition = ProgramVersion.objects.only("definition").get(pk=version_id).definition
    plan = definition["journey"]
    return Plan(
        graph=tuned(GRAPHS[plan["template"]], plan.get("tune", {})),
        vendor=definition["route"].get("vendor", ""),
    )


def graph_of(version_id: UUID) -> Graph:
    """The graph that journeys of this program version follow."""
    return _plan(version_id).graph


def vendor_of(version_id: UUID) -> str:
    """The slug of the vendor that takes part in journeys of this program version, or nothing."""
    return _plan(version_id).vendor
