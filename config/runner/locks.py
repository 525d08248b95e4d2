"""One runner per data folder: a lock that the kernel drops when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.runner.errors import AlreadyRunningError


@contextmanager
def held(data: Path, note: str) -> Iterator[None]:
    """Hold a data folder. Raises AlreadyRunningError at once when someone else does."""
    with os.fdopen(os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(data, file.read()) from None
        file.truncate(0)
        file.write(note)
        file.flush()
        yield
        file.truncate(0)
