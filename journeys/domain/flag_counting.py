"""Count each night how many at-risk flags were followed by a real delay."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.precision import decided, log_of, precision, verdicts
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.reading import one
from journeys.domain.recording import stored_events
from journeys.models import FlagCount, Journey
from programs.models import Program

SINCE = timedelta(days=90)
# Each is told again moment by moment: so many of a program, the newest, say how good its flags are.
MOST = 200


def count_flags(*, now: datetime) -> None:
    """Count anew, for each hub and for the operator, the flags of the last 90 days."""
    for program in Program.objects.filter(manufacturer__sandbox_of=None).order_by("pk"):
        with every_tenant(reason="the flags of every practice's journeys are counted"):
            _count(program, now=now)


def _count(program: Program, *, now: datetime) -> None:
    found = Organization.objects.filter(kind=OrganizationKind.OPERATOR, active=True)
    operators = list(found.values_list("pk", flat=True))
    totals: dict[tuple[UUID, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    told = one().filter(program_version__program=program, last_event_at__gt=now - SINCE)
    for journey in told.order_by("-last_event_at")[:MOST]:
        readers = [*operators, journey.hub_id] if journey.hub_id else operators
        for rule, (hits, raised) in _flags_of(journey, now=now).items():
            for reader in readers:
                before = totals[reader, rule]
                totals[reader, rule] = (before[0] + hits, before[1] + raised)
    FlagCount.objects.filter(program=program).delete()
    FlagCount.objects.bulk_create(
        FlagCount(organization_id=reader, program=program, rule=rule, raised=raised, followed=hits)
        for (reader, rule), (hits, raised) in totals.items()
    )


def _flags_of(journey: Journey, *, now: datetime) -> dict[str, tuple[int, int]]:
    graph = graph_of(journey.program_version_id)
    flags, delays = log_of(
        graph,
        stored_events(journey),
        started_at=journey.started_at,
        until=now,
        parties=cast_of(journey).people(),
    )
    return precision(decided(verdicts(graph, flags, delays), since=now - SINCE))
