"""One checker of what must hold after every fault: I1 to I9, as far as faults can break it."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from accounts.tenancy import every_tenant
from journeys.domain.refolding import differing
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, InboundReport, Journey, JourneyEvent, WorkItem
from tests.fakes.hub import Hub, Taken

# What every test's patient is called and insured by: it stands in no log.
CANARIES = ("Rosa", "Delgado", "MH204418890")
ARRIVED = frozenset({DeliveryStatus.SENT, DeliveryStatus.ACCEPTED})
STOPPED = frozenset({DeliveryStatus.REJECTED, DeliveryStatus.ABANDONED, DeliveryStatus.WITHHELD})


def verify(
    journeys: Sequence[Journey],
    hub: Hub | None = None,
    *,
    logs: Sequence[Path] = (),
    now: datetime | None = None,
) -> None:
    """Assert I1 to I9 of these journeys, what their hub took, and what was logged."""
    ids = [each.id for each in journeys]
    with every_tenant(reason="the checker looks at everything"):
        rows = list(Delivery.objects.filter(journey__in=ids).select_related("packet"))
        _once(ids, rows)
        _ended_and_visible(rows)
        _nobody_in_limbo(ids)
        _everything_has_an_owner(ids)
    if hub is not None:
        _taken_once_in_effect(hub.taken, {str(row.id) for row in rows if row.status in ARRIVED})
    broken = [found for found in differing(now=now or timezone.now()) if found[0] in ids]
    assert not broken, f"I4: projections that differ from their events: {broken}"
    call_command("verify_audit", verbosity=0)  # I6: raises when the chain is broken
    for log in logs:
        told = log.read_text(errors="replace")
        assert not [name for name in CANARIES if name in told], (
            f"I9: a patient stands in {log.name}"
        )


def _once(ids: Collection[object], rows: Sequence[Delivery]) -> None:
    """I1: each submission, each report and each hand-over exists exactly once."""
    assert Journey.objects.filter(pk__in=ids).count() == len(ids), "I1: a journey is missing"
    pairs = [(row.packet_id, row.recipient_id) for row in rows]
    assert len(pairs) == len(set(pairs)), "I1: a packet is on its way twice"
    doubled = InboundReport.objects.values("organization", "message_id").annotate(n=Count("id"))
    assert not doubled.filter(n__gt=1), "I1: a report was kept twice"
    events = JourneyEvent.objects.filter(journey__in=ids).values("journey", "source_event_id")
    assert not events.annotate(n=Count("id")).filter(n__gt=1), "I1: an event counts twice"


def _ended_and_visible(rows: Sequence[Delivery]) -> None:
    """I2: each has arrived, or waits with the reason said, or stopped and a person has it."""
    for row in rows:
        assert not row.untold, f"I2: no journey was told of {row.id}"
        assert row.status != DeliveryStatus.CLAIMED, f"I2: {row.id} is still taken"
        assert row.status in ARRIVED or row.trouble, f"I2: nothing says why {row.id} waits"
        if row.status in STOPPED:
            work = WorkItem.objects.filter(key=f"delivery:{row.id}", closed_at=None)
            assert work.exists(), f"I2: nobody has the stopped {row.id}"


def _nobody_in_limbo(ids: Collection[object]) -> None:
    """I5: an open journey has an open next action."""
    for journey in Journey.objects.filter(pk__in=ids, closed_at=None):
        work = WorkItem.objects.filter(journey=journey, closed_at=None)
        assert work.exists(), f"I5: nobody has a next action in {journey.number}"


def _everything_has_an_owner(ids: Collection[object]) -> None:
    """I7, I8: rows stand under a tenant that sees them; what is stored can be shown."""
    for row in JourneyEvent.objects.filter(journey__in=ids):
        assert row.organization_id in row.party_ids, "I7: the practice does not see its own row"
        assert row.visible_at is not None, "I8: an event never became visible"


def _taken_once_in_effect(taken: Sequence[Taken], arrived: Collection[str]) -> None:
    """I3: the hub knows what arrived by its id; however often it came, it says the same."""
    said: dict[str, set[str]] = defaultdict(set)
    for message in taken:
        said[message.id].add(hashlib.sha256(message.body).hexdigest())
    assert set(arrived) <= set(said), "I3: something counts as arrived that the hub never had"
    assert all(len(each) == 1 for each in said.values()), "I3: one id said two things"
