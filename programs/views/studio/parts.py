"""One part of a draft: its rows, or the one form it is; each edit is one small form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from programs.core.composing import (
    LISTED,
    free,
    moved,
    row,
    rows,
    slug,
    taken,
    with_part,
    with_row,
    without_row,
)
from programs.core.consents import Consent, text
from programs.core.fields import SECTIONS
from programs.core.identifiers import icd10, ndc
from programs.core.plain import load as load_row
from programs.core.readability import grade
from programs.core.soundness import HIGHEST_GRADE
from programs.domain.studio.ports import journeys
from programs.forms.boxes import RowForm
from programs.forms.parts import ABOUT, QUESTION, WAYS, boxes_of, lists_for
from programs.forms.summaries import Listed, known_fields, summary
from programs.models import ProgramDraft
from programs.views.studio.asks import asks_page
from programs.views.studio.frame import address, changed, faults, frame, load
from programs.views.studio.slots import slots_of

EDITED = ["GET", "HEAD", "POST"]
_NEW: Mapping[str, dict[str, Any]] = {
    "consents": {"title": {"en": "", "es": ""}, "body": {"en": "", "es": ""}, "required": True},
    "questions": {"section": "Clinical", "type": "text"},
    "rules": {"when": {"all": []}},
    "scripts": {"opening": {"en": "", "es": ""}, "message": {"en": "", "es": ""}},
}
# What decides which boxes a row has is chosen before them: its name, and the list of its values.
_CHOSEN_FIRST = {"consents": ("kind", "consent_kinds"), "questions": ("type", "types")}
_NAMED_BY = {"consents": "kind", "documents": "label", "questions": "label", "rules": "reason"}


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(EDITED)
def part_page(request: HttpRequest, draft_id: UUID, part: str) -> HttpResponse:
    """The rows of a part, or with `row` or `new` the form of one."""
    draft = load(draft_id)
    if part == "asks":
        return asks_page(request, draft)
    if part in ("basics", "copay", "route"):
        return _whole(request, draft, part)
    if part not in LISTED:
        raise Http404
    if "row" in request.GET or "new" in request.GET:
        return _row(request, draft, part)
    return _list(request, draft, part)


def _whole(request: HttpRequest, draft: ProgramDraft, part: str) -> HttpResponse:
    plan = draft.definition
    form = RowForm(boxes_of(part, {}), plan, lists_for(plan, {}), request.POST or None)
    if form.is_bound and form.is_valid():
        made = form.row()
        return changed(request, draft, lambda _plan: made, what=part)
    note = _otherwise_taken(plan["route"]) if part == "route" else ""
    return _form(request, draft, part, {"form": form, "here": _here(draft, part, ""), "note": note})


def _otherwise_taken(route: Mapping[str, Any]) -> str:
    """Says so where the hub takes what is sent to it in another way than the route says."""
    if not route.get("hub"):
        return ""
    way = journeys().taken_by(route["hub"])
    if not way:
        return _("Nothing can be sent to this hub yet: it has not said how it takes it.")
    if way == route["transport"]:
        return ""
    return _("The hub takes what is sent to it otherwise now: {way}. It goes that way.").format(
        way=str(dict(WAYS)[way]).lower()
    )


def _here(draft: ProgramDraft, part: str, key: str) -> list[dict[str, str]]:
    """The faults of this part, or of one row of it."""
    url = address(draft, part, key)
    return [each for each in faults(draft) if each["url"] == url]


def _form(
    request: HttpRequest, draft: ProgramDraft, part: str, context: dict[str, Any]
) -> HttpResponse:
    shown = {**frame(draft, part), "about": ABOUT[part], **context}
    return render(request, "programs/studio/row.html", shown)


def _list(request: HttpRequest, draft: ProgramDraft, part: str) -> HttpResponse:
    plan = draft.definition
    section = request.GET.get("section", "") if part == "questions" else ""
    known = known_fields(plan)
    wrong = faults(draft)
    listed = []
    shown = rows(plan, part)
    sections = [
        {"label": name, "url": address(draft, part, section=name), "current": name == section,
         "count": sum(each["section"] == name for each in shown)}
        for name in SECTIONS if any(each.get("section") == name for each in shown)
    ]  # fmt: skip
    if part == "questions" and len(shown) > 40 and not section:
        section = sections[0]["label"]
        sections[0]["current"] = True
    for each in shown:
        if section and each["section"] != section:
            continue
        listed.append(_listed(part, each, known, wrong))
        inner = each.get("parts", ()) if part == "questions" else ()
        listed += [_listed(part, one, known, wrong, inside=True) for one in inner]
    context = {
        **frame(draft, part),
        "about": ABOUT[part],
        "rows": listed,
        "kinds": _kinds(part, plan),
        "sections": sections if len(sections) > 1 else [],
        "here": [each for each in wrong if not each["row"] and each["url"] == address(draft, part)],
        "base_url": reverse("studio_part", args=[draft.id, part]),
    }
    return render(request, "programs/studio/rows.html", context)


def _kinds(part: str, plan: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is chosen before a row is added; None where every row has the same boxes."""
    if part not in _CHOSEN_FIRST:
        return None
    name, source = _CHOSEN_FIRST[part]
    label = next(box.label for box in boxes_of(part, {}) if box.at == name)
    return {"name": name, "label": label, "pairs": lists_for(plan, {})[source]}


def _begun(part: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A row that is not there yet, of the kind that was chosen first."""
    name = _CHOSEN_FIRST.get(part, ("", ""))[0]
    return {**_NEW.get(part, {}), **({name: asked[name]} if asked.get(name) else {})}


def _listed(
    part: str, each: Mapping[str, Any], known: Any, wrong: list[dict[str, str]], *,
    inside: bool = False,
) -> Listed:  # fmt: skip
    key = str(each[LISTED[part].named])
    title, note = summary(part, each, known)
    return Listed(key, title, note, sum(fault["row"] == key for fault in wrong), inside)


def _row(request: HttpRequest, draft: ProgramDraft, part: str) -> HttpResponse:
    plan, key, of = draft.definition, request.GET.get("row", ""), request.GET.get("of", "")
    before = row(plan, part, key) if key else _begun(part, request.GET)
    if before is None:
        raise Http404
    if request.method == "POST" and "do" in request.POST:
        return _acted(request, draft, part, key)
    form = RowForm(boxes_of(part, before), before, lists_for(plan, before), request.POST or None)
    if form.is_bound and form.is_valid():
        made, fault = _named(plan, part, key, form.row(), of)
        if not fault:
            return changed(
                request,
                draft,
                lambda now: with_part(now, of, made) if of else with_row(now, part, key, made),
                what=f"{part} {made[LISTED[part].named]}",
                to=_next(request, draft, part, str(made[LISTED[part].named])),
            )
        form.add_error(None, fault)
    context = {
        "form": form,
        "row_key": key,
        "row_title": summary(part, before, known_fields(plan))[0] if key else _("New"),
        "here": _here(draft, part, key) if key else [],
        "slots": slots_of(draft, part, before) if key else [],
        "reading_grade": _graded(before) if part == "consents" and key else "",
        "may_have_parts": part == "questions" and key and _has_parts(before),
        "parts": before.get("parts", []) if part == "questions" else [],
        "kinds": _kinds(part, plan),
        "base_url": reverse("studio_part", args=[draft.id, part]),
    }
    return _form(request, draft, part, context)


def _next(request: HttpRequest, draft: ProgramDraft, part: str, key: str) -> str:
    """Where one goes on after saving: a rule is nothing before it has its condition."""
    if request.POST.get("then") == "another":
        return request.get_full_path()
    if part == "rules" and "new" in request.GET:
        return reverse("studio_condition", args=[draft.id, part]) + (
            "?" + urlencode({"row": key, "slot": "when"})
        )
    return address(draft, part, key)


def _graded(consent: Mapping[str, Any]) -> str:
    """How many years of school its English asks for."""
    years = grade(text(load_row(Consent, consent), "en"))
    return _(
        "Its English asks for {years:.1f} years of school; at most {most:g} is asked for."
    ).format(years=max(years, 0), most=HIGHEST_GRADE)


def _has_parts(question: Mapping[str, Any]) -> bool:
    return question.get("type") in ("group", "matrix", "repeat") or bool(question.get("parts"))


def _acted(request: HttpRequest, draft: ProgramDraft, part: str, key: str) -> HttpResponse:
    """Take the row out, or move it."""
    acts = {
        "remove": lambda plan: without_row(plan, part, key),
        "up": lambda plan: moved(plan, part, key, -1),
        "down": lambda plan: moved(plan, part, key, 1),
    }
    act = acts.get(request.POST["do"])
    if act is None:
        raise Http404
    return changed(request, draft, act, what=f"{part} {key}", to=address(draft, part))


def _named(
    plan: Mapping[str, Any], part: str, key: str, made: dict[str, Any], of: str
) -> tuple[dict[str, Any], str]:
    """The row with its name, and what is wrong with that: a name is given once and kept."""
    named = LISTED[part].named
    others = taken(plan, part) - {key}
    if part in ("products", "indications"):
        made[named] = (ndc if part == "products" else icd10)(made[named]).value or ""
    if part == "questions":
        made = _of_type(made)
    if part in _NAMED_BY:
        wanted = slug(made.get(_NAMED_BY[part]) or part, most=30)
        if part == "questions":
            wanted = f"{of or plan['key']}.{wanted}"
        made[named] = key or free(wanted, others)
    if not made[named]:
        return made, _("Say what it is: the box that names it is empty.")
    return made, _("Another row has this name already.") if made[named] in others else ""


def _of_type(question: dict[str, Any]) -> dict[str, Any]:
    """The question without what only another type of answer has."""
    gone = {
        box.at.partition(".")[0]
        for box in QUESTION
        if box.only and question["type"] not in box.only
    }
    kept = {
        box.at.partition(".")[0] for box in QUESTION if box.only and question["type"] in box.only
    }
    return {name: value for name, value in question.items() if name not in gone - kept}
