"""A bare machine is made ready, or its owner is told the one line that makes it so."""

import ast
from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy whose environment stands, with the installing itself noted in `installed`."""
    (tmp_path / "requirements").mkdir()
    for name in set(bootstrap.LOCKS.values()):
        (tmp_path / "requirements" / name).write_text("one==1")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "venv_works", lambda: True)
    return tmp_path


@pytest.fixture
def installed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(bootstrap, "install_lock", lambda lock: names.append(lock.name))
    return names


def lacks(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    monkeypatch.setattr(bootstrap, "missing_packages", lambda purpose: list(packages))


def test_an_old_interpreter_can_read_it_to_be_told_so() -> None:
    source = Path(bootstrap.__file__).read_text()
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.usefixtures("ordinary_user")
def test_an_ordinary_user_gets_one_line_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacks(monkeypatch, "libpango-1.0-0", "fonts-dejavu-core")
    with pytest.raises(SystemExit):
        bootstrap.provide_system_packages("run")
    line = "sudo sh -c 'apt-get update && apt-get install -y libpango-1.0-0 fonts-dejavu-core'"
    assert line in capsys.readouterr().err


@pytest.mark.usefixtures("ordinary_user")
def test_without_chromium_the_suite_runs_and_says_what_it_skips(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    lacks(monkeypatch, "chromium")
    bootstrap.provide_system_packages("test")
    assert "Without chromium some tests are skipped" in capsys.readouterr().err


@pytest.mark.usefixtures("ordinary_user")
def test_without_chromium_continuous_integration_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    lacks(monkeypatch, "chromium")
    with pytest.raises(SystemExit):
        bootstrap.provide_system_packages("test")


def test_only_the_suite_needs_a_browser_and_the_checks_need_no_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("opens", "font_is_there", "browser_is_there", "ssh_server_is_there"):
        monkeypatch.setattr(bootstrap, name, lambda *_: False)
    assert bootstrap.missing_packages("tools") == []
    libraries = [*bootstrap.LIBRARIES.values(), bootstrap.FONT_PACKAGE]
    assert bootstrap.missing_packages("run") == libraries
    assert bootstrap.missing_packages("test") == [*libraries, "chromium", "openssh-server"]


def test_a_second_start_installs_nothing(installed: list[str]) -> None:
    bootstrap.provide_environment("run")
    bootstrap.provide_environment("run")
    assert installed == ["run.lock"]


def test_a_changed_lock_is_installed(copy: Path, installed: list[str]) -> None:
    bootstrap.provide_environment("run")
    (copy / "requirements" / "run.lock").write_text("one==2")
    bootstrap.provide_environment("run")
    assert installed == ["run.lock", "run.lock"]


def test_run_leaves_the_developers_tools_where_they_are(copy: Path, installed: list[str]) -> None:
    bootstrap.provide_environment("test")
    bootstrap.provide_environment("run")
    (copy / "requirements" / "dev.lock").write_text("one==2")
    bootstrap.provide_environment("run")
    assert installed == ["dev.lock", "dev.lock"]


def test_an_interrupted_installation_is_done_again(
    copy: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(lock: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bootstrap, "install_lock", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.provide_environment("run")
    bootstrap.provide_environment("run")
    assert installed == ["run.lock"]


def test_uv_is_told_what_pip_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert bootstrap.uv_environment()["UV_DEFAULT_INDEX"] == "https://packages.example/simple"


def test_locks_pin_every_package_by_hash_and_name_no_registry() -> None:
    locks = list((bootstrap.ROOT / "requirements").glob("*.lock"))
    assert len(locks) == 4
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        entries = [entry for entry in text.replace("\\\n", "").splitlines() if entry.strip()]
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
