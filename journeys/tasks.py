"""What workers do when they are told to look. A task carries nothing: it reads its rows."""

from celery import shared_task
from django.utils import timezone

from journeys.documents import packet
from journeys.domain import (
    acknowledging,
    cohorts,
    counting,
    counts_letters,
    delivering,
    drawing,
    falling_back,
    flag_counting,
    inbound,
    invariants,
    key_ends,
    lag_counting,
    likely_twins,
    mailing,
    pacing,
    partner_tests,
    safety_letters,
    sandbox_clearing,
    sandbox_judging,
    staffing,
    status_calls,
    unowned,
    upkeep,
)
from journeys.domain.nudges import nudge
from journeys.partners.registry import CARRIERS
from journeys.partners.sftp import put_away, read_acknowledgements
from journeys.partners.trial_messages import send_as_it_is


@shared_task(name="journeys.tasks.send_due_deliveries")  # type: ignore[untyped-decorator]  # celery is untyped
def send_due_deliveries() -> None:
    """Send what is due and tell the journeys; a long queue gives others their turn in between."""
    if delivering.deliver(carriers=CARRIERS, clock=timezone.now):
        nudge("journeys.tasks.send_due_deliveries", queue="routing")


@shared_task(name="journeys.tasks.fall_back")  # type: ignore[untyped-decorator]  # celery is untyped
def fall_back() -> None:
    """Send another way what does not reach its program's hub."""
    falling_back.fall_back(now=timezone.now())


@shared_task(name="journeys.tasks.collect_acknowledgements")  # type: ignore[untyped-decorator]  # celery is untyped
def collect_acknowledgements() -> None:
    """Take in what partners that get batch files say of them."""
    acknowledging.collect_acknowledgements(
        read=read_acknowledgements, put_away=put_away, now=timezone.now()
    )


@shared_task(name="journeys.tasks.draw_packets")  # type: ignore[untyped-decorator]  # celery is untyped
def draw_packets() -> None:
    """Draw packets for whoever downloads them, and look again: meanwhile more may be due."""
    if drawing.draw_due(draw=packet.of_outgoing, now=timezone.now()):
        drawing.ask_for_packets()


@shared_task(name="journeys.tasks.process_waiting_reports")  # type: ignore[untyped-decorator]  # celery is untyped
def process_waiting_reports() -> None:
    """Apply what partners reported; a full batch means that there is more."""
    taken = inbound.process_waiting(clock=timezone.now)
    if taken >= inbound.BATCH:
        nudge("journeys.tasks.process_waiting_reports", queue="inbound")


@shared_task(name="journeys.tasks.refresh_due_journeys")  # type: ignore[untyped-decorator]  # celery is untyped
def refresh_due_journeys() -> None:
    """Evaluate anew what time or people's leaving changes; a full batch: there is more."""
    staffing.watch_staffing(now=timezone.now())
    refreshed = upkeep.refresh_due(now=timezone.now())
    if refreshed >= upkeep.LIMIT:
        nudge("journeys.tasks.refresh_due_journeys", queue="upkeep")


@shared_task(name="journeys.tasks.look_for_twins")  # type: ignore[untyped-decorator]  # celery is untyped
def look_for_twins() -> None:
    """Flag who looks enrolled twice; a full batch means that there is more."""
    if likely_twins.look_for_twins(now=timezone.now()) >= likely_twins.BATCH:
        nudge("journeys.tasks.look_for_twins", queue="upkeep")


@shared_task(name="journeys.tasks.count_learn_lag")  # type: ignore[untyped-decorator]  # celery is untyped
def count_learn_lag() -> None:
    """Count how late events became visible since the last time."""
    lag_counting.count_lag(now=timezone.now())


@shared_task(name="journeys.tasks.count_funnels")  # type: ignore[untyped-decorator]  # celery is untyped
def count_funnels() -> None:
    """Bring the manufacturers' counts up to date; a full batch means that there is more."""
    if counting.count_changes() >= counting.BATCH:
        nudge("journeys.tasks.count_funnels", queue="upkeep")


@shared_task(name="journeys.tasks.send_partner_tests")  # type: ignore[untyped-decorator]  # celery is untyped
def send_partner_tests() -> None:
    """Send the test messages that were asked for."""
    partner_tests.send_tests(carriers=CARRIERS, clock=timezone.now)


@shared_task(name="journeys.tasks.run_sandbox_trials")  # type: ignore[untyped-decorator]  # celery is untyped
def run_sandbox_trials() -> None:
    """Send what partners want their systems tried with, and judge what came of it."""
    sandbox_judging.run_trials(send=send_as_it_is, clock=timezone.now)


@shared_task(name="journeys.tasks.call_practices")  # type: ignore[untyped-decorator]  # celery is untyped
def call_practices() -> None:
    """Tell practices' own systems which journeys changed; a full batch means that there is more."""
    if status_calls.call_practices(carriers=CARRIERS, clock=timezone.now) >= status_calls.BATCH:
        nudge("journeys.tasks.call_practices", queue="routing")


@shared_task(name="journeys.tasks.sweep_status_calls")  # type: ignore[untyped-decorator]  # celery is untyped
def sweep_status_calls() -> None:
    """Delete what practices' own systems were told long ago."""
    status_calls.sweep(now=timezone.now())


@shared_task(name="journeys.tasks.send_due_mail")  # type: ignore[untyped-decorator]  # celery is untyped
def send_due_mail() -> None:
    """Write to whom it is time to write."""
    mailing.send_due_mail(clock=timezone.now)
    counts_letters.send_due_letters(clock=timezone.now)
    safety_letters.tell_desks(now=timezone.now())


@shared_task(name="journeys.tasks.tell_of_unowned")  # type: ignore[untyped-decorator]  # celery is untyped
def tell_of_unowned() -> None:
    """Tell supervisors of cases that nobody has."""
    unowned.tell_of_unowned(now=timezone.now())


@shared_task(name="journeys.tasks.check_invariants")  # type: ignore[untyped-decorator]  # celery is untyped
def check_invariants() -> None:
    """Look whether everything holds that must hold of every journey."""
    invariants.check_invariants(now=timezone.now())


@shared_task(name="journeys.tasks.count_paces")  # type: ignore[untyped-decorator]  # celery is untyped
def count_paces() -> None:
    """Count how long steps really took."""
    pacing.count_paces(now=timezone.now())


@shared_task(name="journeys.tasks.try_cohorts")  # type: ignore[untyped-decorator]  # celery is untyped
def try_cohorts() -> None:
    """Send made-up patients through every program draft that somebody wants tried."""
    cohorts.try_waiting(clock=timezone.now)


@shared_task(name="journeys.tasks.count_flags")  # type: ignore[untyped-decorator]  # celery is untyped
def count_flags() -> None:
    """Count how many at-risk flags were followed by a real delay."""
    flag_counting.count_flags(now=timezone.now())


@shared_task(name="journeys.tasks.tell_of_key_ends")  # type: ignore[untyped-decorator]  # celery is untyped
def tell_of_key_ends() -> None:
    """Write to the administrators of partners whose keys end soon."""
    key_ends.tell_of_ends(clock=timezone.now)


@shared_task(name="journeys.tasks.clear_sandboxes")  # type: ignore[untyped-decorator]  # celery is untyped
def clear_sandboxes() -> None:
    """Delete what was tried in sandboxes long ago."""
    sandbox_clearing.clear_sandboxes(now=timezone.now())
