"""A hub's faxes: kept as they came, taken by one person, given back, taken over, given away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import current_organization_id
from accounts.writing import run
from journeys.core.calendar import calendar_of
from journeys.core.clocks import due_clock
from journeys.core.steps_access import INTAKE_REVIEW
from journeys.domain.owning import GIVE_REASONS, NoReason, NotAColleague
from journeys.domain.papers import Paper
from journeys.domain.queries.worklists import colleagues
from journeys.domain.reading_notices import mark_fax_read
from journeys.domain.recording import telling_pages
from journeys.domain.work import TAKE_OVER_REASONS, AlreadyTaken
from journeys.enums import NoticeKind
from journeys.models import Fax, FaxPage, Notice
from journeys.rules import Refused

AS_FAX: Mapping[str, object] = {"submission_channel": "fax"}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """When a fax came, from which number, and whether it says that it is urgent."""

    received_at: datetime
    from_number: str = ""
    urgent: bool = False


class CameBefore(Exception):
    """The very same file is kept already, as `fax`."""

    def __init__(self, fax: Fax) -> None:
        super().__init__(str(fax.pk))
        self.fax = fax


def due_of(received_at: datetime, *, time_zone: str) -> datetime:
    """When a fax is to be sorted: as an enrollment that comes by fax is to be reviewed."""
    return calendar_of(time_zone).after(received_at, due_clock(INTAKE_REVIEW.due, AS_FAX))


def keep_fax(paper: Paper, arrival: Arrival, *, by: Actor, now: datetime) -> Fax:
    """Keep a fax and its pages for the actor's hub, and tell the colleagues that it came.

    Raises CameBefore, and Refused when it is said to come later than now.
    """
    if arrival.received_at > now:
        raise Refused("The fax cannot have come later than now.")
    hub = Organization.objects.get(pk=current_organization_id())
    fax: Fax
    fax, new = Fax.objects.get_or_create(
        organization=hub,
        sha256=paper.sha256,
        defaults={
            "received_at": arrival.received_at,
            "from_number": arrival.from_number,
            "urgent": arrival.urgent,
            "due_at": due_of(arrival.received_at, time_zone=hub.time_zone),
            "content_type": paper.content_type,
            "pages": len(paper.pictures),
            "body": paper.body,
            "added_by_id": by.user_id,
            "added_at": now,
        },
    )
    if not new:
        raise CameBefore(fax)
    FaxPage.objects.bulk_create(
        FaxPage(organization=hub, fax=fax, number=number, picture=picture)
        for number, picture in enumerate(paper.pictures, start=1)
    )
    audit.wrote(fax, action="kept a fax", fields=["body", "from_number"])
    Notice.objects.create(organization=hub, fax=fax, kind=NoticeKind.FAX, key="came", at=now)
    mark_fax_read(fax.pk, by=by, now=now)
    announce_fax(fax.pk)
    return fax


def _holder(fax_id: UUID) -> str:
    name = Fax.objects.filter(pk=fax_id).values_list("claimed_by__name", flat=True).first()
    return name or ""


def claim_fax(fax_id: UUID, *, by: Actor, now: datetime) -> None:
    """Take a fax; taking what one already has changes nothing. Raises AlreadyTaken."""
    waiting = Fax.objects.filter(pk=fax_id, closed_at=None)
    if waiting.filter(claimed_by=None).update(claimed_by=by.user_id, claimed_at=now):
        _say(fax_id, "claimed a fax")
    elif not waiting.filter(claimed_by=by.user_id).exists():
        raise AlreadyTaken(_holder(fax_id))


def release_fax(fax_id: UUID, *, by: Actor) -> None:
    """Give a fax back to everyone. Raises AlreadyTaken when it was not one's own."""
    mine = Fax.objects.filter(pk=fax_id, claimed_by=by.user_id, closed_at=None)
    if not mine.update(claimed_by=None, claimed_at=None):
        raise AlreadyTaken(_holder(fax_id))
    _say(fax_id, "released a fax")


def take_over_fax(fax_id: UUID, *, reason: str, by: Actor, now: datetime) -> None:
    """Take what a colleague has; the reason is kept in the audit. Raises NoReason."""
    if reason not in TAKE_OVER_REASONS:
        raise NoReason
    Fax.objects.filter(pk=fax_id).update(claimed_by=by.user_id, claimed_at=now)
    _say(fax_id, "took over a fax", TAKE_OVER_REASONS[reason])


def give_fax(fax_id: UUID, *, to: UUID, reason: str, by: Actor, now: datetime) -> None:
    """Give a fax that waits to a colleague, whoever has it; the reason is kept in the audit.

    Raises NoReason, NotAColleague, and AlreadyTaken when it waits no more.
    """
    if reason not in GIVE_REASONS:
        raise NoReason
    if str(to) not in dict(colleagues()):
        raise NotAColleague
    if not Fax.objects.filter(pk=fax_id, closed_at=None).update(claimed_by=to, claimed_at=now):
        raise AlreadyTaken
    _say(fax_id, "gave a fax", GIVE_REASONS[reason])


def _say(fax_id: UUID, action: str, why: str = "") -> None:
    audit.wrote(Fax(pk=fax_id), action=action, fields=["claimed_by"], purpose=why)
    announce_fax(fax_id)


def announce_fax(fax_id: UUID) -> None:
    """Tell the hub's open pages, when this commits, that one of its faxes changed."""
    hub_id = current_organization_id()
    run([telling_pages(fax_id, [hub_id] if hub_id else [])])
