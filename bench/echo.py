"""A bare Celery task on the same Redis: the floor of `first_attempt_ms`."""

import os

import redis
from celery import Celery

QUEUE = "bench"
TASK = "bench.echo"

app = Celery("bench", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://", 1))
app.conf.update(
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)
_answers = redis.from_url(os.environ["REDIS_URL"])


@app.task(name=TASK)  # type: ignore[untyped-decorator]  # celery is untyped
def echo(key: str) -> None:
    """Tell whoever waits for the key that the task ran."""
    _answers.lpush(key, "done")
