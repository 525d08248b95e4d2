"""PostgreSQL dies, restarts, is changed under load, and comes back from a backup."""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from psycopg import sql
from pytest_django import DjangoDbBlocker

from accounts.core.permissions import Role
from accounts.models import Organization
from config.runner import paths
from journeys.domain.delivering import deliver
from journeys.models import Journey
from journeys.partners.registry import CARRIERS
from tests.conftest import owner_url
from tests.factories.exchange import endpoint, partner_key, submitted
from tests.factories.people import member, signed_in
from tests.factories.programs import published
from tests.faults.conftest import connected, use, variables
from tests.faults.processes import Broker, Postgres, Web, postgres_server, wait_for, web
from tests.faults.reporting import reporting
from tests.faults.verifying import verify

pytestmark = [pytest.mark.faults, pytest.mark.drill]
# As docs/deploy.md says it.
DUMP = ("pg_dump", "--format=custom", "--enable-row-security")
RESTORE = ("pg_restore", "--exit-on-error", "--single-transaction")


@dataclass
class Restored:
    """A new cluster with what a backup held: its journeys, and the audit's seals at that time."""

    server: Postgres
    site: Web
    journeys: list[Journey]
    seals: Path


@pytest.fixture(scope="module")
def restored(
    committed: str,
    database_name: str,
    own_redis: Broker,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Restored]:
    # Not below pytest's own folder, which every other run of this user closes again.
    folder = Path(tempfile.mkdtemp(prefix="throughline-drill-"))
    folder.chmod(0o711)
    server = postgres_server(folder / "data", own_redis.url)
    file, seals = folder / "backup", folder / "seals"
    with django_db_blocker.unblock():
        use(committed)
        journeys = laid_out()
        with seals.open("w") as told:
            call_command("verify_audit", stdout=told)
        use(database_name)
    everything = {**os.environ, "PGOPTIONS": "-c app.every_tenant=on"}
    dump: list[str | Path] = [
        server.binaries / DUMP[0],
        *DUMP[1:],
        f"--file={file}",
        owner_url(committed),
    ]
    restore: list[str | Path] = [
        server.binaries / RESTORE[0],
        *RESTORE[1:],
        f"--dbname={server.superuser_url}",
        file,
    ]
    site = web(folder, variables(server.url, own_redis))
    try:
        subprocess.run(dump, check=True, env=everything)
        server.start()
        with_both_roles(server)
        subprocess.run(restore, check=True)
        site.start()
        yield Restored(server, site, journeys, seals)
    finally:
        site.kill()
        server.kill()
        paths.remove(folder / "data")
        shutil.rmtree(folder)


def laid_out() -> list[Journey]:
    """Three journeys of a practice that has looked at them, at a hub with a key of its own."""
    published("veltrana")
    northstar = Organization.objects.get(slug="northstar")
    endpoint(northstar, transport="portal")
    partner_key(northstar)
    journeys = [submitted() for _ in range(3)]
    deliver(carriers=CARRIERS, clock=timezone.now)
    ana = signed_in(member(journeys[0].organization, Role.PRACTICE_STAFF))
    for each in journeys:
        assert ana.get(reverse("journey", args=[each.pk])).status_code == 200
    return journeys


def with_both_roles(server: Postgres) -> None:
    """The owner has the name that it had where the backup was made."""
    with psycopg.connect(owner_url("postgres")) as there:
        name = there.info.user
    with psycopg.connect(server.superuser_url) as here:
        known = here.execute("select 1 from pg_roles where rolname = %s", [name])
        if known.fetchone() is None:
            here.execute(sql.SQL("create role {}").format(sql.Identifier(name)))


def test_f25_what_was_backed_up_is_whole_in_a_new_cluster(
    restored: Restored, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), connected(restored.server.url):
        call_command("migrate", "--check", verbosity=0)
        call_command("verify_audit", "--against", str(restored.seals))
        call_command("refold_journeys", "--check", verbosity=0)
        verify(restored.journeys)


@pytest.mark.parametrize("row", ["f9-killed", "f10-restarted"])
def test_f9_f10_what_was_acknowledged_outlives_the_server(
    restored: Restored, django_db_blocker: DjangoDbBlocker, row: str
) -> None:
    server = restored.server
    with reporting(restored.site.address, restored.journeys[0], named=row) as load:
        wait_for(lambda: len(load.acked) >= 50, "reports are taken in", seconds=60)
        if row == "f9-killed":
            server.kill()
            wait_for(lambda: bool(load.refused), "reports are refused")
            server.start()
        else:
            server.restart()
        before = len(load.acked)
        wait_for(lambda: len(load.acked) >= before + 50, "reports are taken in again", seconds=30)
    assert load.refused <= {503}, "partners are told to come again, and are not hung up on"
    assert kept(server, row) == Counter(load.acked)
    with django_db_blocker.unblock(), connected(server.url):
        verify(restored.journeys)


def test_f24_tables_are_changed_while_reports_come(restored: Restored) -> None:
    server = restored.server
    with reporting(restored.site.address, restored.journeys[0], named="f24") as load:
        wait_for(lambda: len(load.acked) >= 30, "reports are taken in", seconds=60)
        with psycopg.connect(server.superuser_url, options="-c lock_timeout=2s") as owner:
            owner.execute("alter table journeys_inboundreport add column drill text default ''")
            owner.execute("alter table journeys_partnerkey add column drill integer")
            owner.execute("alter table accounts_organization add column drill integer")
        before = len(load.acked)
        wait_for(lambda: len(load.acked) >= before + 30, "reports are taken in", seconds=30)
    assert not load.refused
    assert kept(server, "f24") == Counter(load.acked)


def kept(server: Postgres, named: str) -> Counter[str]:
    """How often each report of a drill stands in the table."""
    asked = "select message_id from journeys_inboundreport where message_id like %s"
    with psycopg.connect(server.superuser_url, options="-c app.every_tenant=on") as owner:
        return Counter(name for (name,) in owner.execute(asked, [f"{named}-%"]))
