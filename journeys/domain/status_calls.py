"""Tell a practice's own system that a journey changed: ids alone, what changed it reads itself.

Nothing is written when a journey learns something: a sweep finds what changed since, so that a
burst of changes is one message and the latest wins.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.core.permissions import OrganizationKind
from accounts.tenancy import every_tenant
from journeys.core.delivery import Outgoing, Receipt, TransportError, next_attempt_at
from journeys.domain.carrying import Carrier, Claimed, EndpointGone, Result, carry
from journeys.domain.claiming import route_of
from journeys.models import Endpoint, StatusCall

BATCH = 200
LEASE = timedelta(minutes=2)
# How long a transaction may take to commit before its events would be passed over.
STILL_COMMITTING = timedelta(seconds=20)
ARRIVED = "It arrived."
# What became of a message can be looked up for so long; the newest of each journey stays.
KEPT_FOR = timedelta(days=30)
# A newer change takes the place of one that waits, under an id of its own.
FIND = """
with fresh as (
    select event.journey_id, event.organization_id, max(event.visible_at) as changed_at
    from journeys_journeyevent event
    where event.visible_at > %(since)s and event.organization_id = any(%(practices)s)
    group by event.journey_id, event.organization_id
)
insert into journeys_statuscall
    (id, organization_id, journey_id, changed_at, attempts, next_attempt_at, outcome)
select gen_random_uuid(), organization_id, journey_id, changed_at, 0, %(now)s, ''
from fresh
where not exists (
    select from journeys_statuscall told
    where told.journey_id = fresh.journey_id and told.changed_at >= fresh.changed_at)
on conflict (journey_id) where finished_at is null do update
set id = excluded.id, changed_at = excluded.changed_at, attempts = 0,
    next_attempt_at = excluded.next_attempt_at
"""


def call_practices(*, carriers: Mapping[str, Carrier], clock: Callable[[], datetime]) -> int:
    """Find what changed and tell whose system wants to know; how many messages were tried."""
    claimed = _claim(now=clock())
    for results in carry(claimed, carriers):
        with every_tenant(reason="what came of a message is written to its own row"):
            for one, result in results:
                _settle(one, result, now=clock())
    return len(claimed)


def sweep(*, now: datetime) -> int:
    """Delete what ended long ago; how many rows."""
    with every_tenant(reason="messages of every practice become old"):
        newer = StatusCall.objects.filter(
            journey=OuterRef("journey"), changed_at__gt=OuterRef("changed_at")
        )
        old = StatusCall.objects.filter(Exists(newer), finished_at__lt=now - KEPT_FOR)
        deleted, _rows = old.delete()
        return int(deleted)


def _claim(*, now: datetime) -> list[Claimed]:
    """Due messages, put off by a lease, so that a process that dies loses none."""
    with every_tenant(reason="journeys of every practice change"):
        _find(now=now)
        waiting = StatusCall.objects.filter(finished_at=None, next_attempt_at__lte=now)
        due = list(
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("organization")
            .order_by("next_attempt_at")[:BATCH]
        )
        practices = {call.organization_id for call in due}
        active = Endpoint.objects.filter(organization__in=practices, active=True, fallback=False)
        endpoints = {each.organization_id: each for each in active}
        StatusCall.objects.filter(pk__in=[call.pk for call in due]).update(
            next_attempt_at=now + LEASE
        )
        ended = [call.pk for call in due if call.organization_id not in endpoints]
        StatusCall.objects.filter(pk__in=ended).update(finished_at=now, outcome="Switched off.")
        return [
            _claimed(call, endpoints[call.organization_id], now=now)
            for call in due
            if call.organization_id in endpoints
        ]


def _find(*, now: datetime) -> None:
    """Write down what changed since each practice's mark, and move the marks."""
    watching = Endpoint.objects.filter(
        organization__kind=OrganizationKind.PRACTICE, active=True, fallback=False
    )
    marks = list(watching.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    if not marks:
        return
    since = min(str(each.options["since"]) for each in marks)
    practices = [each.organization_id for each in marks]
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"now": now, "since": since, "practices": practices})
    for each in marks:
        each.options["since"] = max(
            str(each.options["since"]), (now - STILL_COMMITTING).astimezone(UTC).isoformat()
        )
    Endpoint.objects.bulk_update(marks, ["options"])


def _claimed(call: StatusCall, endpoint: Endpoint, *, now: datetime) -> Claimed:
    body = {"journey": str(call.journey_id), "changed_at": call.changed_at.isoformat()}
    return Claimed(
        delivery_id=call.pk,
        journey_id=call.journey_id,
        attempt_id=call.pk,
        attempt=call.attempts + 1,
        counted=True,
        lease_until=now + LEASE,
        route=route_of(endpoint, call.organization.name, connections=endpoint.concurrency),
        outgoing=Outgoing(
            str(call.pk), "changed", body, call.changed_at, attempt=call.attempts + 1
        ),
    )


def _settle(one: Claimed, result: Result, *, now: datetime) -> None:
    """A newer change may have taken its place meanwhile: then there is nothing to write."""
    its = StatusCall.objects.filter(pk=one.delivery_id, finished_at=None)
    if isinstance(result, Receipt):
        its.update(finished_at=now, outcome=ARRIVED, attempts=one.attempt)
    elif isinstance(result, TransportError):
        again = None if result.permanent else _again(one.delivery_id, one.attempt, result, now=now)
        its.update(
            attempts=one.attempt,
            outcome=str(result)[:200],
            **({"next_attempt_at": again} if again else {"finished_at": now}),
        )
        if isinstance(result, EndpointGone):
            Endpoint.objects.filter(pk=one.route.endpoint_id).update(active=False)
    else:
        its.update(next_attempt_at=now)


def _again(
    call_id: UUID, attempts: int, error: TransportError, *, now: datetime
) -> datetime | None:
    return next_attempt_at(attempts, now=now, key=str(call_id), retry_after=error.retry_after)
