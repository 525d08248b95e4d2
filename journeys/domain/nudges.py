"""Tell a worker to look now. Only a hint: its table is the schedule, and beat looks anyway."""

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)


def nudge(task: str, *, queue: str) -> None:
    """Queue a task by name once the transaction commits. Never raises and never waits long."""
    transaction.on_commit(lambda: _send(task, queue), robust=True)


def _send(task: str, queue: str) -> None:
    try:
        current_app.send_task(task, queue=queue, retry=False, ignore_result=True)
    except Exception as error:
        # Whatever the broker does, the commit stands.
        log.warning("nudge_failed", task=task, error=type(error).__name__)
