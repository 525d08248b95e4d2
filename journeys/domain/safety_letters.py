"""Write to a manufacturer's safety desk that something waits: how many and where, nothing else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.core.permissions import Role
from accounts.domain.emailing import Email, send
from accounts.enums import EmailKind
from accounts.models import Membership
from accounts.tenancy import every_tenant
from journeys.models import SafetyReport

log = structlog.get_logger(__name__)
BATCH = 200


def tell_desks(*, now: datetime) -> int:
    """Write to each desk that got something since; how many letters went out.

    The letter is listed with the hub whose forwarding it is: at the manufacturer nobody but the
    desk learns that there are reports. One that the mail server does not take is due again.
    """
    with every_tenant(reason="what was forwarded to every desk is told by one task"):
        due = SafetyReport.objects.select_for_update(skip_locked=True).filter(untold=True)
        rows = list(due.order_by("due_at").defer("body")[:BATCH])
        by_desk: dict[UUID, list[SafetyReport]] = defaultdict(list)
        for row in rows:
            by_desk[row.manufacturer_id].append(row)
        officers = _officers(by_desk)
        told = 0
        for desk_id, waiting in by_desk.items():
            sent = [_send(each, waiting, now=now) for each in officers.get(desk_id, ())]
            told += sum(sent)
            if all(sent):
                ids = [row.pk for row in waiting]
                SafetyReport.objects.filter(pk__in=ids).update(untold=False)
        return told


def _officers(desks: Mapping[UUID, object]) -> Mapping[UUID, Sequence[Membership]]:
    found: dict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.select_related("user", "organization").filter(
        organization_id__in=desks, active=True, user__is_active=True
    )
    for row in rows:
        if Role.SAFETY_OFFICER in row.roles:
            found[row.organization_id].append(row)
    return found


def _send(officer: Membership, waiting: Sequence[SafetyReport], *, now: datetime) -> bool:
    context = {
        "count": len(waiting),
        "desk": officer.organization.name,
        "link": settings.SITE_URL + reverse("safety"),
    }
    letter = Email(
        kind=EmailKind.SAFETY,
        organization_id=waiting[0].hub_id,
        to=officer.user.email,
        subject=_("Throughline: a safety report waits"),
        text=render_to_string("journeys/email/safety.txt", context),
    )
    try:
        send(letter, now=now)
    except OSError as error:
        log.warning("safety_letter_not_sent", error=type(error).__name__)
        return False
    return True
