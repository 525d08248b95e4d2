"""The production worker, but for one thing: it may send to a partner on this machine.

A deployed site refuses private addresses, and refuses to start when it would not.
"""

from typing import Any

from celery.signals import worker_process_init
from django.conf import settings

from config.celery import app

__all__ = ["app"]


def allow_this_machine(**_: Any) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True


worker_process_init.connect(allow_this_machine)
