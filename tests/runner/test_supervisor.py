"""Programs are kept running, and none outlives the stop."""

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.runner.errors import StartError
from config.runner.output import Output
from config.runner.processes import Program
from config.runner.supervisor import MOST_ENDS, Supervisor
from tests.runner.conftest import comes_true


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(said: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor(Output(stream=said))
    yield supervisor
    supervisor.stop(patience=0)


def shell(script: str, *, name: str = "worker", log: Path | None = None) -> Program:
    return Program(name=name, argv=("/bin/sh", "-c", script), log=log)


def gone(pid: int) -> bool:
    """Whether a process has ended, even where nobody has collected its exit code yet."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_lines_carry_the_name_of_who_says_them(supervisor: Supervisor, said: io.StringIO) -> None:
    supervisor.start(shell("echo hello; exec sleep 60"))
    assert comes_true(lambda: said.getvalue() == "worker    | hello\n")


def test_what_ends_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(shell("exec sleep 60"))
    first = supervisor.pid("worker")
    os.kill(first, signal.SIGKILL)

    def replaced() -> bool:
        supervisor.revive()
        return supervisor.pid("worker") != first

    assert comes_true(replaced)


def test_what_ends_over_and_over_is_given_up_with_its_last_words(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.runner.supervisor.RESTART_AFTER_SECONDS", 0.01)
    supervisor.start(shell("echo no disk left; exit 3", log=tmp_path / "log"))

    def revive_for_ever() -> bool:
        supervisor.revive()
        return False

    with pytest.raises(StartError, match=f"ended {MOST_ENDS} times") as refusal:
        comes_true(revive_for_ever)
    assert "no disk left" in str(refusal.value)


def test_what_ends_before_it_is_ready_stops_the_start(supervisor: Supervisor) -> None:
    running = supervisor.start(shell("exit 3"))
    running.process.wait()
    with pytest.raises(StartError, match="ended with code 3 before it was ready"):
        supervisor.refuse_ended()


def test_stop_ends_what_a_program_started_too(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    supervisor.start(shell(f"sleep 60 & echo $! > {note}; wait"))
    assert comes_true(lambda: note.exists() and bool(note.read_text().strip()))
    supervisor.stop(patience=2)
    assert comes_true(lambda: gone(int(note.read_text())))


def test_stop_does_not_wait_for_the_stubborn(supervisor: Supervisor, said: io.StringIO) -> None:
    stubborn = supervisor.start(shell("trap '' TERM; echo set; sleep 60 & wait; wait")).process
    assert comes_true(lambda: "set" in said.getvalue())
    supervisor.stop(patience=0.3)
    assert stubborn.returncode == -signal.SIGKILL
    assert gone(stubborn.pid)


def test_no_line_holds_a_secret() -> None:
    stream = io.StringIO()
    output = Output(secrets={"hunter2", "hunter2-and-more"}, stream=stream)
    output.line("site", "password=hunter2-and-more, again hunter2")
    output.say("hunter2")
    assert stream.getvalue() == "site      | password=[secret], again [secret]\n[secret]\n"
