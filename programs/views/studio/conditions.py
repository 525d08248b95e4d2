"""Compose one condition by choosing a question, a comparison and a value; rows joined by all/any.

Without scripts: the question is chosen first, then its comparisons and choices stand there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from programs.core import composed_conditions as composed
from programs.core.catalogue import CATALOGUE
from programs.core.composing import LISTED, row, with_row
from programs.core.facts import FACTS
from programs.core.fields import SECTIONS, Field
from programs.core.forms import union
from programs.core.sense import TRUE_OR_FALSE
from programs.core.words import condition_words
from programs.domain.studio.reading import definition_of
from programs.forms.summaries import known_fields
from programs.models import ProgramDraft
from programs.views.studio.asks import tightening
from programs.views.studio.frame import address, changed, frame, load, title_of
from programs.views.studio.slots import condition_at, slot_label, slot_names, with_condition


@dataclass(frozen=True)
class _Place:
    """Whose condition it is: a row of a part, and the slot in it."""

    part: str
    key: str
    slot: str
    row: Mapping[str, Any]

    @property
    def condition(self) -> Any:
        return condition_at(self.row, self.slot)

    def put(self, plan: Mapping[str, Any], condition: Any) -> dict[str, Any]:
        made = with_condition(self.row, self.slot, condition)
        if self.part == "asks":
            return tightening(plan, self.key, made)
        return with_row(plan, self.part, self.key, made)


def _place(request: HttpRequest, draft: ProgramDraft, part: str) -> _Place:
    key, slot = request.GET.get("row", ""), request.GET.get("slot", "")
    plan = draft.definition
    if part == "asks" and key in plan["asks"]:
        found: Mapping[str, Any] | None = {**plan.get("tightens", {}).get(key, {}), "asked": key}
    else:
        found = row(plan, part, key) if part in LISTED else None
    if found is None or slot not in slot_names(part, found):
        raise Http404
    return _Place(part, key, slot, found)


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def condition_page(request: HttpRequest, draft_id: UUID, part: str) -> HttpResponse:
    """The condition row by row; what is chosen so far stands in the address."""
    draft = load(draft_id)
    place = _place(request, draft, part)
    known = known_fields(draft.definition)
    if request.method == "POST":
        return _acted(request, draft, place, known)
    name, group = request.GET.get("field", ""), request.GET.get("group", "")
    field = _asked(draft).get(name) or known.get(name)
    chosen = bool(name and (field or name in FACTS))
    choices = composed.offered(field, name, TRUE_OR_FALSE) if chosen else ()
    context = {
        **frame(draft, part),
        "label": slot_label(place.slot, place.row),
        "back_url": address(draft, part, place.key),
        "lines": _lines(place.condition, known),
        "words": condition_words(place.condition, known) if _whole(place.condition) else "",
        "groups": _groups(draft),
        "row_key": place.key,
        "row_title": title_of(draft, part, place.key, known),
        "slot": place.slot,
        "group": group,
        "name": name if chosen else "",
        "field_label": (field.label if field else FACTS.get(name, "")) if chosen else "",
        "comparisons": [(op, composed.COMPARISONS[op]) for op in composed.comparisons(field)],
        "choices": choices,
        "unit": field.unit if field else "",
    }
    return render(request, "programs/studio/condition.html", context)


def _whole(condition: Any) -> bool:
    return bool(condition) and condition not in ({"all": []}, {"any": []})


def _asked(draft: ProgramDraft) -> Mapping[str, Field]:
    """The questions as this program asks them, with the choices it gives them."""
    return {item.key: item.field for item in union((definition_of(draft),))}


def _lines(condition: Any, known: Mapping[str, Field]) -> list[dict[str, Any]]:
    heads = {"all": _("All of these"), "any": _("Any of these"), "not": _("Not this")}
    found = composed.lines(condition) if _whole(condition) else []
    return [
        {
            "path": line.path,
            "depth": line.depth,
            "joins": line.joins,
            "words": heads[line.joins] if line.joins else condition_words(line.condition, known),
            "may_group": not line.joins and line.depth and line.depth < composed.DEEPEST,
        }
        for line in found
    ]


def _groups(draft: ProgramDraft) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be read, by section: the questions it asks, then what follows from answers."""
    items = _asked(draft)
    found = [
        (name, [(key, _told(key, each)) for key, each in items.items() if each.section == name])
        for name in SECTIONS
    ]
    facts = [(key, words) for key, words in FACTS.items()]
    return [*((name, several) for name, several in found if several), (_("What follows"), facts)]


def _told(key: str, field: Field) -> str:
    plain = CATALOGUE.get(key.partition(".")[0])
    over = f"{plain.label}: " if plain and plain.id != key and plain.label != field.label else ""
    return f"{over}{field.label} ({key})"


def _acted(
    request: HttpRequest, draft: ProgramDraft, place: _Place, known: Mapping[str, Field]
) -> HttpResponse:
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    before = place.condition if _whole(place.condition) else None
    try:
        after = act(before, request.POST, {**known, **_asked(draft)})
    except (ValueError, IndexError, KeyError):
        raise Http404 from None
    here = f"{request.path}?" + urlencode({"row": place.key, "slot": place.slot})
    what = f"{place.part} {place.key} {place.slot}"
    return changed(request, draft, lambda plan: place.put(plan, after), what=what, to=here)


Act = Callable[[Any, QueryDict, Mapping[str, Field]], Any]


def _add(condition: Any, data: QueryDict, known: Mapping[str, Field]) -> Any:
    name, op = str(data["field"]), str(data["op"])
    if (name not in known and name not in FACTS) or op not in composed.COMPARISONS:
        raise ValueError(name)
    given = composed.comparison(name, op, data.getlist("value"), known.get(name))
    return composed.added(condition, data.get("group", ""), given)


_ACTS: Mapping[str, Act] = {
    "add": _add,
    "all": lambda condition, data, _known: composed.joined(condition, str(data["path"]), "all"),
    "any": lambda condition, data, _known: composed.joined(condition, str(data["path"]), "any"),
    "clear": lambda _condition, _data, _known: None,
    "group": lambda condition, data, _known: composed.grouped(condition, str(data["path"])),
    "remove": lambda condition, data, _known: composed.removed(condition, str(data["path"])),
}
