"""Celery's application, with children that cannot outlive the worker.

The kernel ends the worker with the runner; its prefork children and its beat would go on alone.
"""

import os
from typing import Any

from celery.signals import beat_embedded_init, worker_process_init

from config.celery import app
from config.runner.processes import die_with_parent

__all__ = ["app"]

_worker = os.getpid()


def follow_the_worker(**_: Any) -> None:
    if os.getpid() != _worker:
        die_with_parent(_worker)


worker_process_init.connect(follow_the_worker)
beat_embedded_init.connect(follow_the_worker)
