"""Sessions: whom one acts for, a new key when privileges change, and how they are ended."""

from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from accounts.core.sessions import Limits
from accounts.models import Membership

ORGANIZATION = "organization_id"
ACTING = "acting"
HANDED_OVER = "handed_over"


def limits() -> Limits:
    return Limits(idle=settings.IDLE_SECONDS, longest=settings.SESSION_COOKIE_AGE)


def rotate(session: SessionBase) -> None:
    """Give the session a new key; the old one is worthless from now on."""
    old = session.session_key
    session.cycle_key()
    if old:
        UserSession.objects.filter(session_key=old).update(session_key=session.session_key)


def _privileges(membership: Membership) -> str:
    return f"{membership.organization_id} {' '.join(sorted(membership.roles))}"


def act_for(session: SessionBase, membership: Membership) -> None:
    """Remember the organization that the person chose; other rights mean another key."""
    session[ORGANIZATION] = str(membership.organization_id)
    note_privileges(session, membership)


def note_privileges(session: SessionBase, membership: Membership) -> None:
    """Give the session a new key when the person may do other things than at their last request."""
    privileges = _privileges(membership)
    before = session.get(ACTING)
    if before == privileges:
        return
    session[ACTING] = privileges
    if before is not None:
        rotate(session)


def end_all(user_id: UUID, *, but: str | None = None, only: int | None = None) -> int:
    """End a person's sessions on the server, at once; how many there were.

    `but` keeps the session with this key; `only` ends just the one with this id.
    """
    found = UserSession.objects.filter(user_id=user_id).exclude(session_key=but or "")
    if only is not None:
        found = found.filter(id=only)
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    found.delete()
    return len(keys)


def clear_ended(*, now: datetime) -> int:
    """Delete the sessions that are over, and what was kept of where they were; how many."""
    ended: int = Session.objects.filter(expire_date__lt=now).delete()[0]
    living = Session.objects.values("session_key")
    UserSession.objects.filter(created_at__lt=now).exclude(session_key__in=living).delete()
    return ended


def hand_over(session: SessionBase, *, path: str, now: float) -> None:
    """Give the screen to somebody else: nothing but pages under `path` opens from now on.

    It ends when the person whose session it is proves again who they are.
    """
    session[HANDED_OVER] = {"path": path, "at": now}


def handed_over_to(session: SessionBase, *, proved_at: float) -> str:
    """The path that the session is kept to; empty when it is nobody else's screen.

    A proof of who one is, given after the hand-over, takes the screen back.
    """
    held = session.get(HANDED_OVER)
    if held is None:
        return ""
    if proved_at > held["at"]:
        del session[HANDED_OVER]
        return ""
    return str(held["path"])
