"""The journeys an organization takes part in, and the page of one."""

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.access import requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain.likely_twins import likely_twins
from journeys.domain.merging import merged_of
from journeys.domain.messages import Message
from journeys.domain.queries import journey_lists as lists
from journeys.domain.queries import journeys as queries
from journeys.domain.queries.ended_parts import last_words
from journeys.domain.queries.safety import reports as safety_reports
from journeys.domain.queries.standing import mark_of_events
from journeys.models import Journey
from journeys.rules import (
    INTAKE,
    MISSING,
    SAFETY,
    may_contact,
    may_end_consent,
    may_give_cases,
    may_merge,
    may_own,
    may_report,
    may_review_intake,
    may_settle,
    why_not_write_message,
)
from journeys.views import hand_overs, presenting
from journeys.views.drawing import FORM_TOKEN, MESSAGE_TOKEN, Drawn, drawn, end_of_minute, pieces_of
from journeys.views.fragments import wants_fragment
from journeys.views.paging import LongPaginator, told


@requires(Permission.JOURNEYS_VIEW)
@require_GET
def journey_list(request: HttpRequest) -> HttpResponse:
    """Every journey of the actor's organization, what is due soonest first."""
    now, which = timezone.now(), request.GET.get("show", "open")
    actor, asked = current_actor(), request.GET.get("page")
    which = which if which in lists.FILTERS else "open"
    counts, journeys = lists.counted_list(actor, which, first=asked is None)
    page = LongPaginator(
        lists.listed(which, actor.organization_kind),
        lists.PAGE_SIZE,
        asked=asked,
        most=lists.MOST_COUNTED,
        count=counts[which],
    ).get_page(asked)
    if journeys is None:
        journeys = list(page.object_list)
    audit.read_many(journeys, fields=["patient_name"], purpose="journey list")
    words = {each: told(count, most=lists.MOST_COUNTED) for each, count in counts.items()}
    labels = {"open": _("Open"), "at_risk": _("At risk"), "closed": _("Closed")}
    sentence = ngettext("{open} journey goes on", "{open} journeys go on", counts["open"])
    sentence += ngettext("; {at_risk} is at risk.", "; {at_risk} are at risk.", counts["at_risk"])
    return render(
        request,
        "journeys/journeys.html",
        {
            "rows": lists.rows_of(journeys, actor, now=now),
            "page": page,
            "page_query": urlencode({"show": which}) + "&",
            "which": which,
            "now": now,
            "last_words": last_words(actor),
            "sentence": sentence.format(**words),
            "tabs": [
                {
                    "label": labels[each],
                    "url": f"{reverse('journeys')}?{urlencode({'show': each})}",
                    "current": each == which,
                    "count": words[each],
                }
                for each in lists.FILTERS
            ],
        },
    )


@requires(Permission.JOURNEYS_VIEW)
@require_GET
def journey(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Where one journey stands, who has it, and everything that happened."""
    return show(request, journey_id)


def show(
    request: HttpRequest, journey_id: UUID, *, refused: str = "", unsent: Message | None = None
) -> HttpResponse:
    """The page; with a message that could not be sent, and why, kept in its form."""
    now, actor = timezone.now(), current_actor()
    draw = partial(_draw, journey_id, actor, now=now, refused=refused, unsent=unsent)
    page = draw() if refused or unsent else drawn(journey_id, actor, now=now, draw=draw)
    if page is None:
        return _part_ended(request, journey_id)
    audit.read(
        audit.Row(Journey, journey_id),
        fields=["patient_name", "patient_born_on", "events"],
        purpose="journey page",
    )
    status = 422 if refused else 200
    token = get_token(request)
    html = page.answering(token)
    if wants_fragment(request):
        return HttpResponse(html, status=status)
    # The frame's forms send the same token: masking it anew takes as long as a query.
    context = {"title": page.title, "drawn": html, "live": page.live, "csrf_token": token}
    return render(request, "journeys/journey.html", context, status=status)


def _part_ended(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """What who took part once still may read: the word to stop. Raises Http404 for others."""
    words = last_words(current_actor(), journey_id=journey_id)
    if not words:
        raise Http404
    context = {"last_words": words, "number": words[0].number}
    return render(request, "journeys/journey_ended_part.html", context)


def _draw(
    journey_id: UUID, actor: Actor, *, now: datetime, refused: str, unsent: Message | None
) -> Drawn | None:
    story = queries.read_story(journey_id, actor, now=now)
    if story is None:
        return None
    html = render_to_string(
        "journeys/journey.html#journey",
        {
            **_page(story, now=now),
            "csrf_token": FORM_TOKEN,
            "message_token": MESSAGE_TOKEN,
            "refused": refused,
            "unsent": unsent,
            "step_options": presenting.step_options(story, chosen=unsent.step if unsent else ""),
        },
    )
    until = end_of_minute(now)
    return Drawn(
        pieces=pieces_of(html),
        live=_live(story),
        title=_("Journey {number}").format(number=story.journey.number),
        until=min(until, story.state.wakes_at or until),
    )


def _live(story: queries.Story) -> str:
    seen = urlencode({"seen": mark_of_events(len(story.events))})
    return render_to_string(
        "components/live.html",
        {
            "url": f"{reverse('live_journey', args=[story.journey.id])}?{seen}",
            "refresh_url": reverse("journey", args=[story.journey.id]),
            "event": "changed",
            "target": "journey",
        },
    )


def _page(story: queries.Story, *, now: datetime) -> dict[str, Any]:
    actor, state = current_actor(), story.state
    lead = state.lead
    actions = presenting.actions(story)
    reports = _reports(story)
    return {
        "journey": story.journey,
        "now": now,
        "phase": lead.phase if lead else "done",
        "phase_word": "" if lead else (_("Closed") if state.closed_at else _("Complete")),
        "sentence": hand_overs.sentence(story),
        "closed_why": state.closed_label if story.viewer in ("practice", "hub") else "",
        "head_facts": presenting.head_facts(story),
        "picture": presenting.picture(story),
        "goal": presenting.goal(story),
        "path_notes": presenting.path_notes(story, now=now),
        "actions": actions,
        "risks": presenting.risks(story),
        "stuck": hand_overs.stuck(story),
        "twins": _twins(story),
        "entries": presenting.entries(story),
        "papers": presenting.papers(story),
        "known": presenting.known_facts(story),
        "contacts": presenting.contacts(story, now=now),
        "plain": presenting.plain(story, now=now),
        "handed": hand_overs.listed(story, actor, now=now),
        "access_papers": presenting.access_papers(story),
        "reports": reports,
        "besides": [each for each in reports if each.get("quiet")],
        "safety_url": presenting.safety_url(story, actor),
        "settle_url": _settle_url(story),
        "may_write": not why_not_write_message(actor, state, roles=story.roles),
        "recipients": [
            (role, party.name) for role, party in story.parties().items() if role not in story.roles
        ],
    }


def _settle_url(story: queries.Story) -> str:
    """Where the actor's organization settles what partners say differently here, if it does."""
    actor, state = current_actor(), story.state
    mine = any(may_settle(actor, state, each, roles=story.roles) for each in state.conflicts)
    return reverse("journey_settle", args=[story.journey.id]) if mine else ""


def _reports(story: queries.Story) -> list[dict[str, str]]:
    """What the actor's organization can do here now: the first is the page's one button."""
    actor, state, id_ = current_actor(), story.state, story.journey.id
    url = _settle_url(story)
    settle = [{"url": url, "label": _("Settle the disagreement")}] if url else []
    end = _end_permission(story)
    if may_review_intake(actor, state, roles=story.roles):
        review = reverse("intake_review", args=[id_])
        now_ = {"url": review, "label": state.steps[INTAKE].action}
        return [now_, *_contact(story), *_owner(story), *_same(story), *end]
    mine = [
        key
        for key in dict.fromkeys((*state.current, *state.any_time))
        if may_report(actor, state, state.steps[key], roles=story.roles)
    ]
    found = [
        {
            "url": reverse("journey_report", args=[id_, key]),
            "label": _("Report: {step}").format(step=state.steps[key].title.lower()),
            # What may happen at any time never is the next thing to do.
            "quiet": "" if key in state.current else "yes",
        }
        for key in mine
        if key != SAFETY
    ]
    # Whoever has to call meanwhile, the practice can always answer.
    if MISSING in state.current and "practice" in story.roles:
        correct = reverse("enrollment_of_journey", args=[id_])
        found.insert(0, {"url": correct, "label": _("Correct the enrollment")})
    besides = [*_contact(story), *_coverage_changed(story), *_owner(story), *_same(story)]
    return [*settle, *_safety(story), *found, *besides, *end]


def _safety(story: queries.Story) -> list[dict[str, str]]:
    """Each report of a side effect that is not over: what is to be done about it stands there."""
    if SAFETY not in story.state.current:
        return []
    found = safety_reports(current_actor()).filter(journey=story.journey, over_at=None)
    return [
        {
            "url": reverse("safety_report", args=[report_id]),
            "label": _("Safety report {number}").format(number=number),
        }
        for report_id, number in found.order_by("due_at").values_list("pk", "number")
    ]


def _contact(story: queries.Story) -> list[dict[str, str]]:
    """The way to reach the patient, and to write down what came of it."""
    if not may_contact(current_actor(), story.journey):
        return []
    url = reverse("journey_contact", args=[story.journey.id])
    return [{"url": url, "label": _("Contact the patient"), "quiet": "yes"}]


def _owner(story: queries.Story) -> list[dict[str, str]]:
    """The way to take the case, or for a supervisor to give it away."""
    actor, owner = current_actor(), story.owner.person.name
    if not may_own(actor, story.journey) or (owner and not may_give_cases(actor)):
        return []
    label = _("Give the case to somebody else") if owner else _("Nobody has this case")
    url = reverse("case_owner", args=[story.journey.id])
    return [{"url": url, "label": label, "quiet": "yes" if owner else ""}]


def _coverage_changed(story: queries.Story) -> list[dict[str, str]]:
    """Where the practice says that the patient has another insurance."""
    mine = "practice" in story.roles and current_actor().may(Permission.PATIENTS_EDIT)
    if not mine or story.state.closed_at:
        return []
    url = reverse("coverage_changed", args=[story.journey.patient_id])
    return [{"url": url, "label": _("Coverage changed"), "quiet": "yes"}]


def _same(story: queries.Story) -> list[dict[str, str]]:
    """The way to look for the same enrollment twice, and back from a merge."""
    if not may_merge(current_actor(), story.journey):
        return []
    if story.state.is_open or merged_of(story):
        label = (
            _("Look for duplicates") if story.state.is_open else _("See what it was merged into")
        )
        url = reverse("journey_duplicates", args=[story.journey.id])
        return [{"url": url, "label": label, "quiet": "yes"}]
    return []


def _twins(story: queries.Story) -> list[tuple[str, int]]:
    """Who looks like the same patient, for the hub that can put both side by side."""
    if not story.state.is_open or not may_merge(current_actor(), story.journey):
        return []
    return likely_twins(story.journey.pk)


def _end_permission(story: queries.Story) -> list[dict[str, str]]:
    """The way to end a permission for a patient who calls the hub."""
    if story.state.closed_at or not may_end_consent(current_actor(), story.journey):
        return []
    url = reverse("journey_permission", args=[story.journey.id])
    return [{"url": url, "label": _("The patient takes a permission back"), "quiet": "yes"}]
