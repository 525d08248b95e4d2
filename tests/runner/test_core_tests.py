"""`make test-core` tells of every folder, and fails where one of them does."""

from pathlib import Path

import pytest

from config.runner import core_tests


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    """Two apps' core tests: one app's pass, and one of the other's fails."""
    for app, code in {"good": "assert True", "bad": "assert not 'told'"}.items():
        folder = tmp_path / app / "core"
        folder.mkdir(parents=True)
        (folder / f"test_{app}.py").write_text(f"def test_{app}() -> None:\n    {code}\n")
    return tmp_path


def test_a_failure_in_one_folder_hides_no_other(
    tests: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert core_tests.main([], tests) == pytest.ExitCode.TESTS_FAILED
    printed = capsys.readouterr().out
    assert "not 'told'" in printed
    assert "1 passed" in printed


def test_words_choose_among_the_tests_of_all_folders(tests: Path) -> None:
    assert core_tests.main(["-k", "test_good"], tests) == pytest.ExitCode.OK
    assert core_tests.main(["-k", "nothing"], tests) == pytest.ExitCode.NO_TESTS_COLLECTED
