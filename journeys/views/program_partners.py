"""The partners of a manufacturer's program: how each is reached, how it does, and its keys."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, needs_recent_authentication, requires
from accounts.core.permissions import Permission
from accounts.forms.problems import first_problem
from accounts.tenancy import current_actor
from journeys.domain.key_ends import MadeKey, TooManyKeys
from journeys.domain.partner_tests import TooSoon, ask_for_test
from journeys.domain.program_maps import map_of
from journeys.domain.program_partners import (
    NoPartner,
    end_key,
    make_key,
    partners_of,
    service_levels,
)
from journeys.domain.queries.funnel import funnel_of
from journeys.forms.partner_keys import LastDayForm
from journeys.views.funnel_words import in_words
from programs.domain.queries.catalogue import version_on
from programs.models import Program, ProgramVersion


@requires(Permission.PROGRAMS_COMPOSE)
@require_GET
def partners(request: HttpRequest, key: str) -> HttpResponse:
    """Every partner of the program's route."""
    return _page(request, _version(key))


@requires(Permission.PROGRAMS_COMPOSE)
@require_GET
def status_codes(request: HttpRequest, key: str, partner_id: UUID) -> HttpResponse:
    """What one partner's status codes mean in the program."""
    version = _version(key)
    try:
        found = map_of(version, partner_id, by=current_actor(), now=timezone.now())
    except NoPartner:
        raise Http404 from None
    context = {"program": version.program, "map": found}
    return render(request, "journeys/program_map.html", context)


@requires(Permission.PROGRAMS_COMPOSE)
@needs_recent_authentication
@require_POST
def new_key(request: HttpRequest, key: str, partner_id: UUID) -> HttpResponse:
    """Make a partner's key for this program; the answer is the only place that tells it."""
    version, now = _version(key), timezone.now()
    form = LastDayForm(request.POST, now=now)
    if fault := first_problem(form):
        messages.error(request, fault)
        return redirect("program_partners", key)
    last_on = form.cleaned_data["last_on"]
    try:
        made = make_key(version, partner_id, by=current_actor(), now=now, last_on=last_on)
    except NoPartner:
        raise Http404 from None
    except TooManyKeys:
        messages.warning(request, _("Two keys are valid already. End the older one first."))
        return redirect("program_partners", key)
    return _page(request, version, made=(partner_id, made))


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def ended_key(request: HttpRequest, key: str, key_id: UUID) -> HttpResponse:
    """End one of the partners' keys for this program."""
    try:
        ended = end_key(_version(key).program, key_id, by=current_actor(), now=timezone.now())
    except NoPartner:
        raise Http404 from None
    messages.success(request, _("{label} is not taken any more.").format(label=ended.label))
    return redirect("program_partners", key)


@requires(Permission.PROGRAMS_COMPOSE)
@require_POST
def test(request: HttpRequest, key: str, partner_id: UUID) -> HttpResponse:
    """Have a test message sent to one of the partners."""
    try:
        ask_for_test(_version(key), partner_id, by=current_actor(), now=timezone.now())
    except NoPartner:
        raise Http404 from None
    except TooSoon:
        messages.warning(request, _("A test went out within the last minute. Try again soon."))
    else:
        messages.success(request, _("The test is on its way. Load the page again to see it."))
    return redirect("program_partners", key)


def _version(key: str) -> ProgramVersion:
    """The version that holds of one of the actor's own programs."""
    mine = Program.objects.filter(manufacturer_id=current_actor().organization_id)
    version = version_on(get_visible_or_404(mine, key=key), timezone.localdate())
    if version is None:
        raise Http404
    return version


def _page(
    request: HttpRequest, version: ProgramVersion, *, made: tuple[UUID, MadeKey] | None = None
) -> HttpResponse:
    actor, now = current_actor(), timezone.now()
    program = version.program
    audit.happened("counted", purpose=f"{program.key}: counts by partner")
    rows = partners_of(version, by=actor, now=now)
    failing = sum(1 for row in rows if row.failing_since)
    words = ngettext(
        "{count} partner does not take what is sent to it.",
        "{count} partners do not take what is sent to them.",
        failing,
    ).format(count=failing)
    told = in_words(funnel_of(program.id, today=now.date(), groups=()), graph=None)
    return render(
        request,
        "journeys/program_partners.html",
        {
            "program": program,
            "rows": rows,
            "made": made[1] if made else None,
            "made_for": next((row for row in rows if made and row.id == made[0]), None),
            "api": request.build_absolute_uri("/").rstrip("/"),
            "sentence": words if failing else _("Every partner takes what is sent to it."),
            "lag": told.get("lag"),
            "levels": service_levels(version),
        },
    )
