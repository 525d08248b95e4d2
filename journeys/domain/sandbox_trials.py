"""Trials of a partner's system in its sandbox: asked for on a page, run and judged by a worker."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.conformance_checks import keys_for
from journeys.domain import sandbox_sending
from journeys.domain.nudges import nudge
from journeys.domain.sandbox_sending import NothingToSend
from journeys.domain.sandbox_worlds import double_of
from journeys.enums import DeliveryStatus, TrialKind
from journeys.models import Delivery, Endpoint, SandboxTrial

TASK = "journeys.tasks.run_sandbox_trials"
# Their messages are sent as they are, past the ledger.
AS_THEY_ARE = (
    TrialKind.SIGNATURE,
    TrialKind.REPLAY,
    TrialKind.TOKEN,
    TrialKind.DUPLICATE,
    TrialKind.TOTALS,
)
ENROLLMENTS = (
    TrialKind.RETRY,
    TrialKind.APPROVE,
    TrialKind.DENY,
    TrialKind.MORE,
    TrialKind.SILENT,
)
# Of these several go out at the same time.
TOGETHER, AT_ONCE = (TrialKind.FILE, TrialKind.OUTAGE), 3
MOST_A_DAY = 200
DAY, WAIT = timedelta(days=1), timedelta(hours=1)


class TooMany(Exception):
    """The partner's system was tried very often today."""


def ask_for_trial(
    partner: Organization, kind: TrialKind, *, urgent: bool = False, by: Actor, now: datetime
) -> SandboxTrial:
    """Begin a trial; one of the same kind that still goes on ends. Raises NothingToSend, TooMany.

    The caller has checked that the actor keeps the partner's endpoint.
    """
    with every_tenant(reason="a trial concerns the partner and its double", actor=by):
        Organization.objects.select_for_update().get(pk=partner.pk)
        double = double_of(partner)
        if double is None:
            raise NothingToSend("Make your keys first.")
        way = sandbox_sending.reached(double).transport
        if kind not in (*keys_for(way), *ENROLLMENTS):
            raise NothingToSend("Your sandbox is reached another way now: see its checks.")
        its = SandboxTrial.objects.filter(organization=partner)
        if its.filter(asked_at__gt=now - DAY).count() >= MOST_A_DAY:
            raise TooMany
        trial = SandboxTrial(organization=partner, kind=kind, transport=way, asked_at=now)
        _BEGIN.get(kind, _send_enrollments)(trial, partner, double, urgent, now)
        standing = its.filter(kind=kind, finished_at=None)
        if kind not in ENROLLMENTS or kind == TrialKind.RETRY:
            standing.delete()
        trial.save(force_insert=True)
        audit.wrote(trial, action="tried", purpose=f"{partner.name}: {kind}")
        nudge(TASK, queue="routing")
    return trial


def _send_enrollments(
    trial: SandboxTrial, partner: Organization, double: Organization, urgent: bool, now: datetime
) -> None:
    known = {TrialKind.RETRY: "fail", **dict.fromkeys(TOGETHER, "approve")}
    outcome = known.get(TrialKind(trial.kind), trial.kind)
    for _ in range(AT_ONCE if trial.kind in TOGETHER else 1):
        journey = sandbox_sending.send_enrollment(
            partner, double, outcome=outcome, urgent=urgent, now=now
        )
        trial.journeys.append(journey.pk)
    first = Delivery.objects.filter(journey__in=trial.journeys, recipient=double)
    trial.message_id = str(first.order_by("created_at").values_list("pk", flat=True)[0])


def _name_message(
    trial: SandboxTrial, partner: Organization, double: Organization, urgent: bool, now: datetime
) -> None:
    if trial.kind not in (TrialKind.DUPLICATE, TrialKind.TOTALS):
        return
    delivery = sandbox_sending.newest_confirmed(double)
    # What stands in a broken file is nobody's yet, so that an answer to it is about this trial.
    known = trial.kind == TrialKind.DUPLICATE
    trial.journeys, trial.message_id = [delivery.journey_id], str(delivery.pk if known else uuid4())


def _amend(
    trial: SandboxTrial, partner: Organization, double: Organization, urgent: bool, now: datetime
) -> None:
    journey = sandbox_sending.newest_confirmed(double).journey
    sent = sandbox_sending.amend(partner, journey, now=now)
    trial.journeys, trial.message_id = [journey.pk], str(sent.pk)


def _take_back(
    trial: SandboxTrial, partner: Organization, double: Organization, urgent: bool, now: datetime
) -> None:
    journey = sandbox_sending.newest_confirmed(double).journey
    sandbox_sending.take_back(partner, journey, now=now)
    trial.journeys = [journey.pk]


def _arm(
    trial: SandboxTrial, partner: Organization, double: Organization, urgent: bool, now: datetime
) -> None:
    """The partner's next report finds the trial."""


Begin = Callable[[SandboxTrial, Organization, Organization, bool, datetime], None]
_BEGIN: dict[TrialKind, Begin] = {
    **dict.fromkeys(AS_THEY_ARE, _name_message),
    TrialKind.SLOW: _arm,
    TrialKind.AMENDMENT: _amend,
    TrialKind.REVOCATION: _take_back,
}


def try_again_now(partner: Organization, *, by: Actor, now: datetime) -> int:
    """Whatever waits for the double is tried at once, however often it failed; how much it is."""
    with every_tenant(reason="a partner tries its own sandbox again", actor=by):
        double = double_of(partner)
        if double is None:
            return 0
        its = Endpoint.objects.filter(organization=double)
        its.update(failures=0, failing_since=None, quiet_until=None)
        waiting = Delivery.objects.filter(recipient=double, status=DeliveryStatus.PENDING)
        count: int = waiting.update(next_attempt_at=now, trouble="")
        nudge("journeys.tasks.send_due_deliveries", queue="routing")
    return count


def open_trials() -> "QuerySet[SandboxTrial]":
    """Those that are not finished, the oldest first. For a caller that sees every tenant."""
    found: QuerySet[SandboxTrial] = SandboxTrial.objects.filter(finished_at=None)
    return found.select_related("organization").order_by("asked_at")


def wait_for_word(trial_id: UUID, *, now: datetime) -> None:
    """Its message was sent; the answer comes in a file. For a caller that sees every tenant."""
    SandboxTrial.objects.filter(pk=trial_id, finished_at=None).update(
        wait_until=now + WAIT, said="Written; waiting for your acknowledgement file."
    )


def finish(trial_id: UUID, *, passed: bool, said: str, message_id: str, now: datetime) -> None:
    """How a trial ended. For a caller that sees every tenant."""
    told = {"message_id": message_id} if message_id else {}
    SandboxTrial.objects.filter(pk=trial_id, finished_at=None).update(
        finished_at=now, passed=passed, said=said[:300], **told
    )
