"""The production settings; only where static files are collected differs, and that they are
not compressed there: it would take a minute, and the pages that link to them are the same."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403  # the very settings, whatever they come to hold
from config.settings import STORAGES

STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "bench.static.Uncompressed"},
}
