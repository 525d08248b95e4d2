"""A person reads what changed, and says how they want to hear of it."""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.queries.notices import read_until, unread
from journeys.enums import Mailing
from journeys.models import JourneyParty, Notice, NoticeRead, NoticeSettings

DIGEST_AT = time(7, 0)


def settings_of(actor: Actor, *, now: datetime) -> NoticeSettings:
    """The person's settings at this organization, made when they first say something."""
    found: NoticeSettings = NoticeSettings.objects.get_or_create(
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        defaults={"read_until": read_until(actor), "mailed_until": now},
    )[0]
    return found


def mark_all_read(*, by: Actor, now: datetime) -> None:
    """Nothing up to now is unread any more."""
    settings = settings_of(by, now=now)
    settings.read_until = now
    settings.save(update_fields=["read_until"])
    NoticeRead.objects.filter(user_id=by.user_id, notice__at__lte=now).delete()


def mark_read(notice_ids: Collection[UUID], *, by: Actor, now: datetime) -> None:
    """The person has read these notices of their organization's."""
    _mark(Notice.objects.filter(pk__in=notice_ids).values_list("pk", flat=True), by, now)


def mark_journey_read(journey_id: UUID, *, by: Actor, now: datetime) -> None:
    """The person has looked at the journey: its messages and other news are no longer new."""
    news = list(unread(by).filter(journey_id=journey_id).values_list("pk", flat=True))
    _mark(news, by, now)
    with every_tenant(reason="a party says that it has looked", actor=by):
        mine = JourneyParty.objects.filter(journey=journey_id, party=by.organization_id, until=None)
        # Not at every look: what is drawn of the journey is kept for as long as nothing changes.
        since = Q(looked_at=None) | Q(looked_at__lte=F("journey__last_event_at"))
        (mine if news else mine.filter(since)).update(looked_at=now)


def mark_fax_read(fax_id: UUID, *, by: Actor, now: datetime) -> None:
    """The person has looked at the fax: that it came is no longer new."""
    _mark(Notice.objects.filter(fax=fax_id).values_list("pk", flat=True), by, now)


def mark_form_read(draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """The person has opened the form that a hub keyed for them."""
    _mark(Notice.objects.filter(draft_id=draft_id).values_list("pk", flat=True), by, now)


def _mark(notice_ids: Iterable[UUID], by: Actor, now: datetime) -> None:
    organization_id, user_id = by.organization_id, by.user_id
    if organization_id is None or user_id is None:
        return
    read = [
        NoticeRead(
            organization_id=organization_id, notice_id=notice_id, user_id=user_id, read_at=now
        )
        for notice_id in notice_ids
    ]
    NoticeRead.objects.bulk_create(read, ignore_conflicts=True)


def choose_mailing(mailing: Mailing, *, by: Actor, now: datetime) -> NoticeSettings:
    """How the person wants to be written to, from now on: nothing older is told again."""
    settings = settings_of(by, now=now)
    settings.mailing = mailing
    settings.mailed_until = now
    settings.next_mail_at = next_mail_at(
        mailing, zone=Organization.objects.get(pk=settings.organization_id).time_zone, now=now
    )
    settings.save(update_fields=["mailing", "mailed_until", "next_mail_at"])
    return settings


def next_mail_at(
    mailing: str, *, zone: str, now: datetime, mailed: bool = False
) -> datetime | None:
    """When to look again for something to write; after an e-mail at once not for a while."""
    if mailing == Mailing.NEVER:
        return None
    if mailing == Mailing.AT_ONCE:
        return now + (timedelta(minutes=10) if mailed else timedelta(0))
    here = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(here.date(), DIGEST_AT, tzinfo=here.tzinfo)
    return today if today > here else today + timedelta(days=1)
