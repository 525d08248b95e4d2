"""The page on which a hub puts two enrollments of one patient side by side, and merges them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor, current_organization_id
from journeys.domain import merging
from journeys.domain.likely_twins import take_back, tell_apart, told_apart
from journeys.domain.likeness import Candidate, candidates, newest_body
from journeys.domain.queries.journeys import story_of
from journeys.domain.reading import one
from journeys.models import Journey
from journeys.rules import Refused, may_merge
from journeys.views.presenting import safety_link

Fields = Mapping[str, Mapping[str, Any]]
# What stands side by side, by the field of the form.
COMPARED = ("A1", "A3", "A5", "A6", "A8", "A10", "A12", "A13", "B3", "B7", "D1", "E1", "F1")


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what each form says, and whether they say the same."""

    label: str
    here: str
    there: str

    @property
    def same(self) -> bool:
        return self.here == self.there


@dataclass(frozen=True)
class Pair:
    """A candidate and what both forms say."""

    candidate: Candidate
    lines: Sequence[Compared]
    same_practice: bool
    oldest_first: Sequence[Journey]


@requires(Permission.INTAKE_REVIEW)
@require_GET
def look(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Who may be the same patient, with the reasons, beside this enrollment."""
    return _show(request, _own(journey_id))


def _own(journey_id: UUID) -> Journey:
    journey: Journey = get_visible_or_404(one(), pk=journey_id)
    if not may_merge(current_actor(), journey):
        raise PermissionDenied
    return journey


def _show(request: HttpRequest, journey: Journey, *, problem: str = "") -> HttpResponse:
    story = story_of(journey, current_actor(), now=timezone.now())
    merged = merging.merged_of(story)
    organization_id = current_organization_id()
    found = candidates(journey, organization_id=organization_id) if story.state.is_open else []
    apart = told_apart(journey.pk)
    gone = {each.journey.pk for each in apart}
    found = [each for each in found if each.journey.pk not in gone]
    audit.read_many(
        [journey, *(each.journey for each in found)],
        fields=["patient_name", "patient_born_on", "body"],
        purpose="looking for duplicates",
    )
    here = _fields(newest_body(journey.pk)) if found else {}
    into = Journey.objects.filter(number=merged.into).first() if merged else None
    return render(
        request,
        "journeys/duplicates.html",
        {
            "journey": journey,
            "safety_url": safety_link(journey, current_actor()),
            "pairs": [_pair(journey, here, each) for each in found],
            "merged": merged,
            "into": into,
            "token": uuid4(),
            "problem": problem,
            "apart": apart,
            "sentence": _sentence(len(found), merged),
            "back_url": reverse("journey", args=[journey.pk]),
        },
        status=422 if problem else 200,
    )


def _sentence(count: int, merged: merging.Merged | None) -> str:
    if merged:
        return _("Merged into {number}, which goes on for both.").format(number=merged.into)
    if not count:
        return _("No other open enrollment of this medicine looks like this patient.")
    return ngettext(
        "{count} open enrollment may be of the same patient.",
        "{count} open enrollments may be of the same patient.",
        count,
    ).format(count=count)


def _pair(journey: Journey, here: Fields, candidate: Candidate) -> Pair:
    there = _fields(candidate.body)
    lines = [
        Compared(
            label=(here.get(key) or there[key])["label"],
            here=here[key]["display"] if key in here else "",
            there=there[key]["display"] if key in there else "",
        )
        for key in COMPARED
        if key in here or key in there
    ]
    same = journey.organization_id == candidate.journey.organization_id
    both = sorted((journey, candidate.journey), key=lambda each: each.started_at)
    return Pair(candidate, lines, same, both)


def _fields(body: Mapping[str, Any]) -> Fields:
    return {field["id"]: field for part in body.get("sections", ()) for field in part["fields"]}


@requires(Permission.INTAKE_REVIEW)
@require_POST
def merge(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """One of the two goes on; the other ends as its duplicate."""
    journey = _own(journey_id)
    other = get_visible_or_404(one(), number=request.POST.get("other", ""))
    kept, ended = (
        (journey, other) if request.POST.get("keep") == journey.number else (other, journey)
    )
    try:
        merging.merge(
            kept=kept.pk,
            ended=ended.pk,
            token=request.POST.get("token", "")[:36],
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        return _show(request, journey, problem=str(refused))
    done = _("Merged: {kept} goes on, {ended} ended as its duplicate. The practice was told.")
    messages.success(request, done.format(kept=kept.number, ended=ended.number))
    return redirect("journey", kept.pk)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def undo(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Both journeys go on from where they stood."""
    journey = _own(journey_id)
    try:
        merging.undo(journey_id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        return _show(request, journey, problem=str(refused))
    messages.success(request, _("Undone: both journeys go on. The practice was told."))
    return redirect("journey", journey_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def not_the_same(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The two are of two people: neither is shown for the other again."""
    journey = _own(journey_id)
    other = get_visible_or_404(one(), number=request.POST.get("other", ""))
    if not may_merge(current_actor(), other) or other.pk == journey.pk:
        raise PermissionDenied
    tell_apart(journey, other, by=current_actor(), now=timezone.now())
    words = _("Kept: {number} is another person's, and is not shown here again.")
    messages.success(request, words.format(number=other.number))
    return redirect("journey_duplicates", journey_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def maybe_the_same(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Take "Not the same" back: the two are shown for each other again."""
    journey = _own(journey_id)
    other = get_visible_or_404(one(), number=request.POST.get("other", ""))
    if not may_merge(current_actor(), other):
        raise PermissionDenied
    take_back(journey, other, by=current_actor(), now=timezone.now())
    words = _("Taken back: {number} is shown here again while it looks like the same patient.")
    messages.success(request, words.format(number=other.number))
    return redirect("journey_duplicates", journey_id)
