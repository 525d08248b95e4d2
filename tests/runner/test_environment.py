"""Secrets are made once per copy, kept closed, and told to the processes that need them."""

import base64
import socket
import stat
from pathlib import Path

import pytest

from config.runner import environment, site
from config.runner.errors import StartError


@pytest.fixture(autouse=True)
def no_keys_of_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.KEYS:
        monkeypatch.delenv(name, raising=False)


def variables(secrets: dict[str, str], port: int = 8123) -> dict[str, str]:
    return environment.for_django(
        secrets,
        database_url="postgres://site:site-password@/db?host=/x",
        owner_url="postgres://owner:owner-password@/db?host=/x",
        redis_url="unix:///x/redis.sock",
        port=port,
    )


def test_secrets_are_made_once_and_kept_closed(tmp_path: Path) -> None:
    first = environment.read_secrets(tmp_path, required=False)
    assert environment.read_secrets(tmp_path, required=True) == first
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_a_secret_that_a_newer_version_needs_is_added_to_the_old_ones(tmp_path: Path) -> None:
    first = environment.read_secrets(tmp_path, required=False)
    lines = (tmp_path / "env").read_text().splitlines(keepends=True)
    (tmp_path / "env").write_text("".join(lines[1:]))
    second = environment.read_secrets(tmp_path, required=True)
    assert second.keys() == first.keys()
    assert {name: second[name] for name in list(first)[1:]} == dict(list(first.items())[1:])


def test_the_keys_have_the_length_that_their_users_ask_for(tmp_path: Path) -> None:
    secrets = environment.read_secrets(tmp_path, required=False)
    name, _, key = secrets["PHI_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key)) == 32
    assert len(base64.b64decode(secrets["SIMULATOR_SECRET"].removeprefix("whsec_"))) == 32
    assert len(secrets["SECRET_KEY"]) >= 50


def test_keys_and_passwords_of_urls_are_known_as_secret(tmp_path: Path) -> None:
    secrets = environment.read_secrets(tmp_path, required=False)
    texts = environment.secret_texts(variables(secrets))
    assert {"site-password", "owner-password", secrets["SECRET_KEY"]} <= texts
    assert secrets["PHI_KEYS"].removeprefix("k1:") in texts


def test_the_users_own_keys_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHI_KEYS", "k9:mine")
    told = variables(environment.read_secrets(tmp_path, required=False))
    assert told["PHI_KEYS"] == "k9:mine"
    assert told["SITE_URL"] == "http://localhost:8123"


def test_a_running_copys_variables_are_kept_closed(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "postgres://"}
    environment.remember(tmp_path, told)
    assert environment.remembered(tmp_path) == told
    assert stat.S_IMODE((tmp_path / "variables").stat().st_mode) == 0o600


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"Port {port} cannot be used.*make run PORT=8123"):
            site.refuse_taken_port(port)


def test_the_simulator_keeps_its_port_while_that_is_free(tmp_path: Path) -> None:
    first = site.simulator_port(tmp_path)
    assert site.simulator_port(tmp_path) == first
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert site.simulator_port(tmp_path) != first
