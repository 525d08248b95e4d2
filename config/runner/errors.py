"""Why something could not be started, in words for the person who tried."""

from pathlib import Path


class StartError(RuntimeError):
    """The message is a sentence to show; there is nothing else to look at."""


class AlreadyRunningError(StartError):
    """Another process holds the data folder; `note` is what it says about itself."""

    def __init__(self, data: Path, note: str) -> None:
        self.note = note
        super().__init__(f"{data} is in use by {note or 'another process'}.")
