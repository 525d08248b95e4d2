"""What journeys need of their program version, read once per process: versions never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from journeys.core.graph import Graph
from journeys.core.graph_json import from_json, to_json
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from journeys.models import KeptGraph
from journeys.rules import ROUTING
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Plan:
    """The version's template, tuned, and whom its route names: the vendor (a slug, or empty), and
    each pharmacy's name by its slug.

    Once a journey has begun on it the graph is the kept one, whatever becomes of the template.
    """

    graph: Graph
    vendor: str
    pharmacies: Mapping[str, str]


@lru_cache(maxsize=256)
def _plan(version_id: UUID) -> Plan:
    version = (
        ProgramVersion.objects.select_related("kept_graph")
        .only("definition", "kept_graph__graph")
        .get(pk=version_id)
    )
    plan, route = version.definition["journey"], version.definition["route"]
    kept: KeptGraph | None = getattr(version, "kept_graph", None)
    return Plan(
        graph=from_json(kept.graph)
        if kept
        else tuned(GRAPHS[plan["template"]], plan.get("tune", {})),
        vendor=route.get("vendor", ""),
        pharmacies={each["code"]: each.get("label", "") for each in route.get("pharmacies", ())},
    )


def keep_graph(version_id: UUID) -> None:
    """Keep the graph that a version's journeys follow from now on; again changes nothing."""
    # Asked of the database: what this process read may have been rolled back since.
    if not KeptGraph.objects.filter(pk=version_id).exists():
        row = KeptGraph(program_version_id=version_id, graph=to_json(graph_of(version_id)))
        KeptGraph.objects.bulk_create([row], ignore_conflicts=True)
        _plan.cache_clear()


def graph_of(version_id: UUID) -> Graph:
    """The graph that journeys of this program version follow."""
    return _plan(version_id).graph


def vendor_of(version_id: UUID) -> str:
    """The slug of the vendor that takes part in journeys of this program version, or nothing."""
    return _plan(version_id).vendor


def chooses_pharmacy(version_id: UUID) -> bool:
    """Whether a step of these journeys asks which pharmacy: none takes part before it is told."""
    return ROUTING in graph_of(version_id).by_key


def pharmacies_of(version_id: UUID) -> Mapping[str, str]:
    """The names of the pharmacies that may dispense for this program version, by their slugs."""
    return _plan(version_id).pharmacies
