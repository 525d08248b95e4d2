"""The Celery application and its schedule: in code, so that every deployment runs the same one."""

import os
from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_postrun, task_prerun, worker_process_shutdown
from django.db import close_old_connections
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("throughline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
# Celery throws a process's pool of connections away before and after each task, and the next task
# waits for a new server process that has read no table and planned no query. So many tasks share.
app.conf["CELERY_DB_REUSE_MAX"] = 1000


@task_prerun.connect  # type: ignore[untyped-decorator]  # celery is untyped
@task_postrun.connect  # type: ignore[untyped-decorator]  # celery is untyped
def hand_back(sender: Any = None, **_: object) -> None:
    """As around a request: the connection goes back to the pool, which asks whether it lives."""
    if not sender.request.is_eager:
        close_old_connections()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]  # celery is untyped
def let_go(**_: object) -> None:
    """Close the connections to partners that a worker process keeps."""
    from journeys.domain.carrying import end_carrying  # once Django is set up

    end_carrying()


EVERY_HOUR = 3600
# Every task, how often it runs (in seconds, or by the clock in UTC), and its queue, so that a long
# one never stands before a short one. Each only looks for rows that are due: the table is the
# schedule. Papers have a worker of their own: drawing one takes a good part of a second, which
# nobody's delivery waits for.
TASKS: Mapping[str, tuple[int | crontab, str]] = {
    "accounts.tasks.clear_sessions": (EVERY_HOUR, "upkeep"),
    "enrollment.tasks.seal_signatures": (60, "papers"),
    "enrollment.tasks.watch_reading": (300, "upkeep"),
    "journeys.tasks.call_practices": (5, "routing"),
    "journeys.tasks.check_invariants": (crontab(hour=8, minute=15), "upkeep"),
    "journeys.tasks.clear_sandboxes": (crontab(hour=10, minute=15), "upkeep"),
    "journeys.tasks.collect_acknowledgements": (60, "inbound"),
    "journeys.tasks.count_flags": (crontab(hour=9, minute=15), "upkeep"),
    "journeys.tasks.count_funnels": (15, "upkeep"),
    "journeys.tasks.count_learn_lag": (60, "upkeep"),
    "journeys.tasks.count_paces": (crontab(hour=8, minute=45), "upkeep"),
    "journeys.tasks.draw_packets": (30, "papers"),
    "journeys.tasks.fall_back": (60, "routing"),
    "journeys.tasks.look_for_twins": (30, "upkeep"),
    "journeys.tasks.process_waiting_reports": (5, "inbound"),
    "journeys.tasks.refresh_due_journeys": (30, "upkeep"),
    "journeys.tasks.run_sandbox_trials": (5, "routing"),
    "journeys.tasks.send_due_deliveries": (5, "routing"),
    "journeys.tasks.send_due_mail": (30, "notices"),
    "journeys.tasks.send_partner_tests": (30, "routing"),
    "journeys.tasks.sweep_status_calls": (crontab(hour=9, minute=45), "upkeep"),
    "journeys.tasks.tell_of_key_ends": (crontab(hour=14, minute=15), "notices"),
    "journeys.tasks.tell_of_unowned": (60, "notices"),
    "journeys.tasks.try_cohorts": (30, "upkeep"),
}
app.conf.task_routes = {task: {"queue": queue} for task, (_, queue) in TASKS.items()}
app.conf.beat_schedule = {
    task.rpartition(".")[2].replace("_", "-"): {
        "task": task,
        "schedule": when,
        # What no worker took up until its next turn is not made up for.
        "options": {"queue": queue, "expires": when if isinstance(when, int) else EVERY_HOUR},
    }
    for task, (when, queue) in TASKS.items()
}
