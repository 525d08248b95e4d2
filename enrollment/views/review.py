"""The whole form before it is sent: what is missing, who has signed, and what blocks it."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain import signatures, submission
from enrollment.domain.queries.signing import latest_link, waiting_paper
from enrollment.domain.readiness import Readiness, on_day, readiness
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.forms.reading import read_sections
from enrollment.models import Enrollment, PaperSignature, Signature
from enrollment.rules import (
    Refused,
    why_not_answer,
    why_not_authorize,
    why_not_certify,
    why_not_going,
    why_not_submit,
    why_not_withdraw,
)
from enrollment.views.standing import load, newer_in, safety_url, work_on
from journeys.domain.opening import NoRoute


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def review(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Everything answered, everything missing with a link to it, both signatures, and Send."""
    row = load(enrollment_id)
    if row.status == EnrollmentStatus.SUBMITTED:
        return redirect("enrollment_receipt", row.id)
    return _review_page(request, row)


def _review_page(request: HttpRequest, row: Enrollment, *, status: int = 200) -> HttpResponse:
    signed, paper = signatures.standing(row), waiting_paper(row.id)
    state = readiness(row, signed, today=timezone.localdate())
    audit.read(row, fields=["answers"], purpose="review the form")
    actor = current_actor()
    return render(
        request,
        "enrollment/review.html",
        {
            "enrollment": row,
            "state": state,
            "safety_url": safety_url(row, actor),
            "sections": read_sections(state.form, said_of(state)),
            "sentence": _sentence(row, state, signed, paper),
            "paper": paper,
            "patient_signature": signed.get(SignatureKind.PATIENT),
            "prescriber_signature": signed.get(SignatureKind.PRESCRIBER),
            "ended": _ended(row, signed),
            "link": latest_link(row.id),
            "has_address": bool(row.patient.details.get("A17")),
            "work": work_on([row]),
            "newer": newer_in([row]) if not why_not_answer(actor, row) else [],
            "may_answer": not why_not_answer(actor, row),
            "may_authorize": not why_not_authorize(actor, row),
            "may_certify": not why_not_certify(actor, row, row.prescriber),
            "may_withdraw": not why_not_withdraw(actor, row),
            "may_send": not why_not_submit(actor, row),
            "now": timezone.now(),
        },
        status=status,
    )


def said_of(state: Readiness) -> Mapping[str, list[str]]:
    """What is missing or wrong, in sentences by question."""
    said: dict[str, list[str]] = defaultdict(list)
    for each in state.missing:
        said[each.key].append(_("Not answered yet."))
    for key, sentences in state.wrong.items():
        said[key] += sentences
    return said


def _ended(row: Enrollment, signed: Mapping[str, Signature]) -> set[str]:
    """The kinds of signature that once stood and no longer count."""
    kinds = row.signatures.exclude(superseded_at=None).values_list("kind", flat=True)
    return set(kinds) - set(signed)


def _over(row: Enrollment) -> str:
    """That nothing more is sent of it; empty while something may be."""
    if row.status != EnrollmentStatus.WITHDRAWN:
        return why_not_going(row)
    if row.journey_id:
        return _("This enrollment was withdrawn; everyone who had it was told.")
    return _("This draft was withdrawn; nothing was sent.")


def _sentence(
    row: Enrollment,
    state: Readiness,
    signed: Mapping[str, Signature],
    paper: PaperSignature | None,
) -> str:
    if over := _over(row):
        return over
    if state.can_send:
        return _("Complete and signed. Your office has it: send it to the hub.")
    if state.ended_on:
        words = _("Its version of the form ended on {day}, so that it cannot be sent in it.")
        return words.format(day=on_day(state.ended_on))
    if not state.filled_in:
        return _("Your office has it: some answers are to go before it can be signed.")
    if state.unchanged:
        if row.status == EnrollmentStatus.RETURNED:
            words = _("The hub returned it and nothing has changed since; your office has it.")
        else:
            words = _("Your office is amending what was sent; nothing has changed yet.")
        return words
    names = {
        SignatureKind.PATIENT: _("the patient"),
        SignatureKind.PRESCRIBER: row.prescriber.name,
    }
    waiting = [name for kind, name in names.items() if kind not in signed]
    if paper and SignatureKind.PATIENT not in signed:
        said = _("Filled in. The patient signed on paper: it waits for a colleague's check.")
    else:
        said = _("Filled in, and waiting for the signature of {who}.")
    return said.format(who=_(" and ").join(waiting))


def means_of(request: HttpRequest, method: str) -> signatures.Means:
    """How a signature given in this browser reached us."""
    return signatures.Means(
        method=method,
        address=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.headers.get("User-Agent", ""),
    )


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def ask_prescriber(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Put the form into its prescriber's queue."""
    row = load(enrollment_id)
    try:
        signatures.ask_to_sign(row.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = _("{name} finds it under Signing.").format(name=row.prescriber.name)
        messages.success(request, words)
    return redirect("enrollment_review", row.id)


@requires(Permission.ENROLLMENTS_SUBMIT)
@require_POST
def send(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Send to the hub; the second of two clicks finds the same receipt."""
    row = load(enrollment_id)
    try:
        submission.submit(
            row.id,
            urgent="urgent" in request.POST,
            under_agreement="agreement" in request.POST,
            by=current_actor(),
            now=timezone.now(),
        )
    except submission.Incomplete:
        messages.error(request, _("It was not sent: what is still to do stands below."))
        return _review_page(request, row, status=422)
    except (Refused, NoRoute) as refused:
        no_hub = _("It was not sent: the program names no hub that takes enrollments now.")
        messages.error(request, str(refused) if isinstance(refused, Refused) else no_hub)
        return redirect("enrollment_review", row.id)
    return redirect("enrollment_receipt", row.id)
