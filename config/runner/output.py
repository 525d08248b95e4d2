"""The terminal: one line at a time, each with the name of who says it, and no secret in any."""

import os
import sys
import threading
from collections.abc import Iterable
from typing import TextIO

COLORS = {"site": 36, "worker": 35, "papers": 90, "simulator": 33, "postgres": 34, "redis": 31}
WIDTH = 9


class Output:
    def __init__(self, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        # Longest first, so that a secret inside a longer one leaves nothing of either.
        self._secrets = sorted((text for text in secrets if text), key=len, reverse=True)
        self._colored = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Print the runner's own words."""
        self._write(text)

    def line(self, name: str, text: str) -> None:
        """Print a line that the named process wrote."""
        prefix = f"{name:<{WIDTH}} |"
        if self._colored:
            prefix = f"\033[{COLORS.get(name, 37)}m{prefix}\033[0m"
        self._write(f"{prefix} {text}")

    def _write(self, text: str) -> None:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        with self._lock:
            try:
                print(text, file=self._stream, flush=True)
            except (BrokenPipeError, ValueError):
                # Whoever read the output has gone; the services go on.
                return
