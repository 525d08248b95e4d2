"""Tasks name their queue, take ids only, and are never scheduled by the broker."""

import ast
import inspect
import re
import types
import typing
from pathlib import Path
from uuid import UUID

import pytest
from celery import Task
from django.conf import settings

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
QUEUES = {"routing", "inbound", "notices", "upkeep", "default"}
ALLOWED = {str, UUID, int}


def our_tasks() -> list[Task]:
    app.loader.import_default_modules()
    return [task for name, task in app.tasks.items() if not name.startswith("celery.")]


@pytest.mark.parametrize("task", our_tasks(), ids=lambda task: task.name)
def test_a_task_names_its_queue(task: Task) -> None:
    assert task.queue in QUEUES


@pytest.mark.parametrize("task", our_tasks(), ids=lambda task: task.name)
def test_a_task_takes_ids_only(task: Task) -> None:
    hints = typing.get_type_hints(inspect.unwrap(task.run))
    hints.pop("return", None)
    assert all(
        name.endswith("_id") and (hint in ALLOWED or isinstance(hint, types.UnionType))
        for name, hint in hints.items()
    )


def test_the_schedule_names_tasks_that_exist_and_their_queues() -> None:
    names = {task.name: task.queue for task in our_tasks()}
    for entry in app.conf.beat_schedule.values():
        assert names[entry["task"]] == entry["options"]["queue"]


def test_a_lost_worker_gives_its_task_back() -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    timeout = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert timeout >= 2 * settings.CELERY_TASK_TIME_LIMIT


def test_nothing_is_scheduled_by_the_broker() -> None:
    """A countdown longer than the visibility timeout runs a task many times over (measured)."""
    for folder in ("accounts", "programs", "journeys", "enrollment", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg in ("eta", "countdown"):
                    called = re.search(r"send_task|apply_async", path.read_text())
                    assert not called, f"{path}: {node.arg}"
