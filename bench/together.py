"""Two processes that do the same at once, as two web workers or the children of one worker do."""

import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django

from bench.results import Unmeasured
from config.logs import configure_logging

# As many as the one worker has children, and as the machine that the goals name has cores.
PROCESSES = 2
PATIENCE_SECONDS = 60.0
# What a process can be asked to do, by name: a whole round of it.
Works = Mapping[str, Callable[[], object]]
Maker = Callable[[Any], AbstractContextManager[Works]]


@dataclass(frozen=True)
class Together:
    """The processes, each at the end of a line."""

    lines: Sequence[Connection]

    def seconds(self, what: str) -> float:
        """All of them do a round; how long it took from the first one's begin to the last's end.

        Raises Unmeasured where one fails, or says nothing in time.
        """
        for line in self.lines:
            line.send(what)
        spans = [_heard(line) for line in self.lines]
        return max(end for _, end in spans) - min(begin for begin, _ in spans)


def _heard(line: Connection) -> tuple[float, float]:
    if not line.poll(PATIENCE_SECONDS):
        raise Unmeasured("A process of the bench said nothing.")
    try:
        begin, end = line.recv()
    except EOFError:
        raise Unmeasured("A process of the bench ended too early.") from None
    return begin, end


@contextmanager
def together(maker: str, parts: Sequence[object], *, log: Path) -> Iterator[Together]:
    """Start a process for each part, which logs as the site does; they end with the block.

    `maker`, as "module:function", is called there with the part, once Django is set up.
    """
    made = get_context("spawn")
    lines, processes = [], []
    for part in parts:
        here, there = made.Pipe()
        process = made.Process(
            target=_obey, args=(there, maker, pickle.dumps(part), log), daemon=True
        )
        process.start()
        there.close()
        lines.append(here)
        processes.append(process)
    try:
        yield Together(lines)
    finally:
        for line in lines:
            line.close()
        for process in processes:
            process.join(PATIENCE_SECONDS)


def _obey(line: Connection, maker: str, part: bytes, log: Path) -> None:
    """In the process: do rounds until the other end of the line is gone."""
    django.setup()
    module, _, name = maker.partition(":")
    make: Maker = getattr(import_module(module), name)
    with log.open("a") as stream, make(pickle.loads(part)) as works:
        configure_logging(json_lines=True, stream=stream)
        while (what := _asked(line)) is not None:
            began = time.monotonic()
            works[what]()
            line.send((began, time.monotonic()))


def _asked(line: Connection) -> str | None:
    try:
        return str(line.recv())
    except EOFError:
        return None
