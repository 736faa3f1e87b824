"""Running the command line in an empty folder, with a store of its own."""

from pathlib import Path

import pytest

from tests.command_line import Run, running


@pytest.fixture
def run(
    sqlite_database: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """The command line in an empty folder, with a store of its own."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    monkeypatch.setenv("COLUMNS", "120")
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return running(capfd, monkeypatch)
