"""One fax: its pages beside whose they are; split, set aside, filed with a journey, taken back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.core.faxes import About, free_pages
from journeys.domain import fax_parts
from journeys.domain.attaching import Unreadable
from journeys.domain.owning import GIVE_REASONS
from journeys.domain.queries import faxes as queries
from journeys.domain.queries.worklists import colleagues
from journeys.domain.work import TAKE_OVER_REASONS
from journeys.enums import AsideReason
from journeys.forms.faxes import FileForm, PartForm
from journeys.models import Fax, FaxPart, Journey
from journeys.rules import Refused, may_give_cases


@requires(Permission.INTAKE_REVIEW)
@require_GET
def fax(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """The pages, the parts they were split into, and whose the next part may be."""
    return _show(request, fax_id)


def _show(
    request: HttpRequest,
    fax_id: UUID,
    *,
    problem: str = "",
    part_form: PartForm | None = None,
    file_form: FileForm | None = None,
    wanted: UUID | None = None,
) -> HttpResponse:
    actor = current_actor()
    rows = Fax.objects.select_related("claimed_by").defer("body")
    found = get_visible_or_404(rows, pk=fax_id)
    parts = queries.parts_of(found)
    chosen = _chosen(parts, wanted or request.GET.get("part", ""))
    candidates = (
        queries.candidates(About.from_json(chosen.about), actor) if chosen is not None else []
    )
    audit.read(found, fields=["from_number"], purpose="sorting a fax")
    audit.read_many(parts, fields=["about"], purpose="sorting a fax")
    audit.read_many(
        [each.journey for each in candidates],
        fields=["patient_name", "patient_born_on"],
        purpose="sorting a fax",
    )
    free = free_pages(found.pages, [part.pages for part in parts])
    ticked = set(request.POST.getlist("page"))
    context = {
        "fax": found,
        "now": timezone.now(),
        **_hands(found, actor),
        "pictures": [
            {"page": page, "free": page.number in free, "ticked": str(page.number) in ticked}
            for page in queries.pages_of(found)
        ],
        "free": free,
        "parts": [queries.part_row(part) for part in parts],
        "chosen": queries.part_row(chosen) if chosen else None,
        "candidates": candidates,
        "problem": problem,
        "part_form": part_form or PartForm(),
        "file_form": file_form or FileForm(),
        "aside_reasons": AsideReason.choices,
        "unfile_reasons": fax_parts.MISFILED.items(),
    }
    return render(request, "journeys/fax.html", context, status=422 if problem else 200)


def _hands(found: Fax, actor: Actor) -> dict[str, Any]:
    """Who has the fax, and what the reader may do about that."""
    return {
        "holder": found.claimed_by.name if found.claimed_by else "",
        "mine": found.claimed_by_id is not None and found.claimed_by_id == actor.user_id,
        "take_over_reasons": TAKE_OVER_REASONS.items(),
        "colleagues": colleagues() if may_give_cases(actor) else [],
        "give_reasons": GIVE_REASONS.items(),
    }


def _chosen(parts: list[FaxPart], wanted: UUID | str) -> FaxPart | None:
    """The waiting part whose journey is looked for: the one asked for, else the first."""
    waiting = [part for part in parts if part.settled_at is None]
    asked = (part for part in waiting if str(part.pk) == str(wanted))
    return next(asked, waiting[0] if waiting else None)


def _pages(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("page") if each.isascii() and each.isdigit()]


@requires(Permission.INTAKE_REVIEW)
@require_POST
def split(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Say that the ticked pages are one patient's."""
    get_visible_or_404(Fax.objects.only("id"), pk=fax_id)
    form, by, now = PartForm(request.POST), current_actor(), timezone.now()
    if not form.is_valid():
        why = _("Say whose the pages are, as it is written on them.")
        return _show(request, fax_id, problem=why, part_form=form)
    try:
        part = fax_parts.split(fax_id, _pages(request), form.about(), by=by, now=now)
    except Refused as refused:
        return _show(request, fax_id, problem=str(refused), part_form=form)
    return redirect(f"{reverse('fax', args=[fax_id])}?{urlencode({'part': part.pk})}")


@requires(Permission.INTAKE_REVIEW)
@require_POST
def set_aside(request: HttpRequest, fax_id: UUID) -> HttpResponse:
    """Say that the ticked pages are nobody's here, and why."""
    get_visible_or_404(Fax.objects.only("id"), pk=fax_id)
    why, by, now = request.POST.get("why", ""), current_actor(), timezone.now()
    try:
        fax_parts.set_aside(fax_id, _pages(request), why=why, by=by, now=now)
    except Refused as refused:
        return _show(request, fax_id, problem=str(refused))
    messages.success(request, _("Set aside. The pages stay with the fax."))
    return redirect("fax", fax_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def part_aside(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Say that a part's practice is not here, and that it was answered by fax."""
    part = get_visible_or_404(FaxPart.objects.all(), pk=part_id)
    try:
        fax_parts.set_part_aside(part_id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        return _show(request, part.fax_id, problem=str(refused))
    messages.success(request, _("Set aside. The pages stay with the fax."))
    return redirect("fax", part.fax_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def take_back(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Undo a part that no journey has: its pages are free again."""
    part = get_visible_or_404(FaxPart.objects.all(), pk=part_id)
    try:
        fax_parts.take_back(part_id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        return _show(request, part.fax_id, problem=str(refused))
    messages.success(request, _("Taken back. Its pages are free again."))
    return redirect("fax", part.fax_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def unfile(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Take a part back from the journey it was filed with by mistake."""
    part = get_visible_or_404(FaxPart.objects.all(), pk=part_id)
    why, by, now = request.POST.get("why", ""), current_actor(), timezone.now()
    try:
        fax_parts.unfile(part_id, why=why, by=by, now=now)
    except Refused as refused:
        return _show(request, part.fax_id, problem=str(refused))
    messages.success(request, _("Taken back. Those who could read the pages there are told why."))
    return redirect(f"{reverse('fax', args=[part.fax_id])}?{urlencode({'part': part_id})}")


@requires(Permission.INTAKE_REVIEW)
@require_POST
def file_with(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Put a part into the story of the journey it belongs to."""
    part = get_visible_or_404(FaxPart.objects.select_related("fax"), pk=part_id)
    form, by, now = FileForm(request.POST), current_actor(), timezone.now()
    journey = _meant(form)
    if journey is None:
        form.add_error("number", _("Choose a journey, or give the number of one of yours."))
        return _again(request, part, form, _("Say which journey the pages belong to."))
    try:
        note = form.cleaned_data["note"]
        paper = fax_parts.pages_of_part(part)
        fax_parts.file_part(part_id, journey, paper, note=note, by=by, now=now)
    except (Refused, Unreadable) as refused:
        # Pressed twice, it is there already.
        if not FaxPart.objects.filter(pk=part_id, journey=journey).exists():
            return _again(request, part, form, str(refused))
    words = _("Filed with {number}. Everyone who reads of its intake sees the pages now.")
    messages.success(request, words.format(number=journey.number))
    return redirect("fax", part.fax_id)


def _again(request: HttpRequest, part: FaxPart, form: FileForm, problem: str) -> HttpResponse:
    return _show(request, part.fax_id, problem=problem, file_form=form, wanted=part.pk)


def _meant(form: FileForm) -> Journey | None:
    """The journey that was chosen or numbered, if it is one of the acting hub's."""
    meant = form.meant()
    if meant is None:
        return None
    journey: Journey | None = Journey.objects.named_in("hub").filter(**meant).first()
    return journey
