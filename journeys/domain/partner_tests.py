"""A test message to a partner of a program: that it arrives is all it says, about nobody."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.batch import Acknowledgement
from journeys.core.delivery import Outgoing, Receipt
from journeys.domain.carrying import Carrier, Claimed, Result, carry
from journeys.domain.claiming import route_of
from journeys.domain.endpoints import NoEndpoint
from journeys.domain.nudges import nudge
from journeys.domain.program_partners import NoPartner, slugs_of
from journeys.enums import TESTED
from journeys.models import Endpoint, PartnerTest
from programs.models import ProgramVersion

TASK = "journeys.tasks.send_partner_tests"
# A partner is asked once in that time, whoever presses.
EVERY = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
ARRIVED = "It arrived."
GONE = "Nothing is sent to a system of this partner any more."


class TooSoon(Exception):
    """A test was sent just now."""


def ask_for_test(version: ProgramVersion, partner_id: UUID, *, by: Actor, now: datetime) -> None:
    """Have a test message sent to a partner of the route. Raises NoPartner, TooSoon."""
    with every_tenant(reason="a partner's endpoint is the partner's own row", actor=by):
        partner = (
            Organization.objects.select_for_update()
            .filter(pk=partner_id, slug__in=slugs_of(version), active=True)
            .first()
        )
        if partner is None or not _endpoints(partner_id).exists():
            raise NoPartner(str(partner_id))
        _keep(
            PartnerTest(
                organization_id=version.program.manufacturer_id,
                program=version.program,
                partner=partner,
                asked_at=now,
            ),
            purpose=f"{partner.name}, {version.program.key}",
        )


def ask_for_own_test(partner: Organization, *, by: Actor, now: datetime) -> None:
    """Have a test message sent to a partner by who keeps its endpoint.

    The caller has checked that the actor does. Raises NoEndpoint, TooSoon.
    """
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        Organization.objects.select_for_update().get(pk=partner.pk)
        owner = by.organization_id
        if owner is None or not _endpoints(partner.pk).exists():
            raise NoEndpoint(str(partner.pk))
        test = PartnerTest(organization_id=owner, partner=partner, asked_at=now)
        _keep(test, purpose=partner.name)


def newest_own_test(partner: Organization, *, by: Actor) -> PartnerTest | None:
    """The last one that was sent for who keeps the partner's endpoint, not for a program."""
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        its = PartnerTest.objects.filter(partner=partner, program=None)
        found: PartnerTest | None = its.order_by("-asked_at").first()
        return found


def _keep(test: PartnerTest, *, purpose: str) -> None:
    recent = PartnerTest.objects.filter(partner=test.partner, asked_at__gt=test.asked_at - EVERY)
    if recent.exists():
        raise TooSoon
    test.save(force_insert=True)
    audit.wrote(test, action="tested", purpose=purpose)
    nudge(TASK, queue="routing")


def send_tests(*, carriers: Mapping[str, Carrier], clock: Callable[[], datetime]) -> int:
    """Send what was asked for, one after the other; how many."""
    sent = 0
    while claimed := _claim(now=clock()):
        ((_, result),) = next(iter(carry([claimed], carriers)))
        with every_tenant(reason="a test's outcome is written to its own row"):
            PartnerTest.objects.filter(pk=claimed.delivery_id).update(
                finished_at=clock(), outcome=_outcome(result)[:200], arrived=_arrived(result)
            )
        sent += 1
    return sent


def _claim(*, now: datetime) -> Claimed | None:
    """The next test, for this process alone; committed before anything is sent."""
    with every_tenant(reason="tests of every manufacturer wait in one table"):
        waiting = PartnerTest.objects.filter(finished_at=None).exclude(claimed_at__gt=now - LEASE)
        test: PartnerTest | None = (
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("partner", "program")
            .order_by("asked_at")
            .first()
        )
        if test is None:
            return None
        endpoint = _endpoints(test.partner_id).first()
        test.claimed_at = now
        if endpoint is None:
            test.finished_at, test.outcome, test.arrived = now, GONE, False
        test.save(update_fields=["claimed_at", "finished_at", "outcome", "arrived"])
        if endpoint is None:
            return _claim(now=now)
        body = {"delivery": str(test.id), "text": "This is a test: nothing is to be done."}
        if test.program:
            body["program"] = test.program.key
        return Claimed(
            delivery_id=test.id,
            journey_id=test.id,
            attempt_id=test.id,
            attempt=1,
            counted=False,
            lease_until=now + LEASE,
            route=route_of(endpoint, test.partner.name, connections=1),
            outgoing=Outgoing(str(test.id), "test", body, test.asked_at),
        )


def _endpoints(partner_id: UUID) -> QuerySet[Endpoint]:
    """Where a test can be sent."""
    found: QuerySet[Endpoint] = Endpoint.objects.filter(
        organization=partner_id, active=True, fallback=False, transport__in=TESTED
    )
    return found


def _arrived(result: Result) -> bool:
    return isinstance(result, Receipt)


def _outcome(result: Result) -> str:
    """What came of it in words, with what was answered as far as its way tells that."""
    if not isinstance(result, Receipt):
        return str(result)
    if file := result.details.get("file"):
        return f"It arrived as {file}; not acknowledged yet."
    if answer := result.details.get("answer"):
        return f"It arrived, and was answered with {answer}."
    return ARRIVED


def acknowledged(partner: Organization, told: Acknowledgement) -> bool:
    """Keep what a partner says of a test in a file of its own; whether it was about one.

    For a caller that sees every tenant.
    """
    try:
        test_id = UUID(told.delivery)
    except ValueError:
        return False
    tests = PartnerTest.objects.filter(pk=test_id, partner=partner, arrived=True)
    return bool(tests.update(outcome=f"It arrived, and was acknowledged: {told.status}."))
