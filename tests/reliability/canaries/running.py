"""Running a check with or without a mistake, in a process of its own forked from here."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
PASSED, FAILED = 0, 1
_LOADED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", "-W", _LOADED)


def canaries() -> list[Mapping[str, str]]:
    """What is planted, and which check notices it."""
    table: list[Mapping[str, str]] = YAML(typ="safe").load(
        Path(__file__).with_name("planted.yaml")
    )
    return table


def check_of(canary: Mapping[str, str]) -> str:
    """The check that notices it, as pytest names it."""
    return f"{canary['noticed_in']}::{canary['noticed_by']}"


class Running:
    """A check under way in a process of its own."""

    def __init__(self, checks: Sequence[str], plant: Callable[[], None] | None) -> None:
        """Start it, with a mistake planted or without."""
        self._said: IO[str] = TemporaryFile("w+")  # noqa: SIM115
        self._child = os.fork()
        if self._child == 0:
            os.dup2(self._said.fileno(), 1)
            os.dup2(self._said.fileno(), 2)
            _run(checks, plant)

    def outcome(self) -> tuple[int, str]:
        """Wait for its end: how pytest ended (0 passed, 1 failed) and what it printed."""
        _, status = os.waitpid(self._child, 0)
        with self._said:
            self._said.seek(0)
            return os.waitstatus_to_exitcode(status), self._said.read()


def side_by_side(
    wished: Iterable[tuple[Sequence[str], Callable[[], None] | None]],
) -> Iterator[tuple[int, str]]:
    """The outcomes of checks in their order, as many at a time as there are processors."""
    running: deque[Running] = deque()
    for checks, plant in wished:
        if len(running) == os.cpu_count():
            yield running.popleft().outcome()
        running.append(Running(checks, plant))
    while running:
        yield running.popleft().outcome()


def _run(checks: Sequence[str], plant: Callable[[], None] | None) -> None:
    """Never returns: whatever happens is told by the exit status."""
    status = 99
    try:
        os.chdir(ROOT)
        if plant is not None:
            plant()
        status = int(pytest.main([*_OPTIONS, *checks]))
    except BaseException as error:  # the plant itself is broken
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
