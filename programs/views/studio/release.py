"""What changed, when it holds, who proposes and who approves; and going back to an earlier one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from programs import rules
from programs.domain.queries.studio import gap_before, version_before, versions_of
from programs.domain.studio import drafts, release
from programs.enums import DraftStatus
from programs.forms.changes import changes
from programs.forms.dates import DatesForm
from programs.models import ProgramDraft
from programs.views.studio.drafts import sentence_of
from programs.views.studio.frame import faults, frame, load


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def release_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The difference from the live version, the dates, and the next thing to do."""
    draft = load(draft_id)
    today = timezone.localdate()
    form = DatesForm(draft, request.POST or None, today=today)
    if form.is_bound and form.is_valid():
        return _dated(request, draft, form.cleaned_data)
    actor = current_actor()
    versions = versions_of(draft.program_id)
    before = version_before(draft, versions)
    context: dict[str, Any] = {
        **frame(draft, "dates"),
        "part_name": _("Release"),
        "about": sentence_of(draft),
        "form": form,
        "before": before,
        "changes": changes(before.definition, draft.definition) if before else [],
        "versions": versions,
        "all_faults": faults(draft),
        "here": [each for each in faults(draft) if each["where"] == "dates"],
        "why_not_propose": rules.why_not_propose(draft, today=today),
        "gap": gap_before(draft, versions),
        "waits": draft.status == DraftStatus.PROPOSED,
        "may_decide": not rules.why_not_decide(actor, draft),
        "why_not_decide": rules.why_not_decide(actor, draft),
        "proposed_by_me": draft.proposed_by_id == actor.user_id,
    }
    return render(request, "programs/studio/release.html", context)


def _dated(request: HttpRequest, draft: ProgramDraft, told: dict[str, Any]) -> HttpResponse:
    """Keep from when until when it holds, and what becomes of the version before."""
    actor, now = current_actor(), timezone.now()
    return _done(
        request,
        draft.id,
        lambda: drafts.keep(draft.id, told, what="dates", by=actor, now=now),
        _("Saved."),
    )


def _done(
    request: HttpRequest, draft_id: UUID, act: Callable[[], object], said: str
) -> HttpResponse:
    try:
        act()
    except rules.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("studio_release", draft_id)


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def propose(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask for approval."""
    actor, now = current_actor(), timezone.now()
    return _done(
        request,
        draft_id,
        lambda: release.propose(draft_id, by=actor, now=now),
        _("Proposed. Somebody else at your company approves it."),
    )


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def back(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take a proposal back, or send it back with a reason."""
    actor, now, why = current_actor(), timezone.now(), request.POST.get("why", "")
    return _done(
        request,
        draft_id,
        lambda: release.take_back(draft_id, why=why, by=actor, now=now),
        _("It is being composed again."),
    )


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def approve(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Publish what somebody else proposed."""
    actor, now = current_actor(), timezone.now()
    return _done(
        request,
        draft_id,
        lambda: release.approve(draft_id, by=actor, now=now),
        _("Approved and published. Practices see it from its first day."),
    )


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def again(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Open a draft with the words of an earlier version, to publish it again."""
    try:
        draft = drafts.open_from_earlier(version_id, by=current_actor(), now=timezone.now())
    except rules.Refused as refused:
        messages.error(request, str(refused))
        return redirect("studio")
    return redirect("studio_release", draft.id)
