"""What the audit page shows: entries of the acting organization, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.core.permissions import OrganizationKind, Permission
from accounts.enums import ACTION_NAMES
from accounts.models import AuditEntry, Membership, User
from accounts.tenancy import current_organization_id, current_scope

PAGE_LENGTH = 50
# More lines than this open in no spreadsheet; the oldest are left out, and the page says so.
LONGEST_EXPORT = 100_000
LATELY = 2_000
SAFETY = "journeys.safety"


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see; the dates are days on the organization's clock."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Row:
    """One entry in words, beside what the links are made of."""

    at: datetime
    who: str
    what: str
    subject: str
    subject_type: str
    subject_id: UUID | None
    fields: list[str]
    purpose: str
    request_id: str


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    # The cursor of the next page; "" on the last one.
    older: str


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def entries(filters: Filters, *, zone: ZoneInfo) -> QuerySet[Any]:
    """The acting organization's entries that match, newest first.

    At a manufacturer what its safety desk reads and does is the desk's alone to know of: whoever
    else may read the audit there does not learn that there are reports.
    """
    found: QuerySet[Any] = AuditEntry.objects.order_by("-at", "-id")
    actor = current_scope().actor
    maker = actor is not None and actor.organization_kind == OrganizationKind.MANUFACTURER
    if actor and maker and not actor.may(Permission.SAFETY_VIEW):
        found = found.exclude(subject_type__startswith=SAFETY).exclude(purpose__startswith="safety")
    if filters.person:
        found = found.filter(user_id=filters.person)
    if filters.action:
        found = found.filter(action=filters.action)
    if filters.since:
        found = found.filter(at__gte=_midnight(filters.since, zone))
    if filters.until:
        found = found.filter(at__lt=_midnight(filters.until + timedelta(days=1), zone))
    return found


def page_of(found: QuerySet[Any], *, before: str) -> Page:
    """The entries older than the cursor. An unreadable cursor begins at the newest."""
    try:
        at, _separator, entry_id = before.partition("_")
        cursor = datetime.fromisoformat(at), UUID(entry_id)
    except ValueError:
        cursor = None
    if cursor:
        found = found.filter(Q(at__lt=cursor[0]) | Q(at=cursor[0], id__lt=cursor[1]))
    rows = list(found[: PAGE_LENGTH + 1])
    shown = rows[:PAGE_LENGTH]
    more = len(rows) > PAGE_LENGTH
    older = f"{shown[-1].at.isoformat()}_{shown[-1].id}" if more else ""
    return Page(rows=in_words(shown), older=older)


def in_words(found: Sequence[AuditEntry]) -> list[Row]:
    """The entries with names instead of ids; an id that names nobody any more stays an id."""
    ids = {entry.user_id for entry in found if entry.user_id}
    names = dict(User.objects.filter(id__in=ids).values_list("id", "name"))
    return [
        Row(
            at=entry.at,
            who=names.get(entry.user_id, str(entry.user_id)) if entry.user_id else _("Throughline"),
            what=action_name(entry.action),
            subject=subject_name(entry.subject_type),
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            fields=entry.fields,
            purpose=entry.purpose,
            request_id=entry.request_id,
        )
        for entry in found
    ]


def action_name(action: str) -> str:
    """What was done, in words; an action without its own words is its key, readable."""
    return str(ACTION_NAMES.get(action, action.replace("_", " ").capitalize()))


def subject_name(subject_type: str) -> str:
    """The kind of row an entry is about, in words; "" for none."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name).capitalize()
    except (LookupError, ValueError):
        return subject_type


def people() -> list[tuple[str, str]]:
    """Whom the entries can be narrowed to: everybody who is or was a member."""
    return [
        (str(user_id), name)
        for user_id, name in Membership.objects.filter(organization_id=current_organization_id())
        .order_by("user__name")
        .values_list("user_id", "user__name")
    ]


def actions() -> list[tuple[str, str]]:
    """What the entries can be narrowed to: what usually happens, and what did lately."""
    lately = AuditEntry.objects.order_by("-at").values_list("action", flat=True)[:LATELY]
    found = {*ACTION_NAMES, *lately}
    return sorted(((action, action_name(action)) for action in found), key=lambda pair: pair[1])


def export_rows(found: QuerySet[Any]) -> Iterator[Sequence[str]]:
    """Every matching entry as cells, times in UTC."""
    for row in in_words(list(found[:LONGEST_EXPORT])):
        yield (
            row.at.isoformat(timespec="seconds"),
            row.who,
            row.what,
            row.subject,
            str(row.subject_id or ""),
            ", ".join(row.fields),
            row.purpose,
            row.request_id,
        )
