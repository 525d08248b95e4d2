"""Tell a worker to look now. Only a hint: its table is the schedule, and beat looks anyway."""

import math
import threading
import time

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)
# What is told of many times a second is told to the workers so many seconds apart at the most.
SPACED = {"journeys.tasks.process_waiting_reports": 0.1}
# By task, when this process told of it last, or is going to.
_told: dict[str, float] = {}
_telling = threading.Lock()


def nudge(task: str, *, queue: str, later: float = 0.0) -> None:
    """Queue a task by name once the transaction commits. Never raises and never waits long.

    `later`: so many seconds after it, for work that nobody waits for, so that it takes neither
    a worker nor a processor from what somebody does.
    """
    transaction.on_commit(lambda: _nudge(task, queue, later), robust=True)


def _nudge(task: str, queue: str, later: float = 0.0) -> None:
    wait = _wait(task, SPACED.get(task, 0.0), later)
    if wait == 0:
        _send(task, queue)
    elif wait is not None:
        timer = threading.Timer(wait, _send, (task, queue))
        timer.daemon = True
        timer.start()


def _wait(task: str, space: float, later: float) -> float | None:
    """How many seconds to wait before telling; None when somebody is going to tell anyway."""
    with _telling:
        now = time.monotonic()
        last = _told.get(task, -math.inf)
        if last > now:
            return None
        _told[task] = max(now + later, last + space)
        return _told[task] - now


def _send(task: str, queue: str) -> None:
    try:
        current_app.send_task(task, queue=queue, retry=False, ignore_result=True)
    except Exception as error:
        # Whatever the broker does, the commit stands.
        log.warning("nudge_failed", task=task, error=type(error).__name__)
