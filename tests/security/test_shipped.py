"""The production shape: closed connections, no root, and settings that refuse to be unsafe."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
SITE = ("web", "live", "worker", "papers", "beat", "migrate")
# A value that is not looked up in the environment stands in the file for everybody to read.
LOOKED_UP = re.compile(r"\$\{[A-Z_]+\}")

# They do their work and end.
ONCE = {"migrate", "certificates"}


def compose_faults(shape: Mapping[str, Any]) -> list[str]:
    """What in a compose file would let somebody in, or out of a container."""
    services = shape["services"]
    told = []
    for name in SITE:
        service = services[name]
        if not service.get("read_only"):
            told.append(f"{name} may write to its own files")
        if service.get("cap_drop") != ["ALL"] or service.get("privileged"):
            told.append(f"{name} keeps capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            told.append(f"{name} may gain privileges")
        told += [f"{name}: {fault}" for fault in address_faults(service["environment"])]
    told += [
        f"{name} is reachable" for name in services if name != "proxy" and _open(services, name)
    ]
    told += [
        f"{name} is not started again when it ends"
        for name in services.keys() - ONCE
        if services[name].get("restart") != "unless-stopped"
    ]
    return told + server_faults(services)


def _open(services: Mapping[str, Any], name: str) -> bool:
    return bool(services[name].get("ports")) or services[name].get("network_mode") == "host"


def address_faults(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with the addresses of PostgreSQL and Redis in one environment."""
    database, redis = environment["DATABASE_URL"], environment["REDIS_URL"]
    told = []
    if parse_qs(urlsplit(database).query).get("sslmode") != ["verify-full"]:
        told.append("PostgreSQL's certificate is not verified")
    if not redis.startswith("rediss://") or "ssl_cert_reqs=required" not in redis:
        told.append("Redis' certificate is not verified")
    if not re.search(r":\$\{[A-Z_]+\}@", database) or not re.search(r":\$\{[A-Z_]+\}@", redis):
        told.append("a password is missing, or stands in the file")
    return told


def server_faults(services: Mapping[str, Any]) -> list[str]:
    """Whether the two servers take connections that are open, or without a password."""
    told = []
    redis = " ".join(services["redis"]["command"])
    if "--port 0" not in redis or "--tls-port" not in redis:
        told.append("redis takes open connections")
    if not re.search(r"--requirepass \$\{[A-Z_]+\}", redis):
        told.append("redis asks for no password")
    database = services["database"]
    if "ssl=on" not in database["command"]:
        told.append("database speaks in the open")
    if not LOOKED_UP.fullmatch(database["environment"].get("POSTGRES_PASSWORD", "")):
        told.append("database asks for no password, or it stands in the file")
    return told


def image_faults(dockerfile: str) -> list[str]:
    """Whether the image runs as root, or installs what nobody pinned."""
    told = []
    users = re.findall(r"(?m)^USER\s+(\S+)", dockerfile)
    if not users or users[-1] in ("root", "0"):
        told.append("it runs as root")
    installs = re.findall(r"pip install[^\n&]*", dockerfile)
    if any("--require-hashes" not in install for install in installs):
        told.append("it installs what is not pinned by hash")
    return told


@pytest.fixture
def shape() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


@pytest.mark.asvs("13.2.1", "12.3.3", "13.2.2")
def test_the_shipped_shape_is_closed(shape: dict[str, Any]) -> None:
    assert compose_faults(shape) == []


def test_an_open_shape_is_reported(shape: dict[str, Any]) -> None:
    services = shape["services"]
    # What the processes share is one piece of data here, so all of it is changed.
    services["web"]["environment"]["REDIS_URL"] = "redis://redis:6379"
    services["worker"].pop("read_only")
    services["worker"]["restart"] = "no"
    services["database"]["ports"] = ["5432:5432"]
    services["database"]["environment"]["POSTGRES_PASSWORD"] = "postgres"
    services["redis"]["command"] = ["redis-server"]
    told = compose_faults(shape)
    assert {
        "web: Redis' certificate is not verified",
        "web: a password is missing, or stands in the file",
        "worker may write to its own files",
        "worker is not started again when it ends",
        "database is reachable",
        "database asks for no password, or it stands in the file",
        "redis takes open connections",
        "redis asks for no password",
    } <= set(told)


def test_the_image_does_not_run_as_root() -> None:
    assert image_faults((ROOT / "Dockerfile").read_text()) == []


def test_an_image_that_runs_as_root_is_reported() -> None:
    assert image_faults("FROM python:3.12\nRUN pip install django\nUSER root\n") == [
        "it runs as root",
        "it installs what is not pinned by hash",
    ]


def as_deployed(**changed: str) -> subprocess.CompletedProcess[str]:
    """The deploy check in a process of its own, in the environment of a deployed site."""
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "false",
        "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
        "SITE_URL": "https://throughline.example",
        "ALLOWED_HOSTS": "throughline.example",
        "DATABASE_URL": "postgres://throughline_site@database/throughline",
        "REDIS_URL": "rediss://redis:6379/0",
        "EMAIL_URL": "smtp+tls://mail.throughline.example:587",
        "PHI_KEYS": "k1:" + base64.b64encode(os.urandom(32)).decode(),
        "PHI_INDEX_KEY": "an index key",
        **changed,
    }
    # Code that the suite compiled already is not compiled again.
    compiled = ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    words = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        [sys.executable, *compiled, "-W", "error", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.asvs("13.4.2")
def test_the_deploy_check_finds_nothing() -> None:
    done = as_deployed()
    assert done.returncode == 0, done.stderr


@pytest.mark.asvs("13.4.2")
def test_the_deploy_check_refuses_the_doors_of_development() -> None:
    done = as_deployed(DEV_SIGN_IN="true", MFA_REQUIRED="false", ALLOW_PRIVATE_ENDPOINTS="true")
    assert done.returncode != 0
    for door in ("DEV_SIGN_IN", "MFA_REQUIRED", "ALLOW_PRIVATE_ENDPOINTS"):
        assert door in done.stderr


@pytest.mark.asvs("13.3.1")
def test_the_site_does_not_start_without_its_secrets() -> None:
    done = as_deployed(SECRET_KEY="")
    assert done.returncode != 0


@pytest.mark.asvs("13.4.6")
@pytest.mark.django_db
def test_health_and_errors_tell_no_version(client: Client) -> None:
    versions = re.compile(rb"\d+\.\d+\.\d+|django|python|postgres|granian", re.IGNORECASE)
    for address in ("/healthz", "/readyz", "/nothing-here/"):
        answer = client.get(address)
        told = answer.content if address != "/nothing-here/" else b""
        assert not versions.search(told)
        assert not {"Server", "X-Powered-By"} & set(answer.headers)
