"""Each Monday, a letter that a program's counts are there to be read: a link, and no number."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.domain.emailing import Email, send
from accounts.enums import EmailKind
from accounts.tenancy import every_tenant
from journeys.domain.mailing import AFTER_A_FAULT, BATCH, reader
from journeys.models import CountsLetter
from programs.models import Program

log = structlog.get_logger(__name__)
AT = time(7, 0)


def letter_of(program: Program, *, by: Actor) -> CountsLetter | None:
    """The person's own wish, if they have it."""
    wishes = CountsLetter.objects.filter(program=program, user_id=by.user_id)
    mine: CountsLetter | None = wishes.first()
    return mine


def write_weekly(program: Program, *, by: Actor, now: datetime) -> None:
    """Write to the person each Monday from now on; again changes nothing."""
    owner = program.manufacturer
    CountsLetter.objects.get_or_create(
        organization=owner,
        program=program,
        user_id=by.user_id,
        defaults={"next_mail_at": next_monday(zone=owner.time_zone, now=now)},
    )


def write_no_more(program: Program, *, by: Actor) -> None:
    """Take the person's wish back."""
    CountsLetter.objects.filter(program=program, user_id=by.user_id).delete()


def next_monday(*, zone: str, now: datetime) -> datetime:
    """The next Monday morning where the organization is."""
    here = now.astimezone(ZoneInfo(zone))
    monday = here.date() + timedelta(days=-here.weekday() % 7)
    at = datetime.combine(monday, AT, tzinfo=here.tzinfo)
    if at <= here:
        at = datetime.combine(monday + timedelta(days=7), AT, tzinfo=here.tzinfo)
    return at


def send_due_letters(*, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Write to everybody whose Monday has come; how many letters.

    A letter is claimed before it is sent: a worker that dies in between sends nothing twice.
    """
    with every_tenant(reason="everybody's letters are due in one table"):
        due = CountsLetter.objects.filter(next_mail_at__lte=clock()).order_by("next_mail_at")
        ids = list(due.values_list("pk", flat=True)[:limit])
    letters = (_claim(letter_id, now=clock()) for letter_id in ids)
    return sum(_send(letter, now=clock()) for letter in letters if letter)


def _claim(letter_id: UUID, *, now: datetime) -> CountsLetter | None:
    with every_tenant(reason="a letter is claimed before anybody acts"):
        row: CountsLetter | None = (
            CountsLetter.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user", "organization", "program")
            .filter(pk=letter_id, next_mail_at__lte=now)
            .first()
        )
        if row is None:
            return None
        if reader(row, Permission.FUNNEL_VIEW) is None:
            row.delete()
            return None
        row.next_mail_at = next_monday(zone=row.organization.time_zone, now=now)
        row.save(update_fields=["next_mail_at"])
        return row


def _send(letter: CountsLetter, *, now: datetime) -> int:
    page = settings.SITE_URL + reverse("program", args=[letter.program.key])
    try:
        send(
            Email(
                kind=EmailKind.COUNTS,
                organization_id=letter.organization_id,
                to=letter.user.email,
                subject=_("Throughline: the week's counts are there to be read"),
                text=render_to_string("journeys/email/counts.txt", {"link": page}),
            ),
            now=now,
        )
    except OSError as error:
        log.warning("letter_not_sent", letter=str(letter.pk), error=type(error).__name__)
        with every_tenant(reason="a letter that did not go out is due again"):
            CountsLetter.objects.filter(pk=letter.id).update(next_mail_at=now + AFTER_A_FAULT)
        return 0
    return 1
