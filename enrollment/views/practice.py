"""What an office says once about itself: its profile, and its prescribers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.domain import practice
from enrollment.domain.masters import Changed, Unacceptable
from enrollment.domain.queries.practice import people_who_sign, profile_of, to_be_offered
from enrollment.forms.prescriber import PrescriberForm
from enrollment.forms.subject import redrawn_form, subject_rows
from enrollment.models import Prescriber
from enrollment.rules import Refused, practice_of, why_not_link
from enrollment.views.patient_forms import FORMS, drawn_only, given, instant, posted, refuse, theirs


@requires(Permission.PRACTICE_EDIT)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The profile that every form begins with, and who prescribes here."""
    profile, today = profile_of(practice_of(current_actor())), timezone.localdate()
    return render(
        request,
        "enrollment/practice.html",
        {
            "profile": profile,
            "details": subject_rows("practice", profile.details, today=today) if profile else [],
            "prescribers": to_be_offered(),
            "gone": list(Prescriber.objects.filter(active=False)),
        },
    )


@requires(Permission.PRACTICE_EDIT)
@require_http_methods(FORMS)
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Change the practice's own facts (section C)."""
    profile = profile_of(practice_of(current_actor()))
    known = profile.details if profile else {}
    form = redrawn_form("practice", known, posted(request), today=timezone.localdate())
    context: dict[str, Any] = {
        "form": form,
        "theirs": [],
        "seen_at": profile.confirmed_at if profile else None,
    }
    if form.is_bound and not drawn_only(request) and form.is_valid():
        try:
            practice.set_practice_profile(
                given(form),
                seen_at=instant(request.POST.get("seen_at", "")),
                by=current_actor(),
                now=timezone.now(),
            )
        except Unacceptable as unacceptable:
            refuse(form, unacceptable.problems)
        except Changed as changed:
            context["theirs"] = theirs(form, changed.fields)
        else:
            messages.success(request, _("Saved. Every new form begins with it."))
            return redirect("practice")
    return _drawn(request, "enrollment/practice_edit.html", context)


@requires(Permission.PRACTICE_EDIT)
@require_http_methods(FORMS)
def new_prescriber(request: HttpRequest) -> HttpResponse:
    """Somebody else prescribes here (section D)."""

    def save(details: dict[str, Any], user_id: UUID | None, now: datetime) -> object:
        return practice.add_prescriber(details, user_id=user_id, by=current_actor(), now=now)

    return _prescriber_page(request, None, save)


@requires(Permission.PRACTICE_EDIT)
@require_http_methods(FORMS)
def edit_prescriber(request: HttpRequest, prescriber_id: UUID) -> HttpResponse:
    """Change a prescriber's facts, and who signs as them."""
    row = get_visible_or_404(Prescriber.objects.all(), id=prescriber_id)

    def save(details: dict[str, Any], user_id: UUID | None, now: datetime) -> object:
        return practice.change_prescriber(
            row.id, details, user_id=user_id, by=current_actor(), now=now
        )

    return _prescriber_page(request, row, save)


def _prescriber_page(request: HttpRequest, row: Prescriber | None, save: Any) -> HttpResponse:
    known = row.details if row else {}
    form = redrawn_form("prescriber", known, posted(request), today=timezone.localdate())
    may_link = not why_not_link(current_actor())
    people = people_who_sign(practice_of(current_actor())) if may_link else []
    link = PrescriberForm(people, row.user_id if row else None, posted(request))
    linked = not may_link or link.is_valid()
    if form.is_bound and not drawn_only(request) and form.is_valid() and linked:
        user_id = link.user_id if may_link else (row.user_id if row else None)
        try:
            save(given(form), user_id, timezone.now())
        except Unacceptable as unacceptable:
            refuse(form, unacceptable.problems)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved. Every new form begins with it."))
            return redirect("practice")
    context = {"form": form, "link": link, "prescriber": row, "may_link": may_link}
    return _drawn(request, "enrollment/prescriber_edit.html", context)


@requires(Permission.PRACTICE_EDIT)
@require_POST
def leave(request: HttpRequest, prescriber_id: UUID) -> HttpResponse:
    """A prescriber no longer works here, or does again; nothing signed changes."""
    row = get_visible_or_404(Prescriber.objects.all(), id=prescriber_id)
    here = "back" in request.POST
    practice.set_prescriber_active(row.id, active=here, by=current_actor(), now=timezone.now())
    words = _("{name} is offered again.") if here else _("{name} is not offered for new forms.")
    messages.success(request, words.format(name=row.name))
    return redirect("practice")


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    if drawn_only(request):
        return render(request, f"{template}#fields", context)
    return render(request, template, context, status=422 if context["form"].is_bound else 200)
