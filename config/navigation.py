"""The shell around every page: where a person can go, for whom they act, how long until idle."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_of
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind as K
from accounts.core.permissions import Permission
from accounts.models import Membership
from accounts.views.session import idle_data
from journeys.domain.endpoints import RECEIVERS

# Label, URL name, icon, the key after g that goes there, and the permission that shows it.
ENTRIES = (
    (_("Work"), "work", "list-checks", "w", Permission.WORK_VIEW),
    (_("Intake"), "intake", "inbox", "i", Permission.INTAKE_REVIEW),
    (_("Faxes"), "faxes", "printer", "d", Permission.INTAKE_REVIEW),
    (_("Keying"), "keyings", "keyboard", "v", Permission.INTAKE_REVIEW),
    (_("Cases"), "cases", "contact", "k", Permission.INTAKE_REVIEW),
    (_("Patients"), "patients", "users", "p", Permission.PATIENTS_VIEW),
    (_("Enrollments"), "enrollments", "file-text", "e", Permission.ENROLLMENTS_VIEW),
    (_("Signing"), "signing", "pen-line", "s", Permission.ENROLLMENTS_SIGN),
    (_("Journeys"), "journeys", "route", "j", Permission.JOURNEYS_VIEW),
    (_("Safety"), "safety", "triangle-alert", "f", Permission.SAFETY_VIEW),
    (_("Programs"), "programs", "blocks", "r", Permission.PROGRAMS_VIEW),
    (_("Studio"), "studio", "pencil-ruler", "t", Permission.PROGRAMS_COMPOSE),
    (_("Exchange"), "exchange", "arrow-left-right", "x", Permission.EXCHANGE_VIEW),
    (_("Endpoints"), "endpoints", "plug", "c", Permission.ENDPOINTS_MANAGE),
    (_("Connect your system"), "connect_own", "plug-zap", "y", Permission.ENDPOINTS_MANAGE),
    (_("Reports"), "reports", "messages-square", "b", Permission.REPORTS_SETTLE),
    (_("Learn-lag"), "learn_lag", "timer", "l", Permission.LAG_VIEW),
    (_("Practice"), "practice", "building-2", "o", Permission.PRACTICE_EDIT),
    (_("Upkeep"), "upkeep", "wrench", "u", Permission.UPKEEP_VIEW),
    (_("Members"), "members", "user-cog", "m", Permission.MEMBERS_MANAGE),
    (_("Audit"), "audit", "shield-check", "a", Permission.AUDIT_VIEW),
)
# Where an entry is not for every kind of organization whose people have the permission.
KINDS: Mapping[str, frozenset[str]] = {
    "endpoints": frozenset((*RECEIVERS, K.PRACTICE, K.OPERATOR)),
    "connect_own": frozenset(RECEIVERS),
    "safety": frozenset((K.HUB, K.MANUFACTURER)),
}


class Item(NamedTuple):
    """One place of the rail."""

    label: str
    url: str
    icon: str
    key: str
    current: bool


class Workplace(NamedTuple):
    """An organization that the person works for; `here` is the one they act for now."""

    id: UUID
    name: str
    here: bool


class Reader(NamedTuple):
    """Who looks at the page, and how many seconds before their session's end they are warned."""

    id: UUID | None
    name: str
    email: str
    warned_before: int


class Look(NamedTuple):
    """How the reader likes pages to look: a theme other than the system's, the rail folded."""

    theme: str
    folded: bool


THEMES = frozenset(("light", "dark"))


def _look(request: HttpRequest) -> Look:
    theme = request.COOKIES.get("theme", "")
    return Look(theme if theme in THEMES else "", request.COOKIES.get("rail") == "collapsed")


def entries_for(actor: Actor, *, path: str) -> tuple[Item, ...]:
    """The rail of one person: only what they may open, the current page marked."""
    places = _places(actor.organization_kind, actor.permissions, get_language())
    return _rail(places, frozenset(place[1] for place in places if path.startswith(place[1])))


@lru_cache(maxsize=256)
def _rail(
    places: tuple[tuple[str, str, str, str], ...], current: frozenset[str]
) -> tuple[Item, ...]:
    return tuple(Item(*place, place[1] in current) for place in places)


@lru_cache(maxsize=256)
def _places(
    kind: K | None, permissions: frozenset[Permission], language: str | None
) -> tuple[tuple[str, str, str, str], ...]:
    """Label, address, icon and key of each entry; every page has them, addresses never change."""
    return tuple(
        (str(label), reverse(name), icon, key)
        for label, name, icon, key, permission in ENTRIES
        if permission in permissions and (name not in KINDS or kind in KINDS[name])
    )


def workplaces_of(actor: Actor, memberships: Iterable[Membership]) -> tuple[Workplace, ...]:
    """Whom the person works for; none where they act for nobody."""
    if actor.organization_id is None:
        return ()
    return tuple(
        Workplace(
            each.organization_id,
            each.organization.name,
            each.organization_id == actor.organization_id,
        )
        for each in memberships
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page; a stranger's page has no rail."""
    actor = actor_of(request)
    if actor is None:
        return {"nav": (), "workplaces": (), "look": _look(request)}
    email = getattr(request.user, "email", "")
    return {
        "look": _look(request),
        "nav": entries_for(actor, path=request.path),
        "workplaces": workplaces_of(actor, getattr(request, "memberships", [])),
        "reader": Reader(actor.user_id, actor.name, email, settings.IDLE_WARNING_SECONDS),
        "membership": getattr(request, "membership", None),
        "hears_notices": actor.may(Permission.JOURNEYS_VIEW),
        "idle": idle_data(request),
    }
