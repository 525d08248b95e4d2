"""Which canonical questions a program asks, section by section, and what it asks beyond them."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from programs.core.catalogue import CATALOGUE
from programs.core.fields import SECTIONS
from programs.core.words import TYPES, required_words
from programs.forms.boxes import RowForm
from programs.forms.parts import ABOUT, boxes_of, lists_for
from programs.models import ProgramDraft
from programs.views.studio.frame import address, changed, faults, frame
from programs.views.studio.slots import slots_of


def asks_page(request: HttpRequest, draft: ProgramDraft) -> HttpResponse:
    """The questions of one section to tick; with `row`, what one of them is tightened by."""
    if "row" in request.GET:
        return _tightened(request, draft, request.GET["row"])
    section = request.GET.get("section", SECTIONS[0])
    if section not in SECTIONS:
        raise Http404
    fields = [
        each for each in CATALOGUE.values() if each.section == section and each.type != "file"
    ]
    ids = [each.id for each in fields]
    if request.method == "POST":
        wanted = [each for each in request.POST.getlist("asked") if each in ids]
        return changed(request, draft, lambda plan: _asking(plan, ids, wanted), what="asks")
    asked, tightened = draft.definition["asks"], draft.definition.get("tightens", {})
    wrong = faults(draft)
    context = {
        **frame(draft, "asks"),
        "about": ABOUT["asks"],
        "section": section,
        "sections": [
            {"label": name, "url": address(draft, "asks", section=name),
             "current": name == section, "count": None} for name in SECTIONS
        ],
        "rows": [
            {"field": each, "asked": each.id in asked, "tightened": each.id in tightened,
             "kind": TYPES[each.type], "required": required_words(each),
             "url": address(draft, "asks", each.id),
             "why": [fault["why"] for fault in wrong if fault["row"] == each.id]}
            for each in fields
        ],
    }  # fmt: skip
    return render(request, "programs/studio/asks.html", context)


def _asking(plan: Mapping[str, Any], ids: list[str], wanted: list[str]) -> dict[str, Any]:
    """The plan asking these questions of a section, in the catalogue's order."""
    kept = {*(each for each in plan["asks"] if each not in ids), *wanted}
    order = {each: place for place, each in enumerate(CATALOGUE)}
    tightens = {name: each for name, each in plan.get("tightens", {}).items() if name in kept}
    return {
        **plan,
        "asks": sorted(kept, key=lambda each: order.get(each, len(order))),
        "tightens": tightens,
    }


def _tightened(request: HttpRequest, draft: ProgramDraft, asked: str) -> HttpResponse:
    field = CATALOGUE.get(asked)
    if field is None:
        raise Http404
    plan = draft.definition
    before = {**plan.get("tightens", {}).get(asked, {}), "asked": asked}
    form = RowForm(boxes_of("asks", before), before, lists_for(plan, before), request.POST or None)
    if form.is_bound and form.is_valid():
        made = form.row()
        return changed(
            request, draft, lambda now: tightening(now, asked, made), what=f"asks {asked}"
        )
    context = {
        **frame(draft, "asks"),
        "about": required_words(field),
        "form": form,
        "row_key": asked,
        "row_title": field.label,
        "here": [each for each in faults(draft) if each["row"] == asked],
        "slots": slots_of(draft, "asks", before) if asked in plan["asks"] else [],
        "fixed": True,
        "base_url": address(draft, "asks", section=field.section),
    }
    return render(request, "programs/studio/row.html", context)


def tightening(plan: Mapping[str, Any], asked: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with what a canonical question is tightened by; nothing when nothing is said."""
    said = {name: value for name, value in made.items() if name != "asked"}
    others = {name: each for name, each in plan.get("tightens", {}).items() if name != asked}
    return {**plan, "tightens": {**others, asked: said} if said else others}
