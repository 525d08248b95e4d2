"""A hub reviews what practices submitted: accept, return for correction, or reject."""

from datetime import datetime
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain import intake as domain
from journeys.domain import work
from journeys.domain.faxes import claim_fax
from journeys.domain.owning import NoReason
from journeys.domain.papers import papers_said, papers_with
from journeys.domain.queries import faxes as fax_queries
from journeys.domain.queries import intake as queries
from journeys.domain.queries import journeys as journey_queries
from journeys.domain.queries.work import MOST_COUNTED, counts, filtered, open_work, row_of
from journeys.domain.queries.worklists import colleagues
from journeys.domain.reading import one
from journeys.enums import PartyRole
from journeys.forms.facts import CORRECTIONS
from journeys.models import Fax, Journey, WorkItem
from journeys.rules import INTAKE, Refused, may_review_intake
from journeys.views import hand_overs, presenting
from journeys.views.fragments import page_or_fragment
from journeys.views.paging import LongPaginator

PAGE_SIZE = 50
# Of those that nobody has, when others take them at the same moment.
MOST_TRIED = 20
SENTENCE = "sentence-"


@requires(Permission.INTAKE_REVIEW)
@require_GET
def intake_list(request: HttpRequest) -> HttpResponse:
    """Enrollments that wait for this hub's review, urgent ones first, then by due time."""
    now, actor = timezone.now(), current_actor()
    found = counts(actor, now=now, step=INTAKE, scopes=())
    paginator = LongPaginator(
        filtered(actor, step=INTAKE),
        PAGE_SIZE,
        asked=request.GET.get("page"),
        most=MOST_COUNTED,
        count=found.of_step,
    )
    page = paginator.get_page(request.GET.get("page"))
    # What one has in hand is over everything else, first what came back: it opened as one's own.
    mine = list(filtered(actor, scope="mine", step=INTAKE)[:PAGE_SIZE]) if page.number == 1 else []
    mine.sort(key=lambda item: item.claimed_at != item.opened_at)
    in_hand = {item.pk for item in mine}
    items = mine + [item for item in page.object_list if item.pk not in in_hand]
    audit.read_many([item.journey for item in items], fields=["patient_name"], purpose="intake")
    total, mark = paginator.count, fax_queries.mark_with(found.mark)
    sentence = ngettext(
        "{total} enrollment waits for your review.",
        "{total} enrollments wait for your review.",
        total,
    ).format(total=paginator.told)
    return render(
        request,
        page_or_fragment(request, "journeys/intake.html", "list"),
        {
            "rows": [row_of(item, actor, now=now) for item in items],
            "page": page,
            "faxes": fax_queries.rows_of(_faxes(), actor) if page.number == 1 else [],
            "now": now,
            "sentence": sentence if total else _("No enrollment waits for your review."),
            "refresh_url": request.get_full_path(),
            "stream_url": f"{reverse('live_intake')}?{urlencode({'seen': mark})}",
        },
    )


@requires(Permission.INTAKE_REVIEW)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the most pressing enrollment or fax that nobody has, else go on with one's own."""
    now, actor = timezone.now(), current_actor()
    waiting: list[WorkItem | Fax] = [
        *filtered(actor, scope="unclaimed", step=INTAKE)[:MOST_TRIED],
        *fax_queries.open_faxes().filter(claimed_by=None)[:MOST_TRIED],
    ]
    for item in sorted(waiting, key=lambda each: (not each.urgent, each.due_at)):
        try:
            return _taken(item, actor, now=now)
        except work.AlreadyTaken:
            continue
    if mine := filtered(actor, scope="mine", step=INTAKE).first():
        return redirect("intake_review", mine.journey_id)
    if held := fax_queries.open_faxes().filter(claimed_by=actor.user_id).first():
        return redirect("fax", held.pk)
    messages.info(request, _("Everything that waits has been taken already."))
    return redirect("intake")


def _taken(item: WorkItem | Fax, actor: Actor, *, now: datetime) -> HttpResponse:
    if isinstance(item, Fax):
        claim_fax(item.pk, by=actor, now=now)
        return redirect("fax", item.pk)
    work.claim(item.id, by=actor, now=now)
    return redirect("intake_review", item.journey_id)


def _faxes() -> list[Fax]:
    """The most pressing faxes, to stand over the enrollments; one more tells that there are."""
    return list(fax_queries.open_faxes()[: fax_queries.SHOWN_AT_INTAKE + 1])


@requires(Permission.INTAKE_REVIEW)
@require_GET
def review(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """One enrollment: the form beside what was checked, and the three decisions."""
    return _show(request, get_visible_or_404(one(), pk=journey_id))


def _show(
    request: HttpRequest, journey: Journey, *, problem: str = "", opened: str = ""
) -> HttpResponse:
    now, actor = timezone.now(), current_actor()
    story = journey_queries.story_of(journey, actor, now=now)
    if not may_review_intake(actor, story.state, roles=story.roles):
        messages.info(request, _("This enrollment is not waiting for your review."))
        return redirect("journey", journey.id)
    packets, handed = queries.packets_of(journey), hand_overs.listed(story, actor, now=now)
    audit.read(packets[0], fields=["body"], purpose="intake review")
    checks = queries.checks_of(journey, packets[0], now=now)
    missing = queries.missing_now(checks)
    left = queries.unanswered(journey, packets[0], today=timezone.localdate(now))
    parts = queries.parts_of(packets, asked=_asked_before(story)) + ([left] if left else [])
    # The lines that the rules found wrong are ticked for who asks so, each with its sentence.
    asks = missing if request.GET.get("ask") == "missing" else {}
    ticked = set(request.POST.getlist("field")) | set(asks)
    reasons = story.graph.by_key[INTAKE].status("rejected")
    context: dict[str, Any] = {
        "journey": journey,
        "packet": packets[0],
        "packet_url": next(filter(None, map(itemgetter("packet_url"), handed)), ""),
        "packet_gone": next(filter(None, map(itemgetter("packet_gone"), handed)), ""),
        "now": now,
        "state": story.state.steps[INTAKE],
        "head_facts": presenting.head_facts(story),
        "papers": [
            *papers_with(packets[0], role=PartyRole.HUB),
            *papers_said(journey.pk, queries.faxed(story)),
        ],
        "safety_url": presenting.safety_url(story, actor),
        "checks": checks,
        "missing": len(missing),
        "contacts": presenting.contacts(story, now=now)[:1],
        **_hands(journey, actor),
        "reasons": reasons.reasons if reasons else (),
        "problem": problem,
        "opened": opened,
        "reject_open": opened == "reject",
        "note": request.POST.get("note", ""),
        "reason": request.POST.get("reason", ""),
        "parts": [
            (
                part,
                [
                    (line, line.id in ticked, _typed(request, line.id) or asks.get(line.id, ""))
                    for line in part.lines
                ],
            )
            for part in parts
        ],
    }
    return render(request, "journeys/intake_review.html", context, status=422 if problem else 200)


def _hands(journey: Journey, actor: Actor) -> dict[str, Any]:
    """Who has the review, and what the reader may do about that."""
    item = open_work(actor).filter(journey=journey, key=INTAKE).select_related("claimed_by").first()
    holder = item.claimed_by if item else None
    return {
        "item": item,
        "taken_by": holder.name if holder else "",
        "mine": holder is not None and holder.pk == actor.user_id,
        "take_over_reasons": work.TAKE_OVER_REASONS.items(),
        "colleagues": colleagues() if actor.may(Permission.WORK_REASSIGN) else [],
    }


def _typed(request: HttpRequest, field: str) -> str:
    return request.POST.get(f"{SENTENCE}{field}", "")


def _asked_before(story: journey_queries.Story) -> dict[str, str]:
    """What this hub last asked to have corrected, by field."""
    known = story.state.facts.get(CORRECTIONS)
    asked = known.value if known and isinstance(known.value, list) else []
    return {each["field"]: each["sentence"] for each in asked}


@requires(Permission.INTAKE_REVIEW)
@require_POST
def accept(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The enrollment is complete."""
    journey = get_visible_or_404(one(), pk=journey_id)
    try:
        domain.accept(journey_id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        return _show(request, journey, problem=str(refused))
    messages.success(request, _("Accepted. The practice and everyone who is next know."))
    return redirect("journey", journey_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def return_(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Back to the practice, with a sentence for each field that has to be corrected."""
    journey = get_visible_or_404(one(), pk=journey_id)
    ticked = request.POST.getlist("field")
    try:
        domain.return_(
            journey_id,
            corrections=[{"field": field, "sentence": _typed(request, field)} for field in ticked],
            note=request.POST.get("note", ""),
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        return _show(request, journey, problem=str(refused), opened="return")
    messages.success(request, _("Returned. The practice sees what to correct, field by field."))
    return redirect("journey", journey_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def reject(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The program cannot take this patient."""
    journey = get_visible_or_404(one(), pk=journey_id)
    try:
        domain.reject(
            journey_id,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        return _show(request, journey, problem=str(refused), opened="reject")
    messages.success(request, _("Rejected. The practice knows why."))
    return redirect("journey", journey_id)


@requires(Permission.INTAKE_REVIEW)
@require_POST
def take_over(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Take a review that a colleague has, saying why."""
    journey, actor = get_visible_or_404(one(), pk=journey_id), current_actor()
    item = open_work(actor).filter(journey=journey, key=INTAKE).first()
    if item is None:
        messages.info(request, _("This enrollment is not waiting for your review."))
        return redirect("journey", journey_id)
    reason = request.POST.get("reason", "")
    try:
        work.take_over(item.id, reason=reason, by=actor, now=timezone.now())
    except NoReason:
        return _show(request, journey, problem=_("Say why you take it over."))
    except work.AlreadyTaken:
        messages.info(request, _("This enrollment is not waiting for your review."))
        return redirect("journey", journey_id)
    messages.success(request, _("You have this review now."))
    return redirect("intake_review", journey_id)
