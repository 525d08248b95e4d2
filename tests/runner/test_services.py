"""The embedded PostgreSQL and Redis are closed to others, and come up from whatever was left."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import environ
import psycopg
import pytest
import redis

from config.runner import paths, postgres, services
from config.runner.account import service_account
from config.runner.errors import AlreadyRunningError, StartError
from tests.runner.conftest import comes_true, one, processes_below

KEEP = "create table kept (value int); insert into kept values (7)"


def keep_a_row(its: services.Services) -> None:
    with psycopg.connect(its.database_owner_url) as connection:
        connection.execute(KEEP)


def cluster_folder(its: services.Services) -> Path:
    words = its.supervisor.argv("postgres")
    return Path(words[words.index("-D") + 1])


def test_the_site_role_neither_owns_nor_bypasses(shared: services.Services) -> None:
    rights = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles"
    assert one(shared.database_url, "select current_user") == "throughline_site"
    assert one(shared.database_url, f"{rights} where rolname = current_user") is False
    assert one(shared.database_owner_url, "select current_user") == "throughline_owner"
    superuser = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    assert one(shared.database_owner_url, superuser) is False


def test_text_sorts_and_folds_as_unicode_says(shared: services.Services) -> None:
    assert one(shared.database_url, "select lower('ÉÑ')") == "éñ"
    assert one(shared.database_url, "show server_encoding") == "UTF8"


def test_django_reads_the_url(shared: services.Services) -> None:
    settings = environ.Env.db_url_config(shared.database_url)
    assert settings["NAME"] == "throughline"
    assert settings["USER"] == "throughline_site"
    assert settings["PASSWORD"] == shared.secrets["SITE_PASSWORD"]
    assert Path(settings["OPTIONS"]["host"]).is_dir()


def test_redis_serves_celery_and_cache(shared: services.Services) -> None:
    with redis.from_url(shared.redis_url) as client:
        client.set("a", "1")
        assert client.get("a") == b"1"


def test_nothing_listens_beyond_sockets_in_a_closed_folder(shared: services.Services) -> None:
    assert one(shared.database_url, "show listen_addresses") == ""
    sockets = Path(shared.redis_url.removeprefix("unix://")).parent
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert (sockets / ".s.PGSQL.5432").is_socket()


def test_root_lends_services_an_unprivileged_account(shared: services.Services) -> None:
    account = service_account()
    expected = account.uid if account else os.getuid()
    assert expected != 0
    assert Path(f"/proc/{shared.supervisor.pid('postgres')}").stat().st_uid == expected


def test_errors_with_values_are_not_logged(shared: services.Services) -> None:
    with pytest.raises(psycopg.Error):
        one(shared.database_url, "select 'Rosa Delgado'::uuid")
    log = cluster_folder(shared).parent / "postgres.log"
    assert "Rosa" not in log.read_text()


def test_a_second_start_in_the_same_folder_is_refused(data: Path) -> None:
    its = services.start(data, durable=False, note="the first")
    try:
        with pytest.raises(AlreadyRunningError) as refusal:
            services.start(data, durable=False)
    finally:
        its.stop()
    assert refusal.value.note == "the first"


def test_killed_servers_are_started_again_with_their_data(data: Path) -> None:
    its = services.start(data, durable=True)
    keep_a_row(its)
    for name in ("postgres", "redis"):
        os.kill(its.supervisor.pid(name), signal.SIGKILL)

    def both_answer() -> bool:
        its.supervisor.revive()
        try:
            with redis.from_url(its.redis_url) as client:
                return bool(client.ping()) and one(its.database_url, "select 1") == 1
        except (redis.RedisError, psycopg.Error):
            return False

    try:
        assert comes_true(both_answer)
        assert one(its.database_owner_url, "select value from kept") == 7
    finally:
        its.stop()


def test_stop_is_quick_and_complete_and_the_next_start_has_the_data(data: Path) -> None:
    its = services.start(data, durable=True)
    keep_a_row(its)
    begun = time.monotonic()
    its.stop()
    assert time.monotonic() - begun < 3
    assert processes_below(data) == set()
    again = services.start(data, durable=True)
    try:
        assert one(again.database_owner_url, "select value from kept") == 7
    finally:
        again.stop()


def test_a_lock_file_of_a_server_long_gone_is_no_obstacle(data: Path) -> None:
    its = services.start(data, durable=False)
    folder = cluster_folder(its)
    lock = folder / "postmaster.pid"
    left = lock.read_text()
    its.stop()
    # Its process id belongs to something else by now: to this test.
    lock.write_text(left.replace(left.splitlines()[0], str(os.getpid()), 1))
    again = services.start(data, durable=False)
    again.stop()


def test_a_killed_runner_leaves_no_process(data: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from config.runner import services\n"
        "services.start(Path(sys.argv[1]), durable=False); print('up', flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, data], cwd=paths.ROOT, stdout=subprocess.PIPE
    ) as runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"up\n"
        assert len(processes_below(data)) > 2
        runner.kill()
    assert comes_true(lambda: not processes_below(data))
    its = services.start(data, durable=False)
    its.stop()


def test_lost_keys_are_said_before_anything_starts(data: Path) -> None:
    (data / "env").unlink()
    with pytest.raises(StartError, match="Put the file back"):
        services.start(data, durable=False)


def test_data_of_another_major_version_is_refused_in_a_sentence(data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(StartError, match="written by PostgreSQL 9"):
        postgres.cluster(data, service_account(), durable=False)


def test_a_long_path_gets_a_short_closed_folder_for_its_sockets(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30)
    folder = paths.socket_folder(data, None)
    try:
        assert folder.parent == Path("/tmp")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        paths.remove(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root starts services as another account.")
def test_services_work_for_a_copy_below_roots_closed_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    data = tmp_path / "data"
    account = service_account()
    assert paths.services_home(data, account) == paths.outside(data)
    its = services.start(data, durable=False)
    try:
        assert one(its.database_url, "select 1") == 1
    finally:
        its.stop()
        paths.remove(data)
    assert not paths.outside(data).exists()


def test_a_given_database_is_the_owners_and_the_site_role_is_derived(
    shared: services.Services, data: Path
) -> None:
    superuser = shared.database_url.replace("throughline_site", "postgres").replace(
        shared.secrets["SITE_PASSWORD"], shared.secrets["POSTGRES_PASSWORD"]
    )
    given = services.Given(database_url=superuser, redis_url=shared.redis_url)
    its = services.start(data, durable=True, given=given)
    try:
        assert its.embedded is False
        assert its.database_owner_url == superuser
        assert one(its.database_url, "select current_user") == "throughline_site"
        assert processes_below(data) == set()
    finally:
        its.stop()


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(
    shared: services.Services, data: Path
) -> None:
    given = services.Given(database_url=shared.database_owner_url, redis_url=shared.redis_url)
    with pytest.raises(StartError, match="may not create the role throughline_site"):
        services.start(data, durable=True, given=given)
