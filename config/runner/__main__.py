"""`python -m config.runner [run|manage|clean]`: Throughline on one machine, for development.

run [--port N]     start everything, until Ctrl-C
manage COMMAND …   a management command with this copy's settings and data
clean              delete this copy's data
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from config.runner import demo, environment, paths, services, site
from config.runner.errors import AlreadyRunningError, StartError
from config.runner.locks import held
from config.runner.output import Output
from config.runner.processes import die_with_parent
from config.runner.supervisor import Supervisor

STOP_WITHIN_SECONDS = 3.2
LOOK_EVERY_SECONDS = 0.2
DEFAULT_PORT = 8000
OWNERS_COMMANDS = {"migrate"}


def stop_on_signals() -> None:
    """Make Ctrl-C, `kill` and a closed terminal all stop the runner the same way, once."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def end_with_make() -> None:
    """Stop when `make` is killed, as when this process is asked to."""
    parent = os.getppid()
    name = Path(f"/proc/{parent}/comm")
    if name.exists() and name.read_text().strip() in ("make", "gmake"):
        die_with_parent(parent, signal.SIGTERM)


def run(port: int) -> None:
    stop_on_signals()
    started_at = float(os.environ.pop("THROUGHLINE_STARTED_AT", time.time()))
    note = f"process {os.getpid()}, http://localhost:{port}"
    end_with_make()
    with ExitStack() as undo:
        given = services.Given.by(os.environ)
        its = services.start(paths.LOCAL, durable=True, given=given, output=Output(), note=note)
        undo.callback(its.stop)
        undo.callback(ignore_signals)
        site.refuse_taken_port(port)
        simulator_port = site.simulator_port(paths.LOCAL)
        variables = environment.with_simulator(its.variables(port=port), port=simulator_port)
        environment.remember(paths.LOCAL, variables)
        output = Output(secrets=environment.secret_texts(variables))
        cast = demo.prepare(paths.LOCAL, variables, ours=its.embedded, output=output)
        supervisor = Supervisor(output)
        undo.callback(supervisor.stop, patience=STOP_WITHIN_SECONDS)
        undo.callback(output.say, "Stopping …")
        site.start(paths.LOCAL, variables, supervisor)
        elapsed = time.time() - started_at
        output.say(f"\n{cast}\n")
        output.say(f"Throughline is ready at {variables['SITE_URL']} ({elapsed:.1f} s)")
        output.say("Press Ctrl-C to stop; the data stays.\n")
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            its.supervisor.revive()
            supervisor.revive()


def manage(words: list[str]) -> int:
    """Run a management command in the running copy, or on services started for it alone."""
    with ExitStack() as undo:
        try:
            its = services.start(paths.LOCAL, durable=True, given=services.Given.by(os.environ))
            undo.callback(its.stop)
            variables = its.variables(port=DEFAULT_PORT)
        except AlreadyRunningError:
            variables = environment.remembered(paths.LOCAL)
        if words and words[0] in OWNERS_COMMANDS:
            variables["DATABASE_URL"] = variables["DATABASE_OWNER_URL"]
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=paths.ROOT, env=variables, check=False).returncode


def clean() -> None:
    """Delete the data of this copy, unless it is running."""
    with ExitStack() as stack:
        for data in (paths.LOCAL, paths.TEST):
            if data.exists():
                stack.enter_context(held(data, "make clean"))
        paths.remove(paths.TEST)
        paths.remove(paths.LOCAL)


def main() -> int:
    parser = argparse.ArgumentParser(prog="config.runner", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("--port", type=int, default=DEFAULT_PORT)
    commands.add_parser("manage").add_argument("words", nargs=argparse.REMAINDER)
    commands.add_parser("clean")
    chosen = parser.parse_args()
    try:
        if chosen.command == "manage":
            return manage(chosen.words)
        if chosen.command == "clean":
            clean()
        else:
            run(chosen.port)
    except AlreadyRunningError as error:
        print(f"This copy of Throughline is in use by {error.note}.", file=sys.stderr)
        return 1
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
