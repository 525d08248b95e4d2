"""The processes of `make run`, as they are when the runner or a part of it dies."""

import io
import os
import signal
from pathlib import Path

from config.runner import services, site
from config.runner.output import Output
from config.runner.supervisor import Supervisor
from tests.runner.conftest import comes_true, processes_below


def test_a_killed_worker_takes_its_children_along(
    shared: services.Services, tmp_path: Path
) -> None:
    variables = shared.variables(port=0)
    worker = next(each for each in site.programs(tmp_path, variables) if each.name == "worker")
    supervisor = Supervisor(Output(stream=io.StringIO()))
    supervisor.start(worker)
    try:
        # The worker itself, two children and the beat; their command lines name the schedule.
        assert comes_true(lambda: len(processes_below(tmp_path)) == 4, seconds=60)
        os.kill(supervisor.pid("worker"), signal.SIGKILL)
        assert comes_true(lambda: not processes_below(tmp_path))
    finally:
        supervisor.stop(patience=0)
