"""What a partner's acknowledgement files say of trials whose messages went out in files."""

from datetime import datetime

from journeys.core.batch import Acknowledgement
from journeys.core.conformance import Verdict
from journeys.domain.sandbox_judging import Heard, repeated
from journeys.domain.sandbox_trials import AS_THEY_ARE, finish, open_trials
from journeys.enums import TrialKind
from journeys.models import Delivery, Endpoint, SandboxTrial


def heard_of(endpoint: Endpoint, told: Acknowledgement, *, now: datetime) -> bool:
    """End the trials whose file is acknowledged; whether it was about one alone.

    For a caller that sees every tenant. A broken file's lines are no deliveries of ours.
    """
    partner = endpoint.organization.sandbox_of_id
    its = open_trials().filter(organization=partner, message_id=told.delivery)
    heard = list(its.exclude(wait_until=None).filter(kind__in=AS_THEY_ARE)) if partner else []
    for trial in heard:
        verdict = _acknowledged(trial, told)
        finish(trial.pk, passed=verdict.passed, said=verdict.said, message_id="", now=now)
    return any(trial.kind == TrialKind.TOTALS for trial in heard)


def _acknowledged(trial: SandboxTrial, told: Acknowledgement) -> Verdict:
    if trial.kind == TrialKind.TOTALS:
        words = f"What stood in the broken file was {told.status}."
        return Verdict(told.status == "rejected", words)
    number = Delivery.objects.values_list("partner_case_number", flat=True).get(pk=trial.message_id)
    if told.status == "rejected":
        return Verdict(False, f"It was rejected; the case is {number}.")
    return repeated(Heard(200, told.case_number), number, trial.message_id)
