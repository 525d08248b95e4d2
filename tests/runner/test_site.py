"""The processes of `make run`, as they are when the runner or a part of it dies."""

import io
import os
import signal
from pathlib import Path

from config.runner import services, site
from config.runner.output import Output
from config.runner.supervisor import Supervisor
from tests.runner.conftest import comes_true, processes_below


def child_of(pid: int) -> int | None:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(words[0]) if words else None


def test_a_killed_worker_takes_its_children_along_and_papers_wait_for_others(
    shared: services.Services, tmp_path: Path
) -> None:
    variables = shared.variables(port=0)
    supervisor = Supervisor(Output(stream=io.StringIO()))
    for each in site.programs(tmp_path, variables):
        if each.name in ("worker", "papers"):
            supervisor.start(each)
    try:
        # The worker itself, two children and the beat; their command lines name the schedule.
        assert comes_true(lambda: len(processes_below(tmp_path)) == 4, seconds=60)
        papers = supervisor.pid("papers")
        assert comes_true(lambda: child_of(papers) is not None, seconds=60)
        child = child_of(papers)
        assert child is not None
        assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, 0)
        for name in ("worker", "papers"):
            os.kill(supervisor.pid(name), signal.SIGKILL)
        assert comes_true(lambda: not processes_below(tmp_path))
        assert comes_true(lambda: not Path(f"/proc/{child}").exists())
    finally:
        supervisor.stop(patience=0)
