"""Celery's application for the worker of papers, which steps behind everything else here.

Somebody waits for a page or a delivery; nobody for the hundred papers of a first start.
"""

import os
from contextlib import suppress
from pathlib import Path

from config.runner.worker import app

__all__ = ["app"]

NICE = 5


def step_back() -> None:
    """Run behind other processes, this session too where Linux shares out by session."""
    os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))


step_back()
