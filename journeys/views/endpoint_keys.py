"""The keys that systems report with: made, given a last day, ended."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import needs_recent_authentication, requires
from accounts.core.permissions import OrganizationKind, Permission
from accounts.forms.problems import first_problem
from accounts.models import Organization
from accounts.tenancy import current_actor
from journeys.domain.connecting import connect
from journeys.domain.endpoints import endpoint_for
from journeys.domain.key_ends import MadeKey, NoKey, TooManyKeys, set_last_day
from journeys.domain.practice_keys import end_key, make_key
from journeys.enums import Transport
from journeys.forms.endpoints import FORMS
from journeys.forms.partner_keys import LastDayForm, PracticeKeyForm
from journeys.partners.addresses import problem_with
from journeys.views.endpoints import changed, page, receiver_or_404


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def key_last_day(request: HttpRequest, partner_id: UUID, key_id: UUID) -> HttpResponse:
    """Say through which day a key is good, or that it has no end."""
    form = LastDayForm(request.POST, now=timezone.now())
    if fault := first_problem(form):
        messages.error(request, fault)
        return redirect("endpoint", partner_id)
    last_on = form.cleaned_data["last_on"]
    said = _("The last day of that key is kept.") if last_on else _("That key has no end now.")
    change = partial(set_last_day, key_id, partner_id=partner_id, last_on=last_on)
    return changed(request, partner_id, change, said)


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def new_key(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Make a key: a practice for its own system, the operator for a partner's.

    The answer is the only place that tells it.
    """
    partner, now = receiver_or_404(partner_id), timezone.now()
    of_practice = partner.kind == OrganizationKind.PRACTICE
    form = (PracticeKeyForm if of_practice else LastDayForm)(request.POST, now=now)
    if fault := first_problem(form):
        messages.error(request, fault)
        return redirect("endpoint", partner_id)
    try:
        key = _for_practice(partner, form) if of_practice else _for_partner(partner, form)
    except NoKey:
        raise Http404 from None
    except TooManyKeys:
        messages.warning(request, _("Four keys are valid already. End an older one first."))
        return redirect("endpoint", partner_id)
    known = endpoint_for(partner, by=current_actor())
    way = FORMS[known.transport if known else Transport.WEBHOOK](known=known, check=problem_with)
    return page(request, partner, known, form=way, key=key)


def _for_practice(practice: Organization, form: LastDayForm) -> MadeKey:
    told, by = form.cleaned_data, current_actor()
    return make_key(practice.pk, told["uses"], by=by, now=form.now, last_on=told["last_on"])


def _for_partner(partner: Organization, form: LastDayForm) -> MadeKey:
    by, last_on = current_actor(), form.cleaned_data["last_on"]
    if not by.is_operator:
        raise PermissionDenied
    made = connect(partner.slug, address="", now=form.now, last_on=last_on, by=by)
    return MadeKey(UUID(made.key_id), made.secret)


@requires(Permission.ENDPOINTS_MANAGE)
@needs_recent_authentication
@require_POST
def ended_key(request: HttpRequest, partner_id: UUID, key_id: UUID) -> HttpResponse:
    """End one of a practice's own keys."""
    change = partial(end_key, key_id, practice_id=partner_id, now=timezone.now())
    return changed(request, partner_id, change, _("That key is not taken any more."))
