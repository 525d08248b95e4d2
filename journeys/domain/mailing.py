"""E-mails that say how much changed and where to look: counts and one link, never about whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.actor import Actor
from accounts.core.permissions import Permission, Role, permissions_of
from accounts.domain.emailing import Email, send
from accounts.enums import EmailKind
from accounts.models import Membership
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.queries.notices import unread
from journeys.domain.reading_notices import next_mail_at
from journeys.enums import Mailing, NoticeKind
from journeys.models import CountsLetter, NoticeSettings

log = structlog.get_logger(__name__)
BATCH = 200
LOOK_AGAIN = timedelta(minutes=1)
AFTER_A_FAULT = timedelta(minutes=5)


@dataclass(frozen=True)
class Letter:
    """One e-mail ready to be sent, and what to put back should it not go out."""

    settings_id: UUID
    to: str
    organization_id: UUID
    organization: str
    counts: Mapping[str, int]
    told_until: datetime


def send_due_mail(*, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Write to everybody whose time has come and for whom something is new; how many letters.

    A letter is claimed before it is sent: a worker that dies in between sends nothing twice.
    """
    with every_tenant(reason="everybody's letters are due in one table"):
        due = NoticeSettings.objects.filter(next_mail_at__lte=clock()).order_by("next_mail_at")
        ids = list(due.values_list("pk", flat=True)[:limit])
    sent = 0
    for settings_id in ids:
        letter = _claim(settings_id, now=clock())
        if letter:
            sent += _send(letter, now=clock())
    return sent


def _claim(settings_id: UUID, *, now: datetime) -> Letter | None:
    with every_tenant(reason="a letter is claimed before anybody acts"):
        row = (
            NoticeSettings.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user", "organization")
            .filter(pk=settings_id, next_mail_at__lte=now)
            .first()
        )
        if row is None:
            return None
        actor = reader(row, Permission.JOURNEYS_VIEW)
        counts = _counts(row, actor) if actor else {}
        letter = Letter(
            settings_id=row.pk,
            to=row.user.email,
            organization_id=row.organization_id,
            organization=row.organization.name,
            counts=counts,
            told_until=row.mailed_until,
        )
        zone = row.organization.time_zone
        row.next_mail_at = next_mail_at(row.mailing, zone=zone, now=now, mailed=bool(counts))
        if not counts and row.mailing == Mailing.AT_ONCE:
            row.next_mail_at = now + LOOK_AGAIN
        if actor is None:
            row.next_mail_at = None
        row.mailed_until = now
        row.save(update_fields=["next_mail_at", "mailed_until"])
        return letter if counts else None


def reader(row: NoticeSettings | CountsLetter, permission: Permission) -> Actor | None:
    """The person as they act today; None when they no longer may read there what it is about."""
    membership = Membership.objects.filter(
        user_id=row.user_id,
        user__is_active=True,
        organization_id=row.organization_id,
        organization__active=True,
        active=True,
    ).first()
    roles = frozenset(Role(role) for role in membership.roles) if membership else frozenset()
    if permission not in permissions_of(roles):
        return None
    return Actor(
        user_id=row.user_id,
        organization_id=row.organization_id,
        organization_kind=None,
        roles=roles,
        name=row.user.name,
    )


def _counts(row: NoticeSettings, actor: Actor) -> Mapping[str, int]:
    """What is new since the last letter and still unread, by kind."""
    with acting_as(actor):
        found = unread(actor).filter(at__gt=row.mailed_until)
        return dict(found.values_list("kind").annotate(Count("id")).order_by("kind"))


def _send(letter: Letter, *, now: datetime) -> int:
    total = sum(letter.counts.values())
    subject = ngettext(
        "{total} change for {organization}", "{total} changes for {organization}", total
    ).format(total=total, organization=letter.organization)
    context = {
        "lines": [(str(NoticeKind(kind).label), count) for kind, count in letter.counts.items()],
        "link": settings.SITE_URL + reverse("notices"),
        "stop_link": settings.SITE_URL + reverse("notice_settings"),
    }
    try:
        send(
            Email(
                kind=EmailKind.NOTICES,
                organization_id=letter.organization_id,
                to=letter.to,
                subject=_("Throughline: {subject}").format(subject=subject),
                text=render_to_string("journeys/email/notices.txt", context),
            ),
            now=now,
        )
    except OSError as error:
        log.warning("letter_not_sent", settings=str(letter.settings_id), error=type(error).__name__)
        with every_tenant(reason="a letter that did not go out is due again"):
            NoticeSettings.objects.filter(pk=letter.settings_id).update(
                mailed_until=letter.told_until, next_mail_at=now + AFTER_A_FAULT
            )
        return 0
    return 1
