"""A partner connects its system: keys, test enrollments, checks that turn green, every message."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import get_visible_or_404, needs_recent_authentication, requires
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.documents.samples import SAMPLES
from journeys.domain.connecting import Connected, connect
from journeys.domain.endpoints import RECEIVERS, receivers
from journeys.domain.queries.sandbox import Sandbox, sandbox_of
from journeys.domain.sandbox_clearing import kept_for
from journeys.domain.sandbox_sending import NothingToSend
from journeys.domain.sandbox_trials import TooMany, ask_for_trial, try_again_now
from journeys.domain.sandbox_worlds import open_sandbox
from journeys.enums import TrialKind
from journeys.forms.connecting import OTHER, WEBHOOK, WORDS, AddressForm, EnrollmentForm
from journeys.partners.addresses import problem_with

CHECKS = frozenset(TrialKind) - {TrialKind(each) for each in WORDS}


def partner_or_404(partner_id: UUID) -> Organization:
    """A hub, pharmacy or vendor whose sandbox the actor may use: its own, the operator any."""
    partners = receivers(current_actor()).filter(kind__in=RECEIVERS, sandbox_of=None)
    return get_visible_or_404(partners, pk=partner_id)


@requires(Permission.ENDPOINTS_MANAGE)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """One's own sandbox; the operator chooses one from the list of endpoints."""
    actor = current_actor()
    if actor.is_operator:
        return redirect("endpoints")
    if actor.organization_id is None:
        raise Http404
    return redirect("connect", partner_or_404(actor.organization_id).pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_GET
def sandbox(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The partner's sandbox; asked by htmx only what changes by itself."""
    return _page(request, partner_or_404(partner_id))


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def keys(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Make the keys of the sandbox; the answer is the only place that tells them."""
    partner = partner_or_404(partner_id)
    form = AddressForm(request.POST, check=problem_with)
    if not form.is_valid():
        return _page(request, partner, form=form)
    actor, now = current_actor(), timezone.now()
    double = open_sandbox(partner, by=actor, now=now)
    made = connect(double.slug, address=form.cleaned_data["address"], now=now, by=actor)
    return _page(request, partner, made=made)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def send(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Send a test enrollment that asks for an outcome."""
    partner = partner_or_404(partner_id)
    form = EnrollmentForm(request.POST, kind=partner.kind)
    if not form.is_valid():
        raise Http404
    kind, urgent = TrialKind(form.cleaned_data["outcome"]), form.cleaned_data["urgent"]
    return _begin(request, partner, kind, urgent=urgent, back="#enrollments")


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def check(request: HttpRequest, partner_id: UUID, kind: str) -> HttpResponse:
    """Begin the trial of one check."""
    if kind not in CHECKS:
        raise Http404
    return _begin(request, partner_or_404(partner_id), TrialKind(kind), back="#checks")


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def again(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Try at once what waits to be sent to the sandbox."""
    partner = partner_or_404(partner_id)
    if try_again_now(partner, by=current_actor(), now=timezone.now()):
        messages.success(request, _("What waits is tried again now."))
    else:
        messages.info(request, _("Nothing waits to be sent."))
    return redirect(reverse("connect", args=[partner.pk]) + "#messages")


def _begin(
    request: HttpRequest, partner: Organization, kind: TrialKind, *, urgent: bool = False, back: str
) -> HttpResponse:
    try:
        ask_for_trial(partner, kind, urgent=urgent, by=current_actor(), now=timezone.now())
    except NothingToSend as why:
        messages.warning(request, str(why))
    except TooMany:
        messages.warning(request, _("That was very much for one day. Go on tomorrow."))
    else:
        messages.success(request, _("It is on its way. What comes of it shows here by itself."))
    return redirect(reverse("connect", args=[partner.pk]) + back)


def _page(
    request: HttpRequest,
    partner: Organization,
    *,
    form: AddressForm | None = None,
    made: Connected | None = None,
) -> HttpResponse:
    actor = current_actor()
    found = sandbox_of(partner, by=actor)
    way = found.endpoint.transport if found.endpoint else WEBHOOK
    known = {"address": found.endpoint.address} if found.endpoint and way == WEBHOOK else {}
    known["way"] = WEBHOOK if way == WEBHOOK else OTHER
    context = {
        "partner": partner,
        "sandbox": found,
        "sentence": _sentence(found),
        "form": form or AddressForm(check=problem_with, initial=known),
        "enrollment_form": EnrollmentForm(kind=partner.kind),
        "made": made,
        "api": request.build_absolute_uri("/").rstrip("/"),
        "samples": SAMPLES,
        "kept_days": kept_for().days,
        "sees_all": actor.is_operator,
    }
    # Read anew by itself while something goes on: only what may have changed.
    passive = request.headers.get("X-Passive")
    template = "journeys/connect_board.html" if passive else "journeys/connect.html"
    return render(request, template, context, status=422 if form else 200)


def _sentence(found: Sandbox) -> str:
    if found.double is None:
        return _("Make your sandbox keys to begin; nothing here touches a real patient.")
    stands = found.standing
    if found.endpoint is None:
        return _("Say how we reach your sandbox.")
    if not stands.of:
        return _("There is nothing to check where people take in what is sent.")
    if stands.passed == stands.of:
        return _("All {count} checks are passed: your system is ready.").format(count=stands.of)
    return _("{passed} of {count} checks are passed.").format(passed=stands.passed, count=stands.of)
