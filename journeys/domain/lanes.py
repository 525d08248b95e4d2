"""How much may go to each partner now: its limit over all workers, and whether it is down.

A lane is one worker's share of an endpoint's connections, held as long as its batch's lease.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.plans import Plan, execution
from accounts.prepared import Prepared
from accounts.writing import Statement, answers_of
from journeys.core.circuit import Circuit
from journeys.core.delivery import TransportError
from journeys.domain.sending import circuit_of, waits_for
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint


@dataclass(frozen=True)
class Lane:
    """One endpoint that something may go to: `free` connections; one delivery when `probing`."""

    endpoint: Endpoint
    free: int
    probing: bool = False
    given_up: bool = False


def keep_circuit(endpoint: Endpoint, circuit: Circuit) -> None:
    """Write it down. The caller holds the endpoint's lock."""
    endpoint.failures = circuit.failures
    endpoint.failing_since = circuit.failing_since
    endpoint.quiet_until = circuit.quiet_until
    endpoint.save(update_fields=["failures", "failing_since", "quiet_until"])


def asking(now: datetime) -> list[Statement]:
    """What tells of the lanes: the endpoints that something waits for are locked.

    What a worker that died had is due again.
    """
    return [execution(BACK, ()), WAITING(now=now.isoformat()).statement(), execution(IN_USE, ())]


def open_lanes(answers: Sequence[Sequence[Sequence[Any]]], *, now: datetime) -> list[Lane]:
    """The endpoints that may be sent to now, by the answers to `asking`.

    An endpoint that is down gets one delivery, and no worker asks it again before its wait is
    over.
    """
    _, found, batches = answers
    used = {row[0]: row[1] for row in batches}
    lanes = []
    for endpoint in WAITING(now=now.isoformat()).written.read(found):
        circuit = circuit_of(endpoint)
        free = max(1, endpoint.concurrency) - used.get(endpoint.pk, 0)
        if circuit.given_up(now):
            lanes.append(Lane(endpoint, free=1, given_up=True))
        elif circuit.open and free > 0:
            keep_circuit(endpoint, circuit.probing(now))
            lanes.append(Lane(endpoint, free=1, probing=True))
        elif free > 0:
            lanes.append(Lane(endpoint, free=free))
    return lanes


BACK = Plan(
    "update journeys_delivery set status = 'pending', lease_until = null"
    " where status = 'claimed' and lease_until < statement_timestamp()"
)
# What the batches under way may open; a batch is known by its lease's end.
IN_USE = Plan(
    "select endpoint_id, sum(connections) from ("
    "select endpoint_id, lease_until, max(connections) as connections from journeys_delivery"
    " where status = 'claimed' and lease_until >= statement_timestamp()"
    " group by endpoint_id, lease_until) as batch group by endpoint_id"
)


def _waiting(now: str) -> "QuerySet[Endpoint]":
    at = Cast(Value(str(now)), DateTimeField())
    its = Delivery.objects.filter(endpoint=OuterRef("pk"))
    pending = its.filter(status=DeliveryStatus.PENDING)
    found: QuerySet[Endpoint] = (
        Endpoint.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization")
        .filter(Q(quiet_until=None) | Q(quiet_until__lte=at), active=True)
        .filter(
            Exists(pending.filter(next_attempt_at__lte=at))
            | Q(failing_since__isnull=False) & Exists(pending)
        )
        .order_by("pk")
    )
    return found


WAITING = Prepared(_waiting)


@dataclass
class Tally:
    """How one endpoint's sendings of a batch went, in the order of their ends."""

    failures: int = 0
    came_through: bool = False
    gone: bool = False
    retry_after: timedelta | None = None
    sequence: int = 0

    def failed(self, error: TransportError) -> None:
        """One more. A refusal is an answer: the partner is there."""
        if error.ours:
            return
        if error.permanent:
            self.succeeded()
            return
        self.failures += 1
        if error.retry_after:
            self.retry_after = max(error.retry_after, self.retry_after or error.retry_after)

    def succeeded(self, sequence: int = 0) -> None:
        """One that came through, in the file of this number if it was one."""
        self.sequence = max(self.sequence, sequence)
        self.failures, self.came_through, self.retry_after = 0, True, None

    def after(self, before: Circuit, *, now: datetime) -> Circuit:
        """How sending to the endpoint goes now."""
        circuit = Circuit() if self.came_through else before
        if not self.failures:
            return circuit
        return circuit.after(self.failures, now=now, retry_after=self.retry_after)

    def tells_news(self, before: Circuit, sequence: int, *, now: datetime) -> bool:
        """Whether there is anything to write about an endpoint that stands like this."""
        return self.gone or self.sequence > sequence or self.after(before, now=now) != before


AS_KNOWN = (
    "select id, sequence, failures, failing_since, quiet_until from journeys_endpoint"
    " where id = any(%s) order by id"
)


def keep_tallies(tallies: Mapping[UUID, Tally], *, now: datetime) -> None:
    """What a batch tells of its endpoints; one that goes as it did is not locked."""
    (known,) = answers_of([Statement(AS_KNOWN, [list(tallies)])])
    for endpoint_id, sequence, *circuit in known:
        tally = tallies[endpoint_id]
        if tally.tells_news(Circuit(*circuit), sequence, now=now):
            _keep_tally(endpoint_id, tally, now=now)


def _keep_tally(endpoint_id: UUID, tally: Tally, *, now: datetime) -> None:
    """The first to come through to a partner that was down lets everything that waits go."""
    locked = Endpoint.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("organization").get(pk=endpoint_id)
    before = circuit_of(found)
    after = tally.after(before, now=now)
    if after != before:
        keep_circuit(found, after)
    if tally.sequence > found.sequence:
        Endpoint.objects.filter(pk=endpoint_id).update(sequence=tally.sequence)
    if tally.gone:
        Endpoint.objects.filter(pk=endpoint_id).update(active=False)
    waiting = Delivery.objects.filter(endpoint=endpoint_id, status=DeliveryStatus.PENDING)
    if after.open and not before.open:
        waiting.filter(trouble="").update(trouble=waits_for(found.organization.name))
    if before.open and not after.open:
        waiting.filter(next_attempt_at__gt=now).update(next_attempt_at=now)
