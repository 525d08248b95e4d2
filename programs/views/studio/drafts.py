"""The studio: the programs a manufacturer composes, and one draft as a whole."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from programs.domain.queries.studio import closed, own_programs
from programs.domain.studio import drafts
from programs.enums import DraftStatus
from programs.forms.new_program import NewProgramForm
from programs.models import ProgramDraft
from programs.rules import Refused, manufacturer_of
from programs.views.studio.frame import faults, frame, load


@requires(Permission.PROGRAMS_COMPOSE)
@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """Every program of the manufacturer with what is live and what is being composed."""
    programs, new = own_programs(manufacturer_of(current_actor()), today=timezone.localdate())
    open_ = sum(each.draft is not None for each in programs) + len(new)
    words = ngettext("{count} draft is open.", "{count} drafts are open.", open_)
    sentence = words.format(count=open_) if open_ else _("No draft is open.")
    context = {"programs": programs, "new": new, "closed": closed(), "sentence": sentence}
    return render(request, "programs/studio/studio.html", context)


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def open_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Go on from the live version."""
    try:
        draft = drafts.open_from_live(key, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("studio")
    return redirect("studio_draft", draft.id)


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_program(request: HttpRequest) -> HttpResponse:
    """Begin a program from a journey template."""
    form = NewProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        draft = drafts.start_new(
            told["name"],
            told["medicine"],
            template=told["template"],
            by=current_actor(),
            now=timezone.now(),
        )
        return redirect("studio_draft", draft.id)
    status = 422 if form.is_bound else 200
    return render(request, "programs/studio/new.html", {"form": form}, status=status)


@requires(Permission.PROGRAMS_COMPOSE)
@require_safe
def draft_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """One draft: what is wrong with it, its parts, and what is next."""
    draft = load(draft_id)
    context = {**frame(draft), "faults": faults(draft), "sentence": sentence_of(draft)}
    return render(request, "programs/studio/draft.html", context)


def sentence_of(draft: ProgramDraft) -> str:
    """Where the draft stands and who has it."""
    if draft.status == DraftStatus.PROPOSED:
        return _(
            "{name} proposed it; somebody else at your company approves or sends it back."
        ).format(name=draft.proposed_by.name if draft.proposed_by else "")
    if draft.status == DraftStatus.PUBLISHED:
        return _("It is published. Open a new draft to change anything.")
    if draft.status == DraftStatus.DROPPED:
        return _("It was given up; nothing of the live version changed.")
    if draft.faults:
        words = ngettext(
            "You compose it; {count} fault is to be mended before it can be proposed.",
            "You compose it; {count} faults are to be mended before it can be proposed.",
            len(draft.faults),
        )
        return words.format(count=len(draft.faults))
    if draft.definition["valid_from"] < timezone.localdate().isoformat():
        return _("You compose it; the day from which it holds is past. Next: choose another.")
    return _("You compose it; nothing is wrong with it. Next: try it, then propose it.")


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def drop(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give a draft up."""
    try:
        drafts.drop(draft_id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("studio_draft", draft_id)
    messages.success(request, _("The draft is given up; the live version stays as it is."))
    return redirect("studio")
