"""What one of two processes does that record at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count, cycle
from uuid import UUID

from accounts.tenancy import every_tenant
from bench.floor import plain_transaction
from bench.stories import asking
from bench.together import Works
from journeys.domain.recording import record
from journeys.models import Journey


@dataclass(frozen=True)
class Part:
    """How many events a round, about journeys of its own but for every so-manieth, which is about
    one that all of them tell of; and a floor's row sizes.
    """

    name: str
    own: Sequence[UUID]
    shared: UUID
    shared_every: int
    events: int
    sizes: Sequence[int]
    now: datetime


@contextmanager
def recording(part: Part) -> Iterator[Works]:
    """Rounds of "record" and "floor"."""

    def times(work: Callable[[], object]) -> Callable[[], object]:
        return lambda: [work() for _ in range(part.events)]

    with plain_transaction(part.sizes) as write:
        yield {"record": times(_learning(part)), "floor": times(write)}


def _learning(part: Part) -> Callable[[], object]:
    """What records the next event of the part."""
    with every_tenant(reason="the bench tells what the parties would"):
        found = Journey.objects.select_related("hub", "pharmacy").in_bulk([*part.own, part.shared])
    said = {key: asking(each, since=part.now, named=part.name) for key, each in found.items()}
    own, number = cycle(part.own), count(1)

    def learn() -> None:
        journey_id = part.shared if next(number) % part.shared_every == 0 else next(own)
        event = next(said[journey_id])
        record(journey_id, event, actor=None, now=event.received_at)

    return learn
