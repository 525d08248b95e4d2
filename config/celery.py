"""The Celery application and its schedule: in code, so that every deployment runs the same one."""

import os
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


# Every task has its queue, so that a long one never stands before a short one. Papers have a worker
# of their own: drawing one takes a good part of a second, which nobody's delivery waits for.
app.conf.task_routes = {
    "accounts.tasks.clear_sessions": {"queue": "upkeep"},
    "journeys.tasks.send_due_deliveries": {"queue": "routing"},
    "journeys.tasks.fall_back": {"queue": "routing"},
    "journeys.tasks.draw_packets": {"queue": "papers"},
    "journeys.tasks.process_waiting_reports": {"queue": "inbound"},
    "journeys.tasks.collect_acknowledgements": {"queue": "inbound"},
    "journeys.tasks.refresh_due_journeys": {"queue": "upkeep"},
    "enrollment.tasks.seal_signatures": {"queue": "papers"},
    "enrollment.tasks.watch_reading": {"queue": "upkeep"},
    "journeys.tasks.count_learn_lag": {"queue": "upkeep"},
    "journeys.tasks.count_funnels": {"queue": "upkeep"},
    "journeys.tasks.send_partner_tests": {"queue": "routing"},
    "journeys.tasks.call_practices": {"queue": "routing"},
    "journeys.tasks.sweep_status_calls": {"queue": "upkeep"},
    "journeys.tasks.tell_of_key_ends": {"queue": "notices"},
    "journeys.tasks.clear_sandboxes": {"queue": "upkeep"},
    "journeys.tasks.run_sandbox_trials": {"queue": "routing"},
    "journeys.tasks.send_due_mail": {"queue": "notices"},
    "journeys.tasks.check_invariants": {"queue": "upkeep"},
    "journeys.tasks.look_for_twins": {"queue": "upkeep"},
    "journeys.tasks.tell_of_unowned": {"queue": "notices"},
    "journeys.tasks.try_cohorts": {"queue": "upkeep"},
    "journeys.tasks.count_paces": {"queue": "upkeep"},
    "journeys.tasks.count_flags": {"queue": "upkeep"},
}

# The table is the schedule: each entry only looks for rows that are due.
app.conf.beat_schedule = {
    "clear-sessions": {
        "task": "accounts.tasks.clear_sessions",
        "schedule": 3600.0,
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "send-due-deliveries": {
        "task": "journeys.tasks.send_due_deliveries",
        "schedule": 5.0,
        "options": {"queue": "routing", "expires": 5},
    },
    "fall-back": {
        "task": "journeys.tasks.fall_back",
        "schedule": 60.0,
        "options": {"queue": "routing", "expires": 60},
    },
    "collect-acknowledgements": {
        "task": "journeys.tasks.collect_acknowledgements",
        "schedule": 60.0,
        "options": {"queue": "inbound", "expires": 60},
    },
    "process-waiting-reports": {
        "task": "journeys.tasks.process_waiting_reports",
        "schedule": 5.0,
        "options": {"queue": "inbound", "expires": 5},
    },
    "refresh-due-journeys": {
        "task": "journeys.tasks.refresh_due_journeys",
        "schedule": 30.0,
        "options": {"queue": "upkeep", "expires": 30},
    },
    "seal-signatures": {
        "task": "enrollment.tasks.seal_signatures",
        "schedule": 60.0,
        "options": {"queue": "papers", "expires": 60},
    },
    "watch-reading": {
        "task": "enrollment.tasks.watch_reading",
        "schedule": 300.0,
        "options": {"queue": "upkeep", "expires": 300},
    },
    "draw-packets": {
        "task": "journeys.tasks.draw_packets",
        "schedule": 30.0,
        "options": {"queue": "papers", "expires": 30},
    },
    "check-invariants": {
        "task": "journeys.tasks.check_invariants",
        "schedule": crontab(hour=8, minute=15),
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "count-paces": {
        "task": "journeys.tasks.count_paces",
        "schedule": crontab(hour=8, minute=45),
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "count-flags": {
        "task": "journeys.tasks.count_flags",
        "schedule": crontab(hour=9, minute=15),
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "send-due-mail": {
        "task": "journeys.tasks.send_due_mail",
        "schedule": 30.0,
        "options": {"queue": "notices", "expires": 30},
    },
    "look-for-twins": {
        "task": "journeys.tasks.look_for_twins",
        "schedule": 30.0,
        "options": {"queue": "upkeep", "expires": 30},
    },
    "tell-of-unowned": {
        "task": "journeys.tasks.tell_of_unowned",
        "schedule": 60.0,
        "options": {"queue": "notices", "expires": 60},
    },
    "try-cohorts": {
        "task": "journeys.tasks.try_cohorts",
        "schedule": 30.0,
        "options": {"queue": "upkeep", "expires": 30},
    },
    "count-learn-lag": {
        "task": "journeys.tasks.count_learn_lag",
        "schedule": 60.0,
        "options": {"queue": "upkeep", "expires": 60},
    },
    "send-partner-tests": {
        "task": "journeys.tasks.send_partner_tests",
        "schedule": 30.0,
        "options": {"queue": "routing", "expires": 30},
    },
    "call-practices": {
        "task": "journeys.tasks.call_practices",
        "schedule": 5.0,
        "options": {"queue": "routing", "expires": 5},
    },
    "run-sandbox-trials": {
        "task": "journeys.tasks.run_sandbox_trials",
        "schedule": 5.0,
        "options": {"queue": "routing", "expires": 5},
    },
    "sweep-status-calls": {
        "task": "journeys.tasks.sweep_status_calls",
        "schedule": crontab(hour=9, minute=45),
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "clear-sandboxes": {
        "task": "journeys.tasks.clear_sandboxes",
        "schedule": crontab(hour=10, minute=15),
        "options": {"queue": "upkeep", "expires": 3600},
    },
    "tell-of-key-ends": {
        "task": "journeys.tasks.tell_of_key_ends",
        "schedule": crontab(hour=14, minute=15),
        "options": {"queue": "notices", "expires": 3600},
    },
    "count-funnels": {
        "task": "journeys.tasks.count_funnels",
        "schedule": 15.0,
        "options": {"queue": "upkeep", "expires": 15},
    },
}
