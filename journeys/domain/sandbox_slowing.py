"""A report to the sandbox that is asked to come again: whether the partner waits as it was told."""

from datetime import datetime, timedelta

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.sandbox_trials import finish, open_trials
from journeys.enums import TrialKind

WAIT = timedelta(seconds=5)
# Clocks and the wire: nobody is blamed for that much.
GRACE = timedelta(milliseconds=200)


def seconds_to_wait(double: Organization, message_id: str, *, now: datetime) -> int:
    """For how long a message of a partner's double is refused; 0 when it is taken.

    The first message after the trial began is asked to wait; the trial ends when it comes back.
    """
    if double.sandbox_of_id is None:
        return 0
    with every_tenant(reason="a trial stands with the partner, and its double reports"):
        its = open_trials().filter(organization=double.sandbox_of_id, kind=TrialKind.SLOW)
        trial = its.select_for_update(of=("self",)).first()
        if trial is None:
            return 0
        if trial.wait_until is None:
            trial.message_id, trial.wait_until = message_id[:80], now + WAIT
            trial.said = "Asked to wait 5 seconds; it has not come back yet."
            trial.save(update_fields=["message_id", "wait_until", "said"])
            return int(WAIT.total_seconds())
        left = trial.wait_until - GRACE - now
        if left > timedelta(0):
            early = WAIT - (trial.wait_until - now)
            trial.said = f"It came back after {early.total_seconds():.1f} s and was asked for 5."
            trial.wait_until = now + WAIT
            trial.save(update_fields=["said", "wait_until"])
            return round(WAIT.total_seconds())
        if trial.message_id == message_id:
            after = WAIT + (now - trial.wait_until)
            words = f"Came back after {after.total_seconds():.0f} s under the same id."
            finish(trial.pk, passed=True, said=words, message_id="", now=now)
        return 0
