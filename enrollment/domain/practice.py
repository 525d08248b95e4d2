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
from enrollment.domain.masters import Unacceptable, changed_keys, originated, read_once
from enrollment.models import PracticeProfile, Prescriber


@transaction.atomic
def set_practice_profile(
    details: Mapping[str, Any], *, by: Actor, now: datetime
) -> PracticeProfile:
    """Keep the practice's own facts (section C). Raises Refused or Unacceptable."""
    rules.require(rules.why_not_edit_patients(by))
    kept = read_once("practice", details, today=timezone.localdate(now))
    profile: PracticeProfile = (
        PracticeProfile.objects.select_for_update()
        .filter(organization=rules.practice_of(by))
        .first()
    ) or PracticeProfile(organization_id=rules.practice_of(by), details={})
    before = profile.details
    profile.details = kept
    profile.origins = originated(profile.origins, before, kept, by=by, now=now)
    profile.confirmed_at = now
    profile.save()
    audit.wrote(profile, action="changed", fields=changed_keys(before, kept))
    return profile


def add_prescriber(
    details: Mapping[str, Any], *, user_id: UUID | None, by: Actor, now: datetime
) -> Prescriber:
    """Keep a prescriber (section D); only the linked person will be able to sign as them.

    Raises Refused or Unacceptable.
    """
    rules.require(rules.why_not_edit_patients(by))
    kept = read_once("prescriber", details, today=timezone.localdate(now))
    if "D1" not in kept:
        raise Unacceptable({"D1": ["A prescriber needs a name."]})
    prescriber = Prescriber(
        organization_id=rules.practice_of(by), user_id=user_id, name=kept["D1"], details=kept
    )
    prescriber.save(force_insert=True)
    audit.wrote(prescriber, action="added", fields=sorted(kept))
    return prescriber
