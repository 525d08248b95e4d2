"""The shell around every page: where a person can go, for whom they act, how long until idle."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_of
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.views.session import idle_data

# Label, URL name, icon, and the permission that shows it.
ENTRIES = (
    (_("Work"), "work", "list-checks", Permission.WORK_VIEW),
    (_("Intake"), "intake", "inbox", Permission.INTAKE_REVIEW),
    (_("Patients"), "patients", "users", Permission.PATIENTS_VIEW),
    (_("Enrollments"), "enrollments", "file-text", Permission.ENROLLMENTS_VIEW),
    (_("Signing"), "signing", "pen-line", Permission.ENROLLMENTS_SIGN),
    (_("Journeys"), "journeys", "route", Permission.JOURNEYS_VIEW),
    (_("Programs"), "programs", "blocks", Permission.PROGRAMS_VIEW),
    (_("Exchange"), "exchange", "arrow-left-right", Permission.EXCHANGE_VIEW),
    (_("Members"), "members", "user-cog", Permission.MEMBERS_MANAGE),
    (_("Audit"), "audit", "shield-check", Permission.AUDIT_VIEW),
)


def entries_for(actor: Actor, *, path: str) -> list[dict[str, Any]]:
    """The rail of one person: only what they may open, the current page marked."""
    allowed = [entry for entry in ENTRIES if actor.may(entry[3])]
    return [
        {"label": label, "url": url, "icon": icon, "current": path.startswith(url)}
        for label, name, icon, _permission in allowed
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
        "idle": idle_data(request),
    }
