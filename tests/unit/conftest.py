"""Running the command line in an empty folder, with a store of its own."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Run = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def run(
    sqlite_database: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run the command line in an empty folder; exit status, output, lines of standard error."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    monkeypatch.setenv("COLUMNS", "120")
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def command(*words: str) -> tuple[int, str, list[str]]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err.splitlines()

    return command
