"""Take in what partners that get batch files say of each delivery, in files of their own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog

from accounts.core.ids import read_id
from accounts.tenancy import every_tenant
from journeys.core.batch import Acknowledgement
from journeys.core.delivery import TransportError
from journeys.domain.carrying import Route
from journeys.domain.claiming import route_of
from journeys.domain.confirming import confirm_delivery
from journeys.domain.ledger import Held, Settled, write
from journeys.domain.partner_tests import acknowledged
from journeys.domain.recording import lock_journey
from journeys.domain.sandbox_hearing import heard_of
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Delivery, Endpoint

log = structlog.get_logger(__name__)
Files = tuple[list[tuple[str, list[Acknowledgement]]], list[str]]
Reader = Callable[[Route], Coroutine[Any, Any, Files]]


class Putter(Protocol):
    """Renames files that were read."""

    def __call__(
        self, route: Route, names: list[str], *, ending: str
    ) -> Coroutine[Any, Any, None]: ...


def collect_acknowledgements(*, read: Reader, put_away: Putter, now: datetime) -> int:
    """Read every partner's acknowledgement files and apply them; how many files were applied.

    A file is put away after it was applied: one that is applied twice changes nothing the second
    time. One that cannot be read stays there under another name.
    """
    applied = 0
    for route in _routes():
        try:
            files, unreadable = asyncio.run(read(route))
            for _name, told in files:
                _apply(route.endpoint_id, told, now=now)
            names = [name for name, _ in files]
            asyncio.run(put_away(route, names, ending=".done"))
            asyncio.run(put_away(route, unreadable, ending=".unreadable"))
        except TransportError as error:
            log.warning(
                "acknowledgements_not_read", endpoint=str(route.endpoint_id), why=str(error)
            )
            continue
        applied += len(files)
        for name in unreadable:
            log.error("acknowledgement_unreadable", endpoint=str(route.endpoint_id), file=name)
    return applied


def _routes() -> list[Route]:
    with every_tenant(reason="acknowledgements are looked for at every partner"):
        found = Endpoint.objects.filter(transport=Transport.SFTP, active=True)
        return [
            route_of(each, each.organization.name, connections=1)
            for each in found.select_related("organization")
        ]


def _apply(endpoint_id: UUID, told: Iterable[Acknowledgement], *, now: datetime) -> None:
    """Each delivery in a transaction of its own; what is not this partner's is left alone."""
    for each in told:
        with every_tenant(reason="an acknowledgement concerns every party of the journey"):
            endpoint = Endpoint.objects.select_related("organization").get(pk=endpoint_id)
            if heard_of(endpoint, each, now=now) or acknowledged(endpoint.organization, each):
                continue
            its = Delivery.objects.filter(endpoint=endpoint_id, pk=read_id(each.delivery))
            journeys = dict(its.values_list("pk", "journey_id"))
            for delivery_id, journey_id in journeys.items():
                _settle(delivery_id, journey_id, each, now=now)
            if not journeys:
                log.error("acknowledgement_of_nothing", endpoint=str(endpoint_id))


def _settle(delivery_id: UUID, journey_id: UUID, told: Acknowledgement, *, now: datetime) -> None:
    journey = lock_journey(journey_id)
    if told.status == "accepted":
        confirm_delivery(journey, delivery_id, reference=told.case_number, at=now, now=now)
        return
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .get(pk=delivery_id)
    )
    if delivery.status == DeliveryStatus.SENT:
        said = f"{delivery.recipient.name} refused the packet."
        rejected = DeliveryStatus.REJECTED
        write([Settled.stopped(Held.of(delivery), rejected, at=now, trouble=said)])
