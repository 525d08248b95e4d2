"""What came of trials that go on: some messages are sent as they are, the rest is in the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.conformance import Pair, Sent, Verdict, judged, refused_well
from journeys.core.delivery import Outgoing
from journeys.domain.carrying import Route
from journeys.domain.claiming import route_of
from journeys.domain.disclosing import outgoing_of, role_of
from journeys.domain.sandbox_trials import AS_THEY_ARE, finish, open_trials, wait_for_word
from journeys.domain.sandbox_worlds import double_of
from journeys.domain.sending import endpoint_of
from journeys.enums import BATCHED, DeliveryStatus, Transport, TrialKind
from journeys.models import Delivery, JourneyEvent, SandboxTrial

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
NO_ADDRESS = "Nothing is sent to your sandbox any more: give its address anew."
TEST = {"text": "This is a test: nothing is to be done."}
# What is wrong with a message that is sent to be refused.
Flaw = Literal["", "secret", "time", "token", "totals"]
FLAWS: dict[str, Flaw] = {
    TrialKind.SIGNATURE: "secret",
    TrialKind.REPLAY: "time",
    TrialKind.TOKEN: "token",
    TrialKind.TOTALS: "totals",
}
_FLAWED = {
    Transport.WEBHOOK: {"secret": "with a wrong signature", "time": "ten minutes old"},
    Transport.FHIR: {
        "secret": "signed by a key that nobody knows",
        "time": "that had ended",
        "token": "with a token that you never gave",
    },
}
_GOOD = {
    Transport.WEBHOOK: "The message with a good signature",
    Transport.FHIR: "The request with our own key",
}
_STATUS: dict[str, Literal["waiting", "taken", "confirmed", "stopped"]] = {
    DeliveryStatus.PENDING: "waiting",
    DeliveryStatus.CLAIMED: "waiting",
    DeliveryStatus.SENT: "taken",
    DeliveryStatus.ACCEPTED: "confirmed",
}


@dataclass(frozen=True)
class Heard:
    """A partner's answer to one message, and the case number in it.

    Status 0 is none; `trouble` then says why.
    """

    status: int
    case_number: str = ""
    trouble: str = ""


SendMessage = Callable[[Route, Outgoing, Flaw], Heard]


@dataclass(frozen=True)
class _Message:
    """A trial whose messages are to be sent now; `case_number` is what they are known by."""

    trial_id: UUID
    kind: str
    route: Route
    outgoing: Outgoing
    case_number: str


def run_trials(*, send: SendMessage, clock: Callable[[], datetime]) -> int:
    """Send the messages that were asked for, and judge what goes on; how many trials ended."""
    ended = 0
    while claimed := _claim(now=clock()):
        verdict = _tried(claimed, send)
        with every_tenant(reason="a trial's outcome is written to its own row"):
            if verdict is None:
                wait_for_word(claimed.trial_id, now=clock())
                continue
            finish(
                claimed.trial_id,
                passed=verdict.passed,
                said=verdict.said,
                message_id=verdict.message_id,
                now=clock(),
            )
        ended += 1
    return ended + _judge(now=clock())


def _claim(*, now: datetime) -> _Message | None:
    """The next trial that has to send, for this process alone; committed before it is sent."""
    with every_tenant(reason="trials of every partner wait in one table"):
        waiting = open_trials().filter(kind__in=AS_THEY_ARE, wait_until=None)
        waiting = waiting.exclude(claimed_at__gt=now - LEASE)
        trial = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if trial is None:
            return None
        trial.claimed_at = now
        trial.save(update_fields=["claimed_at"])
        found = _message_of(trial)
        if found is None:
            finish(trial.pk, passed=False, said=NO_ADDRESS, message_id="", now=now)
        return found or _claim(now=now)


def _message_of(trial: SandboxTrial) -> _Message | None:
    double = double_of(trial.organization)
    endpoint = endpoint_of(double) if double else None
    if double is None or endpoint is None:
        return None
    outgoing, number = Outgoing(str(uuid4()), "test", TEST, trial.asked_at), ""
    if trial.kind in (TrialKind.DUPLICATE, TrialKind.TOTALS):
        found = Delivery.objects.select_related("journey", "packet", "recipient")
        delivery = found.get(recipient=double, packet__kind="enrollment", **_which(trial))
        number = delivery.partner_case_number
        outgoing = outgoing_of(delivery, role=role_of(double), attempt=1)
        body = {**outgoing.body, "delivery": trial.message_id}
        outgoing = replace(outgoing, delivery_id=trial.message_id, body=body)
    return _Message(
        trial.pk, trial.kind, route_of(endpoint, double.name, connections=1), outgoing, number
    )


def _which(trial: SandboxTrial) -> dict[str, object]:
    """The delivery whose message goes out again, by name or as the journey's newest."""
    if trial.kind == TrialKind.DUPLICATE:
        return {"pk": trial.message_id}
    return {"journey": trial.journeys[0], "packet__version": 1}


def _tried(one: _Message, send: SendMessage) -> Verdict | None:
    """What came of it; None where the partner answers later, in a file."""
    if one.route.transport in BATCHED:
        heard = send(one.route, one.outgoing, FLAWS.get(one.kind, ""))
        return None if heard.status else Verdict(False, f"It did not arrive: {heard.trouble}.")
    way, good = Transport(one.route.transport), send(one.route, one.outgoing, "")
    name = one.outgoing.delivery_id
    if not 200 <= good.status < 300:
        told = f"was answered {good.status}" if good.status else f"did not arrive: {good.trouble}"
        return Verdict(False, f"{_GOOD[way]} {told}.", name)
    if one.kind == TrialKind.DUPLICATE:
        return repeated(good, one.case_number, name)
    flaw = FLAWS[one.kind]
    other = Outgoing(str(uuid4()), "test", TEST, one.outgoing.at)
    bad, what = send(one.route, other, flaw), _FLAWED[way][flaw]
    if refused_well(bad.status):
        words = f"The good one was answered {good.status}, the one {what} {bad.status}."
        return Verdict(True, words, other.delivery_id)
    told = f"was answered {bad.status}" if bad.status else "was not answered"
    return Verdict(False, f"The one {what} {told}: answer 401.", other.delivery_id)


def repeated(answer: Heard, number: str, name: str) -> Verdict:
    """How it ended that a message came again, whose case has this number."""
    told = answer.case_number
    if told and told != number:
        return Verdict(False, f"It was opened again as {told}; the case is {number}.", name)
    return Verdict(True, f"It was taken again, and the case is still {number}.", name)


def _judge(*, now: datetime) -> int:
    ended = 0
    with every_tenant(reason="trials of every partner are judged by one task"):
        waiting = open_trials().exclude(kind__in=AS_THEY_ARE, wait_until=None)
        for trial in waiting.select_for_update(skip_locked=True, of=("self",)):
            verdict = _verdict(trial, now=now)
            if verdict:
                finish(
                    trial.pk,
                    passed=verdict.passed,
                    said=verdict.said,
                    message_id=verdict.message_id,
                    now=now,
                )
                ended += 1
    return ended


def _verdict(trial: SandboxTrial, *, now: datetime) -> Verdict | None:
    partner, waited = trial.organization, now - trial.asked_at
    if trial.kind in AS_THEY_ARE:
        late = waited > LONGEST_WAIT
        return Verdict(False, "No acknowledgement came in time.") if late else None
    if trial.kind == TrialKind.SLOW:
        # The API ends it when the message comes back.
        late = waited > LONGEST_WAIT
        return Verdict(False, trial.said or "No report came back in time.") if late else None
    double = double_of(partner)
    if double is None:
        return None
    return judged(
        trial.kind,
        sent_in(trial, double),
        role=partner.kind,
        reported=_reported(trial, double),
        waited=waited,
    )


def sent_in(trial: SandboxTrial, double: Organization) -> list[Sent]:
    """The messages of a trial's journeys to the double, the oldest first."""
    its = Delivery.objects.filter(journey__in=trial.journeys, recipient=double)
    rows = its.select_related("journey", "packet", "endpoint").prefetch_related("tries")
    return [_sent(each) for each in rows.order_by("created_at", "packet__version")]


def _sent(delivery: Delivery) -> Sent:
    tries = sorted(
        (each for each in delivery.tries.all() if each.finished_at), key=lambda each: each.number
    )
    status = _STATUS.get(delivery.status, "stopped")
    if status == "taken" and delivery.endpoint.transport in BATCHED:
        # A file that lies there is taken in by nobody yet.
        status = "waiting"
    failed = tries[:-1] if delivery.sent_at else tries
    return Sent(
        message_id=str(delivery.pk),
        journey=delivery.journey.number,
        version=delivery.packet.version,
        status=status,
        case_number=delivery.partner_case_number,
        failures=tuple(each.outcome for each in failed),
        trouble=delivery.trouble,
    )


def _reported(trial: SandboxTrial, double: Organization) -> list[Pair]:
    told = JourneyEvent.objects.filter(
        journey__in=trial.journeys, source=double.slug, kind="status"
    )
    return [(step, status) for step, status in told.values_list("step", "status") if step]
