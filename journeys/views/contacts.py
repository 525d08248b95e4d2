"""A hub reaches a patient: what to say, what came of it, and when to try again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, posted_token, requires
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.core.contacts import (
    CHANNELS,
    IN_VAIN,
    Caller,
    next_attempt,
    refusal,
    scripts,
    told,
    zone_of,
)
from journeys.domain.contacting import (
    PREFERENCE,
    Attempt,
    answers_of,
    log_contact,
    stops_of,
)
from journeys.domain.reading import one
from journeys.models import Contact, Journey
from journeys.rules import Refused, may_contact
from journeys.views.presenting import safety_link
from programs.core.definition import Definition
from programs.core.scripts import PURPOSES
from programs.domain.queries.catalogue import version_on

STATE, BEST_TIME, PHONE, EMAIL, LANGUAGE = "A11", "A16", "A13", "A17", "A7"
SHOWN = 20


@requires(Permission.JOURNEYS_REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The script, every way with what can come of it as one button each, and what was tried."""
    actor = current_actor()
    journey = get_visible_or_404(
        one().select_related("program_version__program__manufacturer"), pk=journey_id
    )
    if not may_contact(actor, journey):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, journey, actor)
    channel, _colon, outcome = request.POST.get("contact", "").partition(":")
    attempt = Attempt(
        token=str(posted_token(request)),
        channel=channel,
        outcome=outcome,
        purpose=request.POST.get("purpose", ""),
    )
    try:
        log_contact(journey_id, attempt, by=actor, now=timezone.now())
    except Refused as refused:
        return _page(request, journey, actor, problem=str(refused))
    messages.success(request, _("Kept: {words}.").format(words=told(channel, outcome)))
    return redirect("journey", journey_id)


def _page(
    request: HttpRequest, journey: Journey, actor: Actor, *, problem: str = ""
) -> HttpResponse:
    now, program = timezone.now(), journey.program_version.program
    audit.read(journey, fields=["patient_name", "packet"], purpose="contact")
    given = request.POST if request.method == "POST" else request.GET
    purpose = given.get("purpose", "enrollment")
    purpose = purpose if purpose in PURPOSES else "enrollment"
    answers = answers_of(journey)
    stops = stops_of(answers, by=actor)
    tried = list(
        Contact.objects.filter(journey=journey).select_related("by").order_by("-at")[:SHOWN]
    )
    # What is said follows the version that counts today, not the one the patient came with.
    script_version = version_on(program, timezone.localdate(now)) or journey.program_version
    caller = Caller(actor.name, journey.hub.name, program.name, program.manufacturer.name)
    preference = answers.get(PREFERENCE, "")
    refused = {key: refusal(key, purpose, stops=stops, preference=preference) for key in CHANNELS}
    context = {
        "journey": journey,
        "safety_url": safety_link(journey, actor),
        "problem": problem,
        "purpose": purpose,
        "token": uuid4(),
        "purposes": [
            {
                "label": label,
                "url": f"{request.path}?{urlencode({'purpose': key})}",
                "current": key == purpose,
            }
            for key, label in PURPOSES.items()
        ],
        "reach": _reach(answers, now=now),
        "scripts": scripts(
            caller,
            Definition.from_json(script_version.definition).scripts,
            purpose=purpose,
            language=answers.get(LANGUAGE, ""),
        ),
        "script_version": script_version,
        "ways": [
            {
                "key": key,
                "label": each.label,
                "why": refused[key],
                "outcomes": each.outcomes.items(),
            }
            for key, each in CHANNELS.items()
        ],
        "tried": [
            {"at": row.at, "who": row.by.name, "what": told(row.channel, row.outcome)}
            | {"about": PURPOSES.get(row.purpose, "")}
            for row in tried
        ],
        "next_at": "" if refused["call"] else _next(tried, answers, now=now),
    }
    return render(request, "journeys/contact.html", context, status=422 if problem else 200)


def _reach(answers: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """How the patient is reached, and what their clock says now."""
    there = now.astimezone(ZoneInfo(zone_of(answers.get(STATE, ""))))
    return {
        "phone": answers.get(PHONE, ""),
        "email": answers.get(EMAIL, ""),
        "language": answers.get(LANGUAGE, ""),
        "clock": f"{there:%-I:%M} {there:%p}".replace("AM", "am").replace("PM", "pm"),
    }


def _next(tried: Sequence[Contact], answers: Mapping[str, str], *, now: datetime) -> str:
    """When to try next, on the patient's own clock."""
    in_vain = 0
    for row in tried:
        if row.outcome not in IN_VAIN:
            break
        in_vain += 1
    zone = zone_of(answers.get(STATE, ""))
    last_at = tried[0].at if tried else now
    best = answers.get(BEST_TIME, "any")
    at = next_attempt(in_vain, last_at=last_at, now=now, zone=zone, best=best)
    if at <= now:
        return _("now")
    return f"{at:%a, %b %-d, %-I:%M} {'am' if at.hour < 12 else 'pm'}"
