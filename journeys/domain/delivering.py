"""Send what is due: claim and commit, send with no transaction open, settle and commit."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from accounts.tenancy import every_tenant
from accounts.writing import again_after_deadlock, run
from journeys.core.consent import Refusal
from journeys.core.delivery import Receipt, TransportError, next_attempt_at
from journeys.domain.carrying import Carrier, Claimed, EndpointGone, PartnerRefused, Result, carry
from journeys.domain.claiming import UNSETTLED, claim
from journeys.domain.lanes import Tally, keep_tallies
from journeys.domain.ledger import (
    Held,
    Settled,
    arriving,
    ending,
    give_back,
    hold,
    write,
    writing,
)
from journeys.domain.telling import tell
from journeys.enums import DeliveryStatus
from journeys.models import Delivery

log = structlog.get_logger(__name__)
BATCH = 200
TOLD_AT_ONCE = 20
# A worker that is busy for so long looks after its queue in between.
SPELL = timedelta(seconds=20)


def deliver(*, carriers: Mapping[str, Carrier], clock: Callable[[], datetime]) -> bool:
    """Send everything due, and tell the journeys of it; whether something is left to do.

    Sending goes first: the story of what went is written while nothing waits to go.
    """
    until = clock() + SPELL
    while clock() < until:
        if not deliver_due(carriers=carriers, clock=clock) and not tell(
            limit=TOLD_AT_ONCE, now=clock()
        ):
            return False
    return True


def deliver_due(
    *, carriers: Mapping[str, Carrier], clock: Callable[[], datetime], limit: int = BATCH
) -> int:
    """Send up to `limit` due deliveries; how many came to something.

    A process that dies on the way loses nothing: the lease runs out and another takes the
    same deliveries, under the same ids.
    """
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    batch = claim(limit=limit, lease=lease, now=clock())
    for delivery_id, _journey, refusal in batch.withheld:
        _withhold(delivery_id, refusal, now=clock())
    for delivery_id, _journey in batch.worn_out:
        _give_up(delivery_id, now=clock())
    came_to_something = len(batch.withheld) + len(batch.worn_out)
    for results in carry(batch.claimed, carriers):
        came_to_something += sum(result is not None for _, result in results)
        try:
            settle(results, now=clock())
        except Exception as error:  # they are sent again when the lease runs out; others go on
            log.error("settling_broke", count=len(results), exc_info=error)
    return came_to_something


def settle(results: Sequence[tuple[Claimed, Result]], *, now: datetime) -> None:
    """Keep what came of attempts: one statement for all that came through, one for the rest.

    A process that lost its lease meanwhile only completes its attempt, unless it brings the
    partner's answer: that counts whoever brings it. The journeys are told afterwards.
    """
    again_after_deadlock(lambda: _settle(results, now=now))


def _settle(results: Sequence[tuple[Claimed, Result]], *, now: datetime) -> None:
    with every_tenant(reason="the exchange settles what it sent for every practice"):
        ids = [claimed.delivery_id for claimed, _ in results]
        found = hold(ids)
        settled: list[Settled] = []
        arrived: dict[UUID, str] = {}
        tallies: dict[UUID, Tally] = defaultdict(Tally)
        for claimed, result in results:
            delivery = found[claimed.delivery_id]
            held = (
                delivery.status == DeliveryStatus.CLAIMED
                and delivery.lease_until == claimed.lease_until
            )
            if result is None:
                if held:
                    settled.append(give_back(delivery, counted=claimed.counted))
                continue
            _count(tallies[claimed.route.endpoint_id], result)
            if isinstance(result, Receipt) and delivery.status in UNSETTLED:
                _went_by(delivery, claimed)
                arrived[delivery.id] = result.reference[:60]
            elif isinstance(result, TransportError) and held:
                settled.append(_failed(delivery, claimed, result, now=now))
        run([*arriving(arrived, now=now), *writing(settled), *ending(results, now=now)])
        keep_tallies(tallies, now=now)


def _count(tally: Tally, result: Result) -> None:
    if isinstance(result, TransportError):
        tally.failed(result)
        tally.gone = tally.gone or isinstance(result, EndpointGone)
    elif result is not None:
        number = result.details.get("sequence")
        tally.succeeded(number if isinstance(number, int) else 0)


def _went_by(delivery: Held, claimed: Claimed) -> None:
    """It arrived by the earlier way, though another was chosen while it was being sent."""
    if delivery.endpoint_id != claimed.route.endpoint_id:
        its = Delivery.objects.filter(pk=delivery.id)
        its.update(endpoint=claimed.route.endpoint_id)


def _failed(delivery: Held, claimed: Claimed, error: TransportError, *, now: datetime) -> Settled:
    """Back on the ladder, or off it for good: then a person is told."""
    if not error.permanent and not claimed.counted:
        return Settled.waiting(delivery, at=delivery.next_attempt_at, trouble=str(error))
    again_at = (
        None
        if error.permanent
        else next_attempt_at(
            delivery.attempts, now=now, key=str(delivery.id), retry_after=error.retry_after
        )
    )
    if again_at is not None:
        return Settled.waiting(delivery, at=again_at, trouble=str(error))
    refused = isinstance(error, PartnerRefused)
    status = DeliveryStatus.REJECTED if refused else DeliveryStatus.ABANDONED
    return Settled.stopped(delivery, status, at=now, trouble=str(error))


def _withhold(delivery_id: UUID, refusal: Refusal, *, now: datetime) -> None:
    with every_tenant(reason="the exchange holds back what a patient has not permitted"):
        _stop(delivery_id, DeliveryStatus.WITHHELD, refusal.sentence, now=now)


def _give_up(delivery_id: UUID, *, now: datetime) -> None:
    """Every attempt was interrupted, or its partner was down for days."""
    with every_tenant(reason="the exchange gives up what it cannot send"):
        _stop(delivery_id, DeliveryStatus.ABANDONED, "", now=now)


def _stop(delivery_id: UUID, status: DeliveryStatus, trouble: str, *, now: datetime) -> None:
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if delivery.status in UNSETTLED:
        said = trouble or delivery.trouble or "Sending it was interrupted every time."
        write([Settled.stopped(Held.of(delivery), status, at=now, trouble=said)])
