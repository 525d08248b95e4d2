"""What every page of the studio has: the draft, the list of its parts, and how a change is made."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import get_visible_or_404
from accounts.tenancy import current_actor
from programs.core.catalogue import CATALOGUE
from programs.core.composing import LISTED, PARTS, place_of, row
from programs.domain.studio import drafts
from programs.enums import DraftStatus
from programs.forms.parts import NAMES
from programs.forms.summaries import Known, known_fields, summary
from programs.models import ProgramDraft
from programs.rules import Refused

Plan = Mapping[str, Any]
# Parts with a page of their own shape.
ELSEWHERE = {"cases": "studio_cases", "dates": "studio_release", "journey": "studio_journey"}


def load(draft_id: UUID) -> ProgramDraft:
    """The draft with those who worked on it; 404 for anybody else's."""
    rows = ProgramDraft.objects.select_related("program", "base", "changed_by", "proposed_by")
    found: ProgramDraft = get_visible_or_404(rows, id=draft_id)
    return found


def address(draft: ProgramDraft, part: str, row: str = "", **more: str) -> str:
    """Where a part of the draft, or one row of it, is composed."""
    if part in ELSEWHERE:
        return reverse(ELSEWHERE[part], args=[draft.id])
    asked = {**({"row": row} if row else {}), **more}
    return reverse("studio_part", args=[draft.id, part]) + (f"?{urlencode(asked)}" if asked else "")


def faults(draft: ProgramDraft) -> list[dict[str, str]]:
    """Every fault with the address of its place and the name of its part."""
    found: list[dict[str, str]] = []
    known = known_fields(draft.definition) if draft.faults else {}
    for each in draft.faults:
        part, key = place_of(each["where"])
        rows = draft.definition.get("questions", ()) if part == "questions" else ()
        # A cell of a matrix or a repeat is told at the question that it belongs to.
        key = next((r["id"] for r in rows if key.startswith(f"{r['id']}.")), key)
        url = address(draft, part, key) if part else reverse("studio_draft", args=[draft.id])
        name = title_of(draft, part, key, known)
        found.append(
            {**each, "url": url, "part": str(NAMES.get(part, "")), "row": key, "name": name}
        )
    return found


def title_of(draft: ProgramDraft, part: str, key: str, known: Known) -> str:
    """What a row is called on the page; its key where it has no words yet."""
    if part == "asks":
        return CATALOGUE[key].label if key in CATALOGUE else key
    found = row(draft.definition, part, key) if part in LISTED and key else None
    return (summary(part, found, known)[0] if found else "") or key


def frame(draft: ProgramDraft, part: str = "") -> dict[str, Any]:
    """What the frame of every studio page shows."""
    counts = Counter(place_of(each["where"])[0] for each in draft.faults)
    tabs = [
        {
            "label": NAMES[key],
            "url": address(draft, key),
            "current": key == part,
            "count": counts[key] or None,
        }
        for key in PARTS
    ]
    return {
        "draft": draft,
        "plan": draft.definition,
        "tabs": tabs,
        "part": part,
        "part_name": NAMES.get(part, ""),
        "composing": draft.status == DraftStatus.COMPOSING,
    }


def changed(
    request: HttpRequest,
    draft: ProgramDraft,
    make: Callable[[Plan], Plan],
    *,
    what: str,
    to: str = "",
) -> HttpResponse:
    """Make one change that a page asked for, and go on to `to`, or back to where it was."""
    seen = request.POST.get("seen", "")
    try:
        drafts.change(
            draft.id,
            make,
            what=what,
            seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    except drafts.Moved:
        messages.error(
            request, _("Somebody changed this draft meanwhile. Look at it, then change it again.")
        )
    except drafts.ShapeError as wrong:
        messages.error(request, " ".join(wrong.problems))
    else:
        messages.success(request, _("Saved."))
    return redirect(to or request.get_full_path())
