"""How partners are reached: each by its own administrator, all of them by the operator."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.forms import ChoiceField, Field
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import get_visible_or_404, needs_recent_authentication, public, requires
from accounts.core.permissions import OrganizationKind, Permission
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.domain.endpoint_secrets import MADE_BY_US, PAIRS, public_half
from journeys.domain.endpoints import (
    NoEndpoint,
    choose_way,
    end_older_secret,
    endpoint_for,
    make_secret,
    receivers,
    stop,
    use_next_key,
)
from journeys.domain.key_ends import MadeKey, NoKey, keys_of
from journeys.domain.partner_tests import TooSoon, ask_for_own_test, newest_own_test
from journeys.domain.queries.endpoints import endpoints, host_of, public_keys
from journeys.enums import TESTED, Transport
from journeys.forms.endpoints import FORMS, WayForm
from journeys.forms.partner_keys import USES
from journeys.models import Endpoint
from journeys.partners.addresses import problem_with


@requires(Permission.ENDPOINTS_MANAGE)
@require_GET
def endpoint_list(request: HttpRequest) -> HttpResponse:
    """Every partner and how it is reached; who keeps only their own goes straight there."""
    actor = current_actor()
    if not actor.is_operator:
        mine = get_visible_or_404(receivers(actor), pk=actor.organization_id)
        return redirect("endpoint", mine.pk)
    rows = endpoints(actor)
    trouble = sum(1 for row in rows if row.failing_since or not row.transport)
    words = ngettext(
        "{count} partner gets nothing at the moment.",
        "{count} partners get nothing at the moment.",
        trouble,
    ).format(count=trouble)
    calm = _("Every partner takes what is sent to it.")
    return render(
        request, "journeys/endpoints.html", {"rows": rows, "sentence": words if trouble else calm}
    )


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """How one partner is reached, and the form of one way to reach it."""
    partner = receiver_or_404(partner_id)
    known = endpoint_for(partner, by=current_actor())
    chosen = request.POST.get("way") or request.GET.get("way") or ""
    if chosen not in _offered(partner):
        chosen = known.transport if known else Transport.WEBHOOK
    data = request.POST if request.method == "POST" else None
    same = known if known and known.transport == chosen else None
    form = FORMS[chosen](data, known=same, check=problem_with)
    if data is None or not form.is_valid():
        return page(request, partner, known, form=form)
    way = form.way()
    made = choose_way(partner_id, way, by=current_actor(), now=timezone.now())
    messages.success(
        request,
        _("From now on {name} is reached by: {way}.").format(
            name=partner.name, way=way.transport.label
        ),
    )
    if not made:
        return redirect("endpoint", partner_id)
    now_known = endpoint_for(partner, by=current_actor())
    fresh = FORMS[chosen](known=now_known, check=problem_with)
    return page(request, partner, now_known, form=fresh, made=made)


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def new_secret(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Make another secret; the answer is the only place that tells it."""
    try:
        made = make_secret(partner_id, by=current_actor())
    except NoEndpoint:
        raise Http404 from None
    partner = receiver_or_404(partner_id)
    known = endpoint_for(partner, by=current_actor())
    if not made or known is None:
        messages.success(request, _("The new key waits. Hand its public half over, then use it."))
        return redirect("endpoint", partner_id)
    form = FORMS[known.transport](known=known, check=problem_with)
    return page(request, partner, known, form=form, made=made)


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def use_key(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Sign with the key whose public half the partner knows by now."""
    said = _("We use the new key from now on.")
    return changed(request, partner_id, partial(use_next_key, partner_id), said)


@public(reason="partners' authorization servers check our assertions with our public keys")
@require_GET
def jwks(request: HttpRequest) -> JsonResponse:
    """Our public keys (RFC 7517), the next ones among them before they are used."""
    answer = JsonResponse(public_keys(), content_type="application/jwk-set+json")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def end_secret(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Sign with the newer secret alone."""
    said = _("The older one is not used any more.")
    return changed(request, partner_id, partial(end_older_secret, partner_id), said)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def stopped(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Tell a practice's own system nothing more."""
    said = _("Your system is told of nothing more.")
    return changed(request, partner_id, partial(stop, partner_id), said)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def test(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Have a test message sent."""
    ask = partial(ask_for_own_test, receiver_or_404(partner_id), now=timezone.now())
    try:
        said = _("The test is on its way. Load the page again to see it.")
        return changed(request, partner_id, ask, said)
    except TooSoon:
        messages.warning(request, _("A test went out within the last minute. Try again soon."))
    return redirect("endpoint", partner_id)


def changed(
    request: HttpRequest, partner_id: UUID, change: Callable[..., object], said: str
) -> HttpResponse:
    """Make one change of an endpoint or its keys, say so, and go back to its page."""
    try:
        change(by=current_actor())
    except (NoEndpoint, NoKey):
        raise Http404 from None
    messages.success(request, said)
    return redirect("endpoint", partner_id)


def receiver_or_404(partner_id: UUID) -> Organization:
    """Whose endpoint the actor keeps."""
    return get_visible_or_404(receivers(current_actor()), pk=partner_id)


def page(
    request: HttpRequest,
    partner: Organization,
    known: Endpoint | None,
    *,
    form: WayForm,
    made: str = "",
    key: MadeKey | None = None,
) -> HttpResponse:
    """The page, with the secret or the key that was made just now."""
    actor = current_actor()
    return render(
        request,
        "journeys/endpoint.html",
        {
            "partner": partner,
            "known": known,
            "sentence": _sentence(partner, known),
            "form": form,
            "made": made,
            "made_key": key,
            "key_uses": USES,
            "api": request.build_absolute_uri("/").rstrip("/"),
            "ways": _ways(partner, known, form),
            "facts": _facts(known),
            "public": public_half(known) if known else "",
            "makes_secret": bool(known and known.transport in MADE_BY_US),
            "jwks_url": request.build_absolute_uri(reverse("jwks"))
            if known and known.transport == Transport.FHIR
            else "",
            "is_pair": bool(known and known.transport in PAIRS),
            "keys": keys_of(partner, by=actor, now=timezone.now()),
            "tested": newest_own_test(partner, by=actor),
            "may_test": bool(known and known.transport in TESTED),
            "is_practice": partner.kind == OrganizationKind.PRACTICE,
            "sees_all": actor.is_operator,
        },
        status=422 if form.is_bound else 200,
    )


def _offered(partner: Organization) -> list[str]:
    """A practice's own system gets ids alone, by webhook."""
    return [Transport.WEBHOOK] if partner.kind == OrganizationKind.PRACTICE else list(FORMS)


def _sentence(partner: Organization, known: Endpoint | None) -> str:
    if known is None and partner.kind == OrganizationKind.PRACTICE:
        return _("Your own system is told of nothing until you give its address.")
    if known is None:
        return _("Nothing is sent to {name} until a way is chosen.").format(name=partner.name)
    way, host = Transport(known.transport).label, host_of(known.address)
    if host:
        return _("{way}, to {host}.").format(way=way, host=host)
    return f"{way}."


def _facts(known: Endpoint | None) -> list[tuple[str, Any]]:
    """What is known of the endpoint, no secret among it."""
    if known is None:
        return []
    told = [(_("Address"), known.address)] if known.address else []
    fields = FORMS[known.transport].base_fields
    told += [
        (str(field.label), _in_words(field, known.options[name]))
        for name, field in fields.items()
        if name in known.options
    ]
    return told


def _in_words(field: Field, value: Any) -> Any:
    """What was chosen as the form says it, all else as it is."""
    if not isinstance(field, ChoiceField):
        return value
    # The choices of our forms are in no groups.
    return dict(cast("Iterable[tuple[str, str]]", field.choices)).get(value, value)


def _ways(partner: Organization, known: Endpoint | None, form: WayForm) -> list[dict[str, Any]]:
    page = reverse("endpoint", args=[partner.pk])
    return [
        {
            "label": Transport(way).label,
            "url": f"{page}?way={way}#way",
            "current": way == form.transport,
        }
        for way in _offered(partner)
    ]
