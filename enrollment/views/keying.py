"""What a hub keys for practices: the list, and where a part of a fax or a call begins."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.models import Organization
from accounts.tenancy import current_actor, current_organization_id
from enrollment.domain import keying as domain
from enrollment.domain.queries import keying as queries
from enrollment.enums import GivenUp
from enrollment.forms.keying import CallForm, WhoseForm
from enrollment.models import Keying
from enrollment.rules import Refused
from journeys.core.faxes import About, pages_in_words
from journeys.domain.likeness import Candidate
from journeys.domain.queries import faxes as fax_queries
from journeys.models import FaxPart

PAGE_SIZE = 50


@requires(Permission.INTAKE_REVIEW)
@require_GET
def keying_list(request: HttpRequest) -> HttpResponse:
    """What is being keyed: the hub's own first, then what practices have to sign."""
    paginator = Paginator(queries.open_keyings(), PAGE_SIZE)
    page, count = paginator.get_page(request.GET.get("page")), paginator.count
    found = list(page.object_list)
    audit.read_many(found, fields=["about"], purpose="keying")
    sentence = ngettext(
        "{count} enrollment is being keyed.", "{count} enrollments are being keyed.", count
    )
    context = {
        "rows": queries.rows_of(found),
        "page": page,
        "now": timezone.now(),
        "sentence": sentence.format(count=count) if count else _("Nothing is being keyed."),
    }
    return render(request, "enrollment/keyings.html", context)


@requires(Permission.INTAKE_REVIEW)
@require_GET
def of_part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """From a part of a fax to where it is keyed, or begins to be."""
    part = get_visible_or_404(FaxPart.objects.all(), pk=part_id)
    there = domain.open_of_part(part.pk)
    if there is not None:
        return redirect("keying", there.pk)
    return redirect("keying_begin", part.pk)


@dataclass(frozen=True)
class _Begun:
    """What the page to begin on shows besides the two forms."""

    candidates: list[Candidate]
    part: FaxPart | None = None
    call: CallForm | None = None


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Whose enrollment the pages are, and into which program they are keyed."""
    part = get_visible_or_404(FaxPart.objects.select_related("fax"), pk=part_id)
    there = domain.open_of_part(part.pk)
    if there is not None:
        return redirect("keying", there.pk)
    if part.settled_at or not part.about:
        messages.info(request, _("These pages do not wait for a form."))
        return redirect("fax", part.fax_id)
    form = _whose(request)
    if "begin" in request.POST and form.is_valid():
        try:
            by, now = current_actor(), timezone.now()
            return redirect("keying", domain.key_part(part.pk, form.wanted(), by=by, now=now).pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    audit.read(part, fields=["about"], purpose="begin to key")
    about = About.from_json(part.about)
    return _show(request, form, _Begun(_alike(about), part=part))


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "POST"])
def begin_call(request: HttpRequest) -> HttpResponse:
    """Who called about whom; then as from a page."""
    now, asked = timezone.now(), request.method == "POST"
    form, call = _whose(request), CallForm(request.POST if asked else None, now=now)
    known = asked and call.is_valid()
    if known and "begin" in request.POST and form.is_valid():
        try:
            begun = domain.key_call(call.call(), form.wanted(), by=current_actor(), now=now)
            return redirect("keying", begun.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _show(request, form, _Begun(_alike(call.call().about) if known else [], call=call))


def _whose(request: HttpRequest) -> WhoseForm:
    hub = Organization.objects.get(pk=current_organization_id())
    versions = queries.keyable_versions(hub.slug, today=timezone.localdate())
    found = queries.named(request.POST.get("words", ""))
    # What is only looked for is not judged yet.
    judged = request.POST if "begin" in request.POST else None
    form = WhoseForm(judged, found=found, versions=versions)
    if judged is None:
        form.initial = {name: request.POST.get(name, "") for name in ("words", "version")}
    return form


def _alike(about: About) -> list[Candidate]:
    found = fax_queries.candidates(about, current_actor())
    audit.read_many(
        [each.journey for each in found],
        fields=["patient_name", "patient_born_on"],
        purpose="begin to key",
    )
    return found


def _show(request: HttpRequest, form: WhoseForm, begun: _Begun) -> HttpResponse:
    part = begun.part
    looked = bool(request.POST.get("words"))
    context: dict[str, Any] = {
        "form": form,
        "call_form": begun.call,
        "part": part,
        "about": About.from_json(part.about) if part else None,
        "pages_words": pages_in_words(part.pages) if part else "",
        "pages": pages_beside(part) if part else [],
        "candidates": begun.candidates,
        "found": form.found,
        "looked": looked,
    }
    wrong = (form.is_bound and form.errors) or (begun.call and begun.call.errors)
    return render(request, "enrollment/keying_begin.html", context, status=422 if wrong else 200)


def pages_beside(part: FaxPart) -> list[dict[str, Any]]:
    """The pages of a part, to stand beside what is keyed from them."""
    wanted = [each for each in fax_queries.pages_of(part.fax) if each.number in part.pages]
    return [{"id": each.pk, "number": each.number} for each in wanted]


@requires(Permission.INTAKE_REVIEW)
@require_POST
def give_up(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """End it without sending; the pages wait again."""
    row = get_visible_or_404(Keying.objects.select_related("part"), pk=keying_id)
    why = request.POST.get("why", "")
    try:
        domain.give_up(row.pk, why=why, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("keying_finish", row.pk)
    messages.success(request, _("Given up: {why}.").format(why=GivenUp(why).label))
    if row.part is not None:
        return redirect(f"{reverse('fax', args=[row.part.fax_id])}?part={row.part_id}")
    return redirect("keyings")
