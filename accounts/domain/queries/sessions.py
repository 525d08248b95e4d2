"""Where a person is signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.core.sessions import ends_at
from accounts.domain.sessions import limits


@dataclass(frozen=True)
class LivingSession:
    id: int
    session_key: str
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime


def living_sessions(user_id: UUID, *, now: float) -> list[LivingSession]:
    """The person's sessions that still count, the last used first."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user_id=user_id)}
    found = []
    for session in Session.objects.filter(session_key__in=rows):
        row, data = rows[session.session_key], session.get_decoded()
        signed_in_at = data.get("signed_in_at", row.created_at.timestamp())
        seen_at = data.get("seen_at", signed_in_at)
        if now > ends_at(seen_at=seen_at, signed_in_at=signed_in_at, limits=limits()):
            continue
        found.append(
            LivingSession(
                id=row.id,
                session_key=row.session_key,
                device=device_of(row.user_agent),
                address=row.ip,
                signed_in_at=datetime.fromtimestamp(signed_in_at, UTC),
                seen_at=datetime.fromtimestamp(seen_at, UTC),
            )
        )
    return sorted(found, key=lambda session: session.seen_at, reverse=True)


# The first that a browser's own description holds names it; the order matters.
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
SPOKEN = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "Mac"}


def device_of(user_agent: str) -> str:
    """A browser and its system in two words, from what the browser says of itself."""
    browser = next((name for name in BROWSERS if name in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    words = [SPOKEN.get(name, name) for name in (browser, system) if name]
    return " on ".join(words) or user_agent[:60] or "?"
