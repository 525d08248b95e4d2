"""Filling in an enrollment: the whole form on one page, by one person or by several."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.templatetags.times import when
from accounts.tenancy import current_actor
from enrollment.core.seen import marks, touched
from enrollment.domain import drafts
from enrollment.domain.carrying import carry_over
from enrollment.domain.confirming import confirm
from enrollment.domain.masters import Unacceptable
from enrollment.domain.readiness import returned
from enrollment.domain.sittings import Sitting, sitting_of
from enrollment.enums import EnrollmentStatus
from enrollment.forms.build import read_posted
from enrollment.forms.page import Page, form_page
from enrollment.forms.parts import Standing
from enrollment.models import Enrollment
from enrollment.rules import Refused, why_not_answer, why_not_going, why_not_withdraw
from enrollment.views.attaching import attach_posted
from enrollment.views.standing import (
    UNSIGNED,
    load,
    named_in,
    newer_in,
    others_words,
    safety_url,
    standing_of,
)
from journeys.domain.reading_notices import mark_form_read
from journeys.views.notices import looked
from programs.core.display import display


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def of_journey(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """From a journey to the form it began with, at the first field the hub asks about."""
    row = get_visible_or_404(Enrollment.objects.all(), journey_id=journey_id)
    asked = [each["field"] for each in returned(row) if not each["changed"]]
    place = f"#slot-{quote(asked[0])}" if asked else ""
    return redirect(f"{reverse('enrollment', args=[row.id])}{place}")


@requires(Permission.ENROLLMENTS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """The form to fill in; once it is sent its receipt, and for a reader the review."""
    row = load(enrollment_id)
    if row.status == EnrollmentStatus.SUBMITTED:
        return redirect("enrollment_receipt", row.id)
    if why_not_answer(current_actor(), row):
        return redirect("enrollment_review", row.id)
    sitting = sitting_of(row)
    if request.method == "POST":
        return _save(request, row, sitting)
    audit.read_many(sitting.rows, fields=["answers"], purpose="fill in the form")
    return _page(
        request, row, _Shown(sitting, standing_of(sitting, opened=named_in(request, "open")))
    )


@dataclass(frozen=True)
class _Shown:
    """What the page shows: the drafts of the sitting as they stand, and what was just posted."""

    sitting: Sitting
    standing: Standing
    posted: QueryDict | None = None
    clashes: tuple[drafts.Clash, ...] = ()


def _page(request: HttpRequest, row: Enrollment, shown: _Shown) -> HttpResponse:
    sitting, clashes = shown.sitting, shown.clashes
    page = form_page(shown.standing, shown.posted)
    actor = current_actor()
    return render(
        request,
        "enrollment/draft.html",
        {
            "enrollment": row,
            "rows": sitting.rows,
            "safety_url": safety_url(row, actor),
            "together": len(sitting.rows) > 1,
            "programs": names_of(sitting),
            "revision": sitting.revision,
            "newer": newer_in(sitting.rows),
            "page": page,
            "opened": ",".join(sorted(shown.standing.opened)),
            "seen": marks(sitting.answers, page.form.fields),
            "others": others_words(row.id, now=timezone.now()),
            "sentence": sentence_of(sitting, page),
            "corrections": _corrections(row, page),
            "withdrawable": [each for each in sitting.rows if not why_not_withdraw(actor, each)],
            "clashes": [clash_in_words(page, clash) for clash in clashes],
        },
        status=409 if clashes else 200,
    )


def names_of(sitting: Sitting) -> str:
    """The programs in words."""
    return _(" and ").join(row.program_version.program.name for row in sitting.rows)


def sentence_of(sitting: Sitting, page: Page) -> str:
    """Where the form stands and who has it."""
    if ended := why_not_going(sitting.rows[0]):
        return ended
    if sitting.rows[0].status == EnrollmentStatus.RETURNED:
        return _("The hub returned this for correction; your office has it.")
    left = page.to_go + page.wrong
    if not left:
        return _("Everything is filled in; your office has it. Next: review and sign.")
    if len(sitting.rows) > 1:
        return ngettext(
            "One form for {programs} programs. Your office has it; {left} answer is to go.",
            "One form for {programs} programs. Your office has it; {left} answers are to go.",
            left,
        ).format(programs=len(sitting.rows), left=left)
    return ngettext(
        "Your office has this draft; {left} answer is to go.",
        "Your office has this draft; {left} answers are to go.",
        left,
    ).format(left=left)


def _corrections(row: Enrollment, page: Page) -> list[dict[str, Any]]:
    fields = page.form.fields
    return [
        {**each, "label": fields[each["field"]].label if each["field"] in fields else ""}
        for each in returned(row)
    ]


def clash_in_words(page: Page, clash: drafts.Clash) -> dict[str, Any]:
    """A clash in words: both values as people read them."""
    item = next(item for item in page.sheet.items if item.key == clash.key)
    return {
        "key": clash.key,
        "label": item.field.label,
        "theirs": display(item.field, clash.theirs),
        "yours": display(item.field, clash.yours),
        "by": clash.changed_by,
        "at": when(clash.changed_at),
    }


def _save(request: HttpRequest, row: Enrollment, sitting: Sitting) -> HttpResponse:
    """Keep everything that was changed on the page; the way of a browser without scripts."""
    attach_posted(request, sitting)
    standing = standing_of(sitting, opened=named_in(request, "open"))
    try:
        saved = save_posted(request, row, standing)
    except Unacceptable as unacceptable:
        for said in unacceptable.problems.values():
            messages.error(request, " ".join(said))
        return _page(request, row, _Shown(sitting, standing, request.POST))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("enrollment", row.id)
    for kind in saved.unsigned:
        messages.warning(request, UNSIGNED[kind])
    if isinstance(saved, drafts.Conflict):
        now = sitting_of(load(row.id))
        standing = standing_of(now, opened=standing.opened)
        return _page(request, row, _Shown(now, standing, request.POST, saved.clashes))
    if "confirm" in request.POST:
        return _confirm(request, row)
    messages.success(request, _("Saved."))
    if "review" in request.POST:
        several = len(sitting.rows) > 1
        return redirect("enrollment_together" if several else "enrollment_review", row.id)
    return redirect(request.get_full_path())


def save_posted(
    request: HttpRequest, row: Enrollment, standing: Standing, *, source: str = "typed"
) -> drafts.Saved | drafts.Conflict:
    """Keep what was changed on a page that shows the form so. Raises Unacceptable, Refused."""
    boxes = request.POST.getlist("boxes")
    posted = read_posted(standing.sheet.items, request.POST, unticked=boxes)
    theirs = set(request.POST.getlist("theirs"))
    mine = {key: value for key, value in posted.items() if key not in theirs}
    return drafts.save_answers(
        row.id,
        touched(mine, request.POST.get("seen", "")),
        seen_revision=revision_in(request.POST),
        basis=drafts.Basis(_seen_since(request.POST), source),
        by=current_actor(),
        now=timezone.now(),
    )


def _confirm(request: HttpRequest, row: Enrollment) -> HttpResponse:
    """Everything old in a section still holds: one press."""
    section = request.POST["confirm"]
    try:
        confirm(row.id, section, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{request.get_full_path()}#section-{slugify(section)}")


def revision_in(data: QueryDict) -> int:
    """The revision a page had seen; what cannot be read has seen nothing."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _seen_since(data: QueryDict) -> dict[str, int]:
    """The fields that a page with scripts saw after it was drawn; what cannot be read, none."""
    try:
        said = json.loads(data.get("seen_since", "{}"))
    except ValueError:
        return {}
    pairs = said.items() if isinstance(said, dict) else ()
    return {key: revision for key, revision in pairs if type(revision) is int}


@requires(Permission.ENROLLMENTS_VIEW)
@require_POST
def seen(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """The reader has opened a form that a hub keyed for them; its page says so by itself."""
    row = get_visible_or_404(Enrollment.objects.only("id"), pk=enrollment_id)
    mark_form_read(row.id, by=current_actor(), now=timezone.now())
    return looked(request, redirect("enrollment", row.id))


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def withdraw(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Give a draft up."""
    row = load(enrollment_id)
    sitting = sitting_of(row)
    try:
        drafts.withdraw(row.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("enrollment", row.id)
    messages.success(request, _("The draft is withdrawn; nothing was sent."))
    for other in sitting.rows:
        if other.id != row.id:
            return redirect("enrollment", other.id)
    return redirect("patient", row.patient_id)


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def carry(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Go on in the version of today."""
    row = load(enrollment_id)
    try:
        carry_over(row.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The form stands in the new version; your answers went along."))
    return redirect("enrollment", row.id)
