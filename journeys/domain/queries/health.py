"""Whether the site can work, and the few numbers that say how it does."""

from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from accounts.tenancy import every_tenant

# Partners try their systems in sandboxes: what waits there alarms nobody.
NUMBERS = """
with made_up as (select id from accounts_organization where sandbox_of_id is not null)
select
    (select count(*) from journeys_delivery
        where status in ('pending', 'claimed') and organization_id not in (select id from made_up)),
    (select coalesce(extract(epoch from now() - min(next_attempt_at)), 0) from journeys_delivery
        where status in ('pending', 'claimed') and organization_id not in (select id from made_up)),
    (select count(*) from journeys_inboundreport where status = 'waiting'),
    (select count(*) from journeys_workitem
        where closed_at is null and organization_id not in (select id from made_up)),
    (select coalesce(extract(epoch from now() - min(due_at)), 0) from journeys_workitem
        where closed_at is null and organization_id not in (select id from made_up))
"""


@dataclass(frozen=True)
class Numbers:
    """What waits, over all organizations; the ages are seconds, negative while still to come."""

    deliveries_waiting: int
    oldest_delivery_due_seconds: float
    reports_waiting: int
    open_work: int
    oldest_work_due_seconds: float


def numbers() -> Numbers:
    """Counts of what waits, from one query."""
    with every_tenant(reason="operations watch the whole site"), connection.cursor() as cursor:
        cursor.execute(NUMBERS)
        deliveries, delivery_age, reports, work, work_age = cursor.fetchone()
    return Numbers(deliveries, float(delivery_age), reports, work, float(work_age))


def unreachable() -> list[str]:
    """Which of the services that the site cannot do without do not answer within a second."""
    return [name for name, answers in (("database", _database), ("redis", _redis)) if not answers()]


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    try:
        with redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
