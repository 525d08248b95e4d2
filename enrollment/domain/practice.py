"""What an office says once about itself and its prescribers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.masters import Changed, Unacceptable, changed_keys, originated, read_once
from enrollment.domain.queries.practice import people_who_sign
from enrollment.models import PracticeProfile, Prescriber


@transaction.atomic
def set_practice_profile(
    details: Mapping[str, Any], *, seen_at: datetime | None = None, by: Actor, now: datetime
) -> PracticeProfile:
    """Keep the practice's own facts (section C).

    With `seen_at`, raises Changed when the profile was changed after that instant, and keeps
    nothing. Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_practice(by))
    kept = read_once("practice", details, today=timezone.localdate(now))
    profile: PracticeProfile = (
        PracticeProfile.objects.select_for_update()
        .filter(organization=rules.practice_of(by))
        .first()
    ) or PracticeProfile(organization_id=rules.practice_of(by), details={})
    before = profile.details
    if before and seen_at is not None and profile.confirmed_at != seen_at:
        raise Changed({key: before.get(key) for key in changed_keys(before, kept)})
    profile.details = kept
    profile.origins = originated(profile.origins, before, kept, by=by, now=now)
    profile.confirmed_at = now
    profile.save()
    audit.wrote(profile, action="changed", fields=changed_keys(before, kept))
    return profile


@transaction.atomic
def add_prescriber(
    details: Mapping[str, Any], *, user_id: UUID | None, by: Actor, now: datetime
) -> Prescriber:
    """Keep a prescriber (section D); only the linked person will be able to sign as them.

    Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_practice(by))
    prescriber = Prescriber(
        organization_id=rules.practice_of(by), name="", details={}, confirmed_at=now
    )
    _describe(prescriber, details, user_id=user_id, by=by, now=now)
    prescriber.save(force_insert=True)
    audit.wrote(prescriber, action="added", fields=sorted(prescriber.details))
    return prescriber


@transaction.atomic
def change_prescriber(
    prescriber_id: UUID,
    details: Mapping[str, Any],
    *,
    user_id: UUID | None,
    by: Actor,
    now: datetime,
) -> Prescriber:
    """Replace what is known about a prescriber, and who signs as them. What was signed and sent
    stays as it is. Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_practice(by))
    prescriber: Prescriber = Prescriber.objects.select_for_update().get(id=prescriber_id)
    before, linked = prescriber.details, prescriber.user_id
    _describe(prescriber, details, user_id=user_id, by=by, now=now)
    prescriber.save()
    changed = changed_keys(before, prescriber.details)
    audit.wrote(prescriber, action="changed", fields=changed)
    if user_id != linked:
        audit.wrote(prescriber, action="linked to who signs")
    return prescriber


def _describe(
    prescriber: Prescriber,
    details: Mapping[str, Any],
    *,
    user_id: UUID | None,
    by: Actor,
    now: datetime,
) -> None:
    if user_id != prescriber.user_id:
        rules.require(rules.why_not_link(by))
        rules.require(_why_not_sign(prescriber.organization_id, user_id))
    kept = read_once("prescriber", details, today=timezone.localdate(now))
    if "D1" not in kept:
        raise Unacceptable({"D1": ["A prescriber needs a name."]})
    prescriber.origins = originated(prescriber.origins, prescriber.details, kept, by=by, now=now)
    prescriber.user_id, prescriber.name = user_id, kept["D1"]
    prescriber.details, prescriber.confirmed_at = kept, now


def _why_not_sign(organization_id: UUID, user_id: UUID | None) -> str:
    if user_id is None or any(user.id == user_id for user in people_who_sign(organization_id)):
        return ""
    return "Only a member of your practice who is a prescriber can sign as one."


@transaction.atomic
def set_prescriber_active(
    prescriber_id: UUID, *, active: bool, by: Actor, now: datetime
) -> Prescriber:
    """Offer a prescriber for new forms, or no longer. Raises Refused."""
    rules.require(rules.why_not_edit_practice(by))
    prescriber: Prescriber = Prescriber.objects.select_for_update().get(id=prescriber_id)
    prescriber.active, prescriber.confirmed_at = active, now
    prescriber.save(update_fields=["active", "confirmed_at"])
    audit.wrote(prescriber, action="offered" if active else "left")
    return prescriber
