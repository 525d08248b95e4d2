"""Upkeep of the door. A task carries nothing: it reads its rows."""

from celery import shared_task
from django.utils import timezone

from accounts.domain import sessions


@shared_task(name="accounts.tasks.clear_sessions")  # type: ignore[untyped-decorator]  # celery is untyped
def clear_sessions() -> None:
    """Delete the sessions that are over."""
    sessions.clear_ended(now=timezone.now())
