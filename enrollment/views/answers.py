"""One answer, saved as soon as it is given, and what on the page changes with it.

The contract with the page is in the head of static/js/autosave.js.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.templatetags.times import clock, when
from accounts.tenancy import current_actor
from enrollment.domain import drafts
from enrollment.domain.masters import Unacceptable
from enrollment.domain.sittings import Sitting, sitting_of
from enrollment.forms.build import read_posted
from enrollment.forms.page import Page, form_page, looks
from enrollment.forms.parts import Part, Standing
from enrollment.models import Enrollment
from enrollment.rules import Refused
from enrollment.views.drafts import revision_in, sentence_of
from enrollment.views.standing import UNSIGNED, load, named_in, others_words, standing_of
from programs.core.display import as_typed, display
from programs.core.fields import Field


@dataclass(frozen=True)
class Desk:
    """Who fills in a form, from what, and how the page about it speaks."""

    by: Actor
    others_url: str
    source: str = "typed"
    sentence: Callable[[Sitting, Page], str] = sentence_of


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def answers(request: HttpRequest, enrollment_id: UUID) -> JsonResponse:
    """Save one field. 409 with both values when somebody else changed it first."""
    row = load(enrollment_id)
    before = standing_of(
        sitting_of(row), opened=named_in(request, "open"), kept=named_in(request, "kept")
    )
    url = reverse("enrollment_others", args=[row.id])
    return save_one(request, row, before, Desk(current_actor(), url))


def save_one(request: HttpRequest, row: Enrollment, before: Standing, desk: Desk) -> JsonResponse:
    """Save the field that the request names, whoever fills in the form."""
    key, now = request.POST.get("field", ""), timezone.now()
    posted = read_posted(before.sheet.items, request.POST, unticked=[key])
    try:
        saved = drafts.save_answers(
            row.id,
            {key: posted.get(key, request.POST.get(key))},
            seen_revision=revision_in(request.POST),
            basis=drafts.Basis(source=desk.source),
            by=desk.by,
            now=now,
        )
    except Unacceptable as unacceptable:
        return JsonResponse({"errors": unacceptable.problems}, status=422)
    except Refused as refused:
        return JsonResponse({"errors": {key: [str(refused)]}}, status=422)
    if isinstance(saved, drafts.Conflict):
        return JsonResponse(_both(before, saved), status=409)
    told = Sitting(saved.rows)
    fragments = dict(changed_parts(before, told, but=f"slot-{key}", sentence=desk.sentence))
    fragments["others"] = others_html(row.id, desk.others_url, now=now)
    if saved.unsigned:
        fragments["unsigned"] = _html("unsigned", sentences=[UNSIGNED[k] for k in saved.unsigned])
    return JsonResponse(
        {
            "version": saved.revision,
            "saved": clock(saved.saved_at),
            "errors": saved.wrong,
            "fragments": fragments,
        }
    )


def _both(standing: Standing, saved: drafts.Conflict) -> dict[str, object]:
    fields = {item.key: item.field for item in standing.sheet.items}
    first = saved.clashes[0]
    return {
        "version": saved.revision,
        "by": first.changed_by,
        "at": when(first.changed_at),
        "theirs": {each.key: _as_posted(fields[each.key], each.theirs) for each in saved.clashes},
        "words": {each.key: display(fields[each.key], each.theirs) for each in saved.clashes},
    }


def _as_posted(field: Field, value: object) -> str:
    typed = as_typed(field, value)
    return ", ".join(typed) if isinstance(typed, list) else str(typed)


def changed_parts(
    before: Standing,
    sitting: Sitting,
    *,
    but: str,
    sentence: Callable[[Sitting, Page], str] = sentence_of,
) -> Iterator[tuple[str, str]]:
    """The elements of the page that this answer has changed, by id; `but` is being filled in."""
    old = looks(before)
    # A section that is open is not folded under the hands of whoever is in it.
    open_now = {name.removeprefix("section-") for name, look in old.items() if look[-1] is False}
    after = standing_of(
        sitting, opened=before.opened, kept={*before.kept, *open_now}, pages=before.pages
    )
    changed = {name for name, look in looks(after).items() if look != old[name]} - {but}
    if not changed:
        return
    page = form_page(after)
    for part in page.parts:
        yield from _of_part(part, changed)
    if any(name.startswith("count-") for name in changed):
        yield "progress", _html("progress", page=page)
        yield "standing", _html("standing", sentence=sentence(sitting, page))


def _of_part(part: Part, changed: set[str]) -> Iterator[tuple[str, str]]:
    if f"section-{part.key}" in changed:
        yield f"section-{part.key}", _html("part", part=part)
        return
    if f"count-{part.key}" in changed:
        yield f"count-{part.key}", _html("count", part=part)
    for group in part.groups:
        for slot in group.slots:
            if f"slot-{slot.key}" in changed:
                yield f"slot-{slot.key}", slot.drawn()


def _html(name: str, **context: object) -> str:
    return render_to_string(f"enrollment/{name}.html", context)


def others_html(enrollment_id: UUID, url: str, *, now: datetime) -> str:
    """Who else has the form open, and where the page asks again."""
    return _html("others", url=url, others=others_words(enrollment_id, now=now))


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def others(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Who else has the form open, asked by the page itself now and then."""
    row = load(enrollment_id)
    url = reverse("enrollment_others", args=[row.id])
    return HttpResponse(others_html(row.id, url, now=timezone.now()))
