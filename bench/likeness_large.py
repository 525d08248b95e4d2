"""How fast a patient enrolled twice is found among a million patients of one hub."""

import time
from collections.abc import Iterator, Sequence
from uuid import UUID

import psycopg

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import acting_as, current_organization_id, every_tenant
from bench.office import actor_of
from bench.pages import HUB_AGENT
from bench.results import Row, Unmeasured, percentile
from bench.scale import HUB
from bench.world import World
from journeys.core.sameness_keys import looked_for
from journeys.domain.likeness import candidates, digests, newest_body, traits_of
from journeys.models import Journey

KEYS = 5
# The commonest last name of the United States is that of nearly 1 in 100: of a million, so many
# in each year of birth. As many stand under every key that a search asks for.
NAMESAKES = 120
ROUNDS, PROBES = 5, 20
CROWD = (
    "insert into journeys_personkey (organization_id, journey_id, key)"
    " select %s, gen_random_uuid(), decode(md5(n::text), 'hex') from generate_series(1, %s) n"
)
ALIKE = (
    "insert into journeys_personkey (organization_id, journey_id, key)"
    " select %s, gen_random_uuid(), %s from generate_series(1, %s)"
)


def measure(world: World) -> Iterator[Row]:
    """`duplicate_search_p95_ms_1m`: from an open journey to its scored candidates, server time
    without the request around it, as the hub that has it and behind both walls. The hub's table
    has five keys for each of a million patients, and 120 namesakes under every key asked for.
    """
    with every_tenant(reason="the bench looks for a hub and its journeys"):
        hub = Organization.objects.get(slug=HUB)
        found = Journey.objects.filter(hub=hub, closed_at=None)
        probes = list(found.select_related("program_version__program").order_by("id")[:PROBES])
        asked = sorted({key for each in probes for key in _asked(each, hub.id)})
    if not probes:
        raise Unmeasured("The hub of the demo has no open journey.")
    _load(world, hub.id, asked)
    agent = actor_of(HUB_AGENT)
    runs = [percentile([_ms(each, agent) for each in probes], 0.95) for _ in range(ROUNDS + 1)]
    yield Row("duplicate_search_p95_ms_1m", "ms", runs[1:])


def _asked(journey: Journey, hub_id: UUID) -> Sequence[bytes]:
    return digests(looked_for(traits_of(journey, newest_body(journey.pk))), organization_id=hub_id)


def _load(world: World, hub_id: UUID, asked: Sequence[bytes]) -> None:
    """The crowd's keys are nobody's journeys: the reference is dropped for it."""
    url = world.variables["DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select set_config('app.every_tenant', 'on', false)")
        connection.execute("set synchronous_commit = off")
        names = connection.execute(
            "select conname from pg_constraint"
            " where conrelid = 'journeys_personkey'::regclass and contype = 'f'"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'alter table journeys_personkey drop constraint "{name}"')
        connection.execute(CROWD, [hub_id, world.journeys * KEYS])
        for key in asked:
            connection.execute(ALIKE, [hub_id, key, NAMESAKES])
        connection.execute("vacuum (analyze) journeys_personkey")


def _ms(journey: Journey, agent: Actor) -> float:
    began = time.perf_counter()
    with acting_as(agent):
        candidates(journey, organization_id=current_organization_id())
    return (time.perf_counter() - began) * 1000
