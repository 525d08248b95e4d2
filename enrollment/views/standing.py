"""An enrollment as its page shows it: loaded, written down as read, and put into words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import get_visible_or_404
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.templatetags.times import when
from accounts.tenancy import current_actor
from enrollment.core.work import Work, work_of
from enrollment.domain.carrying import Newer, newer_version
from enrollment.domain.definitions import definition_of
from enrollment.domain.queries.documents import papers_of
from enrollment.domain.queries.enrollments import (
    enrollments,
    hub_lacks,
    others_on,
    paper_waits,
    standing_signatures,
    was_sent_for,
)
from enrollment.domain.readiness import returned, unchanged
from enrollment.domain.sittings import Sitting
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.forms.parts import Standing
from enrollment.models import Enrollment
from journeys.enums import PartyRole
from programs.core.forms import check_answers, missing, sheet

UNSIGNED: Mapping[str, Any] = {
    SignatureKind.PRESCRIBER: gettext_lazy(
        "What the prescriber signed has changed, so that signature no longer counts."
    ),
    SignatureKind.PATIENT: gettext_lazy(
        "What the patient signed has changed, so that signature no longer counts."
    ),
}


def newer_in(rows: Iterable[Enrollment]) -> list[tuple[Enrollment, Newer]]:
    """The drafts whose version has ended, with the one to go on in."""
    today = timezone.localdate()
    found = [(row, newer_version(row, today=today)) for row in rows]
    return [(row, newer) for row, newer in found if newer is not None]


def load(enrollment_id: UUID) -> Enrollment:
    """One enrollment of the practice, with what pages show beside it. Raises Http404."""
    return get_visible_or_404(enrollments(), id=enrollment_id)


def safety_url(row: Enrollment, actor: Actor) -> str:
    """Where a side effect of this patient is reported from the pages of an enrollment.

    Of a form that was not sent yet, on the patient's page, with which medicine it was; without
    any that was sent there is none, and nothing to report on.
    """
    if not actor.may(Permission.SAFETY_REPORT):
        return ""
    if row.journey_id:
        return reverse("journey_safety", args=[row.journey_id]) + "?status=captured"
    if was_sent_for(row.patient_id):
        return reverse("patient", args=[row.patient_id]) + "#safety"
    return ""


def standing_of(
    sitting: Sitting,
    *,
    opened: Collection[str] = (),
    kept: Collection[str] = (),
    pages: tuple[int, ...] | None = None,
) -> Standing:
    """The form as it stands, with the sections that somebody opened or has open, and the pages
    that it is keyed from.
    """
    corrections: dict[str, list[str]] = defaultdict(list)
    for correction in returned(sitting.rows[0]):
        if not correction["changed"]:
            corrections[correction["field"]].append(correction["sentence"])
    return Standing(
        definitions=sitting.definitions,
        answers=sitting.answers,
        today=timezone.localdate(),
        changes=sitting.changes,
        opened=opened,
        kept=kept,
        corrections=corrections,
        documents=papers_of,
        pages=pages,
    )


def work_on(rows: Sequence[Enrollment]) -> Work:
    """The inputs made for a form, whether for one program or for several in one sitting."""
    sitting, today = Sitting(rows), timezone.localdate()
    form = sheet(sitting.definitions, sitting.answers, today=today)
    return work_of(form.shown, sitting.answers, sitting.changes, programs=len(rows))


def named_in(request: HttpRequest, word: str) -> frozenset[str]:
    """The sections that the address names under a word: `?open=patient,coverage`."""
    return frozenset(request.GET.get(word, "").split(",")) - {""}


def others_words(enrollment_id: UUID, *, now: datetime) -> list[str]:
    """A sentence for each colleague who has the same form open."""
    sentences = {
        True: _("{name} changed this form at {time} and may still be in it."),
        False: _("{name} opened this form at {time} and may still be in it."),
    }
    return [
        sentences[other.changed].format(name=other.name, time=when(other.at))
        for other in others_on(enrollment_id, user_id=current_actor().user_id, now=now)
    ]


@dataclass(frozen=True)
class Row:
    """An enrollment as a row of a list: one of the eight phases, its word, who has what next."""

    enrollment: Enrollment
    phase: str
    word: str
    headline: str

    @property
    def name(self) -> str:
        """The patient's name as this form has it."""
        return self.enrollment.patient.name


_OPEN_WORDS: Mapping[EnrollmentStatus, tuple[str, Any]] = {
    EnrollmentStatus.DRAFT: ("now", gettext_lazy("Draft")),
    EnrollmentStatus.RETURNED: ("at_risk", gettext_lazy("Returned for correction")),
    EnrollmentStatus.AMENDING: ("now", gettext_lazy("Being amended")),
}


def row_of(enrollment: Enrollment) -> Row:
    """Where an enrollment stands; from the moment it is sent its journey tells."""
    journey = enrollment.journey
    if enrollment.status == EnrollmentStatus.SUBMITTED and journey is not None:
        over = _("Closed") if journey.closed_at else _("Sent")
        told = journey.headline
        if journey.next_owner == PartyRole.HUB and hub_lacks(enrollment):
            missed = _("{told}. The packet has not reached {hub}.")
            told = missed.format(told=told, hub=journey.hub.name)
        return Row(enrollment, journey.phase, journey.step_title or over, told)
    if enrollment.status == EnrollmentStatus.WITHDRAWN:
        told = _("Everyone who had it was told.") if journey else _("Nothing was sent.")
        return Row(enrollment, "skipped", _("Withdrawn"), told)
    returned_now = enrollment.status == EnrollmentStatus.RETURNED
    phase, word = _OPEN_WORDS[EnrollmentStatus(enrollment.status)]
    waiting_for = _waiting_for(enrollment)
    if unchanged(enrollment, standing_signatures(enrollment)):
        headline = _("The hub returned it. Your office has it: correct what the hub asks for.")
    elif left := _left(enrollment):
        headline = _to_go(enrollment, left)
    elif waiting_for:
        headline = _("Waiting for the signature of {who}.").format(who=waiting_for)
        phase, word = (phase, word) if returned_now else ("waiting", _("To be signed"))
    else:
        headline = _("Signed. Your office has it: send it to the hub.")
    return Row(enrollment, phase, word, headline)


def _to_go(enrollment: Enrollment, left: int) -> str:
    if enrollment.keyed_by is not None and enrollment.status == EnrollmentStatus.DRAFT:
        return ngettext(
            "{hub} keys it: {left} answer to go. Your office may complete it.",
            "{hub} keys it: {left} answers to go. Your office may complete it.",
            left,
        ).format(hub=enrollment.keyed_by.name, left=left)
    return ngettext(
        "Your office has it: {left} answer to go.",
        "Your office has it: {left} answers to go.",
        left,
    ).format(left=left)


def _left(enrollment: Enrollment) -> int:
    definitions, today = [definition_of(enrollment.program_version)], timezone.localdate()
    keys = {each.key for each in missing(definitions, enrollment.answers, today=today)}
    return len(keys | set(check_answers(definitions, enrollment.answers, today=today)))


def _waiting_for(enrollment: Enrollment) -> str:
    signed = {signature.kind for signature in standing_signatures(enrollment)}
    patient = _("the patient (the scan waits for a colleague's check)")
    names = {
        SignatureKind.PATIENT: patient if paper_waits(enrollment) else _("the patient"),
        SignatureKind.PRESCRIBER: enrollment.prescriber.name,
    }
    return _(" and ").join(name for kind, name in names.items() if kind not in signed)
