"""A program in and out as a file: whole as JSON, its form as a FHIR Questionnaire."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.tenancy import current_actor
from programs.core.catalogue import ANSWERABLE
from programs.core.definition import Definition
from programs.core.plain import ShapeError
from programs.core.questionnaire_export import questionnaire
from programs.core.questionnaire_import import NoQuestionnaire
from programs.core.words import TYPES
from programs.domain.studio import drafts, importing
from programs.models import ProgramDraft
from programs.rules import Refused
from programs.views.studio.frame import frame, load


def _file(body: Any, name: str, kind: str) -> HttpResponse:
    answer = JsonResponse(body, content_type=kind, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


@requires(Permission.PROGRAMS_COMPOSE)
@require_safe
@limited("export")
def program_file(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The whole program as its published schema has it: read in again it is the same."""
    draft = load(draft_id)
    audit.wrote(draft, action="program draft exported")
    return _file(draft.definition, draft.definition["key"], "application/json")


@requires(Permission.PROGRAMS_COMPOSE)
@require_safe
@limited("export")
def questionnaire_file(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form as a FHIR R4 Questionnaire."""
    draft = load(draft_id)
    site = settings.SITE_URL.rstrip("/") + reverse("programs")
    body = questionnaire(Definition.from_json(draft.definition), f"{site}questionnaires")
    audit.wrote(draft, action="program draft exported")
    return _file(body, f"{draft.definition['key']}-questionnaire", "application/fhir+json")


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def read_program(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a whole program as one file."""
    problems: list[str] = []
    file = request.FILES.get("file") if request.method == "POST" else None
    if file:
        try:
            data = importing.parsed(file.read())
            draft = drafts.start_from_file(data, by=current_actor(), now=timezone.now())
        except ShapeError as wrong:
            problems = wrong.problems
        except (NoQuestionnaire, Refused) as refused:
            problems = [str(refused)]
        else:
            return redirect("studio_draft", draft.id)
    elif request.method == "POST":
        problems = [_("Choose a file.")]
    status = 422 if problems else 200
    context = {"problems": problems[:100], "more": max(0, len(problems) - 100)}
    return render(request, "programs/studio/read_program.html", context, status=status)


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Read a Questionnaire in; then each of its items with what becomes of it."""
    draft = load(draft_id)
    if request.method == "POST":
        return _read(request, draft)
    items = [_told(each) for each in (draft.imported or {}).get("items", ())]
    context = {
        **frame(draft),
        "part_name": _("Questionnaire"),
        "about": _("Bring a FHIR Questionnaire in: each item is told before anything is taken."),
        "title": (draft.imported or {}).get("title", ""),
        "items": items,
        "repaired": sum(bool(each["repairs"]) for each in items),
        "left": sum(bool(each["left"]) for each in items),
        "mapped": sum(bool(each["maps_to"]) for each in items),
    }
    return render(request, "programs/studio/import.html", context)


def _told(item: dict[str, Any]) -> dict[str, Any]:
    question, field = item["question"], ANSWERABLE.get(item["maps_to"])
    return {
        **item,
        "kind": TYPES[question["type"]] if question else "",
        "canonical": f"{field.label} ({item['maps_to']})" if field and question else "",
    }


def _read(request: HttpRequest, draft: ProgramDraft) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None:
            raise NoQuestionnaire(_("Choose a file."))
        data = importing.parsed(file.read())
        importing.read_in(draft.id, data, by=current_actor(), now=timezone.now())
    except (NoQuestionnaire, Refused) as refused:
        messages.error(request, str(refused))
    return redirect("studio_import", draft.id)


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def take_in(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take the items in as confirmed, or forget the file."""
    actor, now = current_actor(), timezone.now()
    try:
        if request.POST.get("do") == "forget":
            importing.forget(draft_id, by=actor, now=now)
            return redirect("studio_import", draft_id)
        mapped, own, freed = importing.take_in(
            draft_id,
            canonical=request.POST.getlist("canonical"),
            leave=request.POST.getlist("leave"),
            by=actor,
            now=now,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("studio_import", draft_id)
    words = _("{mapped} became canonical questions, {own} questions of the program's own.")
    messages.success(request, words.format(mapped=mapped, own=own))
    if freed:
        words = _("{count} hung on what was left out, and are always shown now.")
        messages.warning(request, words.format(count=freed))
    return redirect("studio_draft", draft_id)
