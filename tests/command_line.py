"""Running `mingzhang` in this process (命令行): what it prints, and with which status it ends."""

import sys
from collections.abc import Callable

import pytest

from bot.cli import main

__all__ = ["Run", "running"]

Run = Callable[..., tuple[int, str, list[str]]]


def running(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function of a command's words; exit status, output, and lines of standard error."""

    def command(*words: object) -> tuple[int, str, list[str]]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, words)])
        # Else the words of help would name the program after how pytest was started.
        monkeypatch.setattr(sys.modules["__main__"], "__package__", None)
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err.splitlines()

    return command
