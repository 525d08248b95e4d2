"""The hub ends a permission for a patient who takes it back on the telephone."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from journeys.domain.reading import one
from journeys.domain.revoking import NotAsTold, revoke_by_phone
from journeys.forms.phone import PhoneForm
from journeys.models import ConsentGrant, Journey
from journeys.rules import may_end_consent
from journeys.views.presenting import safety_link


@requires(Permission.CONSENTS_END)
@require_http_methods(["GET", "HEAD", "POST"])
def end_by_phone(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Write down the call; from then on nothing more is shared, and everyone is told."""
    journey = get_visible_or_404(one(), pk=journey_id)
    if not may_end_consent(current_actor(), journey):
        raise PermissionDenied
    grants = list(ConsentGrant.objects.filter(journey=journey, revoked_at=None))
    if not grants:
        messages.info(request, _("No permission of this patient stands here."))
        return redirect("journey", journey.pk)
    form = PhoneForm(
        request.POST if request.method == "POST" else None,
        grants=grants,
        program=journey.program_version.program.name,
        now=timezone.now(),
    )
    if form.is_bound and form.is_valid() and _ended(form):
        messages.success(
            request, _("The permission has ended. Everyone who had something on it is told.")
        )
        return redirect("journey", journey.pk)
    return _page(request, journey, form)


def _ended(form: PhoneForm) -> bool:
    try:
        revoke_by_phone(
            UUID(form.cleaned_data["grant"]), form.call(), by=current_actor(), now=timezone.now()
        )
    except NotAsTold as wrong:
        form.add_error(wrong.field, str(wrong))
        return False
    return True


def _page(request: HttpRequest, journey: Journey, form: PhoneForm) -> HttpResponse:
    audit.read(journey, fields=["patient_name", "patient_born_on"], purpose="revocation by phone")
    context = {
        "journey": journey,
        "safety_url": safety_link(journey, current_actor()),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "journeys/permission.html", context, status=status)
