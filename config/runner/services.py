"""PostgreSQL and Redis for one data folder: our own, or those that the user brought.

Call from the main thread: the kernel ends the servers when the thread that started them ends.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import redis as redis_client

from config.runner import databases, environment, paths, postgres, redis
from config.runner.account import Account, service_account
from config.runner.errors import AlreadyRunningError, StartError
from config.runner.locks import held
from config.runner.output import Output
from config.runner.processes import wait_until
from config.runner.supervisor import Supervisor

READY_WITHIN_SECONDS = 25.0
STOP_WITHIN_SECONDS = 1.5


@dataclass(frozen=True, repr=False)
class Given:
    """Servers that the user brought, as URLs; "" for each that is ours to start.

    A `database_url` without an `owner_url` is the owner's, and the site's role is derived.
    """

    database_url: str = ""
    owner_url: str = ""
    redis_url: str = ""

    @classmethod
    def by(cls, variables: Mapping[str, str]) -> "Given":
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        return cls(*(variables.get(name, "") for name in names))


@dataclass(frozen=True, repr=False)
class Services:
    """Ready services. `database_url` is the site's role, `database_owner_url` who migrates."""

    database_url: str
    database_owner_url: str
    redis_url: str
    secrets: Mapping[str, str]
    supervisor: Supervisor
    embedded: bool
    _on_stop: ExitStack

    def variables(self, *, port: int) -> dict[str, str]:
        """The environment of a Django process that uses these services."""
        return environment.for_django(
            self.secrets,
            database_url=self.database_url,
            owner_url=self.database_owner_url,
            redis_url=self.redis_url,
            port=port,
        )

    def stop(self) -> None:
        """Stop what was started and let go of the data folder. A second call does nothing."""
        self._on_stop.close()


def start(
    data: Path,
    *,
    durable: bool,
    given: Given | None = None,
    output: Output | None = None,
    note: str = "",
) -> Services:
    """Start what was not given, and return once all of it answers.

    `durable` off trades safety in a power cut for speed (tests). `note` is what another start in
    the same folder is told. Raises StartError with a sentence for the user (AlreadyRunningError
    where another process holds the folder); what was begun is stopped then.
    """
    given = given or Given()
    account = service_account()
    with ExitStack() as undo:
        undo.enter_context(held(paths.private(data), note))
        supervisor = Supervisor(output)
        undo.callback(supervisor.stop, patience=STOP_WITHIN_SECONDS)
        redis_url = given.redis_url or _launch_redis(data, account, supervisor)
        if given.database_url:
            secrets = environment.read_secrets(data, required=False)
            site_url, owner_url = _use_given(given, secrets)
        else:
            cluster = postgres.cluster(data, account, durable=durable)
            secrets = environment.read_secrets(data, required=cluster.folder.exists())
            site_url, owner_url = _launch_postgres(cluster, supervisor, secrets)
        _wait(lambda: _redis_answers(redis_url), supervisor, "Redis")
        return Services(
            database_url=site_url,
            database_owner_url=owner_url,
            redis_url=redis_url,
            secrets=secrets,
            supervisor=supervisor,
            embedded=not given.database_url,
            _on_stop=undo.pop_all(),
        )


def start_for_tests() -> Services:
    """Services for one test run: `.local/test`, or a folder of their own while that is in use."""
    try:
        return start(paths.TEST, durable=False, note=f"a test run (process {os.getpid()})")
    except AlreadyRunningError:
        data = Path(tempfile.mkdtemp(prefix="throughline-test-"))
        with ExitStack() as undo:
            undo.callback(paths.remove, data)
            services = start(data, durable=False)
            undo.callback(services.stop)
            return Services(**{**vars(services), "_on_stop": undo.pop_all()})


def _launch_redis(data: Path, account: Account | None, supervisor: Supervisor) -> str:
    program, url = redis.program(data, account)
    supervisor.start(program)
    if redis.STAND_IN in program.argv:
        supervisor.say(redis.STAND_IN_WARNING)
    return url


def _launch_postgres(
    cluster: postgres.Cluster, supervisor: Supervisor, secrets: Mapping[str, str]
) -> tuple[str, str]:
    """Start our own server; the URLs of the site's role and the owner's."""
    postgres.initialize(cluster, password=secrets["POSTGRES_PASSWORD"])
    supervisor.start(postgres.program(cluster))

    def url(role: str, password: str, database: str = databases.DATABASE) -> str:
        return databases.socket_url(
            role, secrets[password], sockets=cluster.sockets, database=database
        )

    superuser = url("postgres", "POSTGRES_PASSWORD", "postgres")
    _wait(lambda: databases.answers(superuser), supervisor, "PostgreSQL")
    databases.prepare_embedded(superuser, secrets)
    return (
        url(databases.SITE_ROLE, "SITE_PASSWORD"),
        url(databases.OWNER_ROLE, "OWNER_PASSWORD"),
    )


def _use_given(given: Given, secrets: Mapping[str, str]) -> tuple[str, str]:
    if given.owner_url:
        return given.database_url, given.owner_url
    return databases.prepare_given(given.database_url, secrets), given.database_url


def _redis_answers(url: str) -> bool:
    try:
        with redis_client.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis_client.RedisError:
        return False


def _wait(answers: Callable[[], bool], supervisor: Supervisor, name: str) -> None:
    def revived_and_answers() -> bool:
        supervisor.revive()
        return answers()

    if not wait_until(revived_and_answers, seconds=READY_WITHIN_SECONDS):
        raise StartError(f"{name} did not answer within {READY_WITHIN_SECONDS:.0f} s.")
