"""Tasks name their queue, take ids only, and are never scheduled by the broker."""

import ast
import inspect
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from celery import Celery, Task
from django.conf import settings

from config.celery import app
from config.runner import site

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "programs", "journeys", "enrollment", "config")
QUEUES = {"routing", "inbound", "notices", "upkeep", "papers"}
IDS = {str, UUID, int}


def sources() -> dict[str, str]:
    return {str(path): path.read_text() for name in APPS for path in (ROOT / name).rglob("*.py")}


def our_tasks() -> list[Task]:
    app.autodiscover_tasks(force=True)
    return [task for name, task in app.tasks.items() if not name.startswith("celery.")]


def is_id(name: str, hint: Any) -> bool:
    kinds = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    return name.endswith("_id") and kinds <= {*IDS, type(None)}


def queue_of(task: Task) -> str:
    """The queue that a task waits in when whoever sends it says nothing."""
    route = task.app.amqp.router.route({}, task.name)
    return str(route["queue"].name)


def faults(tasks: Iterable[Task]) -> list[str]:
    """Tasks without one of our queues, and arguments that are not ids."""
    told = []
    for task in tasks:
        if queue_of(task) not in QUEUES:
            told.append(f"{task.name} names no queue of ours")
        run = inspect.unwrap(task.run)
        hints = typing.get_type_hints(run)
        told += [
            f"{task.name} takes {name}, which is not an id"
            for name in inspect.signature(run).parameters
            if not is_id(name, hints.get(name))
        ]
    return told


def schedule_faults(schedule: Mapping[str, Any], queues: Mapping[str, str]) -> list[str]:
    """Entries of the schedule whose task is not there, or waits in another queue."""
    return [
        entry
        for entry, its in schedule.items()
        if queues.get(its["task"]) != its["options"]["queue"]
    ]


def nudges(source: str) -> list[tuple[str, str]]:
    """The task and the queue of every nudge in a module."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Name(id="nudge"),
                args=[ast.Constant(value=str(task))],
                keywords=[ast.keyword(arg="queue", value=ast.Constant(value=str(queue))), *_],
            ):
                found.append((task, queue))
    return found


def broker_schedules(source: str) -> list[str]:
    """Calls by which a module leaves a time with the broker."""
    return [
        f"{node.func.attr}({keyword.arg}=…)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("send_task", "apply_async", "retry", "signature", "s")
        for keyword in node.keywords
        if keyword.arg in ("eta", "countdown")
    ]


def test_every_task_names_its_queue_and_takes_ids_only() -> None:
    tasks = our_tasks()
    assert tasks
    assert faults(tasks) == []


def test_a_task_without_a_queue_or_with_more_than_ids_is_reported() -> None:
    other = Celery("other", set_as_current=False)

    @other.task(name="send")  # type: ignore[untyped-decorator]  # celery is untyped
    def send(journey_id: UUID, note: str, patient: dict[str, str]) -> None:
        """Never run."""

    assert faults([other.tasks["send"]]) == [
        "send names no queue of ours",
        "send takes note, which is not an id",
        "send takes patient, which is not an id",
    ]


def test_every_queue_has_one_worker_and_papers_keep_from_the_others(tmp_path: Path) -> None:
    commands = [
        [*each.argv]
        for each in site.programs(tmp_path, {"PORT": "8000"})
        if each.name in ("worker", "papers")
    ]
    shape = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    deployed = [shape[name]["command"] for name in ("worker", "papers")]
    for its in (commands, deployed):
        served = [set(argv[argv.index("-Q") + 1].split(",")) for argv in its]
        assert served == [QUEUES - {"papers"} | {"default"}, {"papers"}]


def test_the_schedule_names_tasks_that_exist_and_their_queues() -> None:
    queues = {task.name: queue_of(task) for task in our_tasks()}
    assert schedule_faults(app.conf.beat_schedule, queues) == []


def test_an_entry_of_the_schedule_for_no_task_is_reported() -> None:
    entry = {"task": "journeys.tasks.gone", "options": {"queue": "routing"}}
    assert schedule_faults({"look": entry}, {"journeys.tasks.send": "routing"}) == ["look"]


def test_a_nudge_names_a_task_that_exists_and_its_queue() -> None:
    queues = {task.name: queue_of(task) for task in our_tasks()}
    found = {pair for source in sources().values() for pair in nudges(source)}
    assert found
    assert found <= set(queues.items())


def test_a_nudge_is_found() -> None:
    assert nudges("nudge('journeys.tasks.gone', queue='routing')") == [
        ("journeys.tasks.gone", "routing")
    ]


def test_a_lost_worker_gives_its_task_back() -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    timeout = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert isinstance(timeout, int)
    assert timeout >= 2 * settings.CELERY_TASK_TIME_LIMIT


def test_nothing_is_scheduled_by_the_broker() -> None:
    """A countdown longer than the visibility timeout runs a task many times over (measured)."""
    found = {name: broker_schedules(source) for name, source in sources().items()}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_a_time_left_with_the_broker_is_reported() -> None:
    bad = "app.send_task('journeys.tasks.send', countdown=3600)"
    assert broker_schedules(bad) == ["send_task(countdown=…)"]
