"""Keeps programs running: prints what they say, starts again what ends, stops all together."""

import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from config.runner.errors import StartError
from config.runner.output import Output
from config.runner.processes import Program, kill_group, start, stop

RESTART_AFTER_SECONDS = 0.5
# So many ends in so many seconds are no accident.
MOST_ENDS, ENDS_WITHIN_SECONDS = 6, 30.0
TAIL_LINES = 15


@dataclass
class Running:
    program: Program
    process: subprocess.Popen[bytes]
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_ENDS))

    def tail(self) -> str:
        """What a program that logs to a file said last."""
        if self.program.log is None:
            return ""
        lines = self.program.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


class Supervisor:
    """Starts from the main thread only: the kernel's bond is to the thread that forks."""

    def __init__(self, output: Output | None = None) -> None:
        self._output = output or Output()
        self._running: dict[str, Running] = {}

    def say(self, text: str) -> None:
        self._output.say(text)

    def start(self, program: Program) -> Running:
        running = Running(program, self._launch(program))
        self._running[program.name] = running
        return running

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def argv(self, name: str) -> tuple[str, ...]:
        return self._running[name].program.argv

    def restart(self, running: Running) -> None:
        running.process = self._launch(running.program)

    def fail(self, running: Running, why: str) -> StartError:
        return StartError(
            "\n".join(filter(None, (f"{running.program.name} {why}", running.tail())))
        )

    def refuse_ended(self) -> None:
        """Raise StartError when a program has ended that should have become ready."""
        for running in self._running.values():
            code = running.process.poll()
            if code is not None:
                raise self.fail(running, f"ended with code {code} before it was ready.")

    def revive(self) -> None:
        """Start again what has ended. Raises StartError for what ends over and over."""
        for running in self._running.values():
            code = running.process.poll()
            if code is None:
                continue
            now = time.monotonic()
            if not running.ends or running.ends[-1] < now - RESTART_AFTER_SECONDS:
                running.ends.append(now)
                self._refuse_hopeless(running, now)
                self._output.say(
                    f"{running.program.name} ended with code {code}; starting it again."
                )
                kill_group(running.process)
                self.restart(running)

    def _refuse_hopeless(self, running: Running, now: float) -> None:
        if len(running.ends) == MOST_ENDS and running.ends[0] > now - ENDS_WITHIN_SECONDS:
            raise self.fail(running, f"ended {MOST_ENDS} times in {ENDS_WITHIN_SECONDS:.0f} s.")

    def stop(self, *, patience: float) -> None:
        stop([(each.program, each.process) for each in self._running.values()], patience=patience)
        self._running.clear()

    def kill(self) -> None:
        for running in self._running.values():
            kill_group(running.process)

    def _launch(self, program: Program) -> subprocess.Popen[bytes]:
        if program.before is not None:
            program.before()
        process = start(program)
        if process.stdout is not None:
            threading.Thread(target=self._pump, args=(program.name, process), daemon=True).start()
        return process

    def _pump(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    self._output.line(name, line.decode(errors="replace").rstrip())
