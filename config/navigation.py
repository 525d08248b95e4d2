"""The shell around every page: where a person can go, for whom they act, how long until idle."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_of
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.views.session import idle_data

# Label, URL name, icon, the key after g that goes there, and the permission that shows it.
ENTRIES = (
    (_("Work"), "work", "list-checks", "w", Permission.WORK_VIEW),
    (_("Intake"), "intake", "inbox", "i", Permission.INTAKE_REVIEW),
    (_("Patients"), "patients", "users", "p", Permission.PATIENTS_VIEW),
    (_("Enrollments"), "enrollments", "file-text", "e", Permission.ENROLLMENTS_VIEW),
    (_("Signing"), "signing", "pen-line", "s", Permission.ENROLLMENTS_SIGN),
    (_("Journeys"), "journeys", "route", "j", Permission.JOURNEYS_VIEW),
    (_("Programs"), "programs", "blocks", "r", Permission.PROGRAMS_VIEW),
    (_("Exchange"), "exchange", "arrow-left-right", "x", Permission.EXCHANGE_VIEW),
    (_("Learn-lag"), "learn_lag", "timer", "l", Permission.LAG_VIEW),
    (_("Practice"), "practice", "building-2", "o", Permission.PRACTICE_EDIT),
    (_("Upkeep"), "upkeep", "wrench", "u", Permission.UPKEEP_VIEW),
    (_("Members"), "members", "user-cog", "m", Permission.MEMBERS_MANAGE),
    (_("Audit"), "audit", "shield-check", "a", Permission.AUDIT_VIEW),
)


def entries_for(actor: Actor, *, path: str) -> list[dict[str, Any]]:
    """The rail of one person: only what they may open, the current page marked."""
    allowed = [entry for entry in ENTRIES if actor.may(entry[4])]
    return [
        {
            "label": label,
            "url": url,
            "icon": icon,
            "key": key,
            "current": path.startswith(url),
        }
        for label, name, icon, key, _permission in allowed
        for url in (reverse(name),)
    ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page; a stranger's page has no rail."""
    actor = actor_of(request)
    if actor is None:
        return {"nav": [], "memberships": []}
    return {
        "nav": entries_for(actor, path=request.path),
        "memberships": getattr(request, "memberships", []),
        "membership": getattr(request, "membership", None),
        "hears_notices": actor.may(Permission.JOURNEYS_VIEW),
        "idle": idle_data(request),
    }
