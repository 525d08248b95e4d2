"""Celery's application, with children that cannot outlive the worker.

The kernel ends the worker with the runner; its prefork children and its beat would go on alone.
"""

import logging
import os
import warnings
from typing import Any

from celery.platforms import SecurityWarning
from celery.signals import beat_embedded_init, worker_process_init

from config.celery import app
from config.runner.processes import die_with_parent

__all__ = ["app"]

_worker = os.getpid()

# The sweeps run every few seconds, and each would say so eight times. Failures are still said.
for name in ("celery", "django_structlog.celery"):
    logging.getLogger(name).setLevel(logging.WARNING)
# Root is who runs everything in a bare container; docs/deploy.md has the other way.
warnings.filterwarnings("ignore", category=SecurityWarning)


def follow_the_worker(**_: Any) -> None:
    if os.getpid() != _worker:
        die_with_parent(_worker)


worker_process_init.connect(follow_the_worker)
beat_embedded_init.connect(follow_the_worker)
