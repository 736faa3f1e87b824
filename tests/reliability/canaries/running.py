"""Running a check with or without a mistake, in a process of its own forked from here."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

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


def outcome_of(checks: Sequence[str], plant: Callable[[], None] | None) -> tuple[int, str]:
    """How pytest ended (0 passed, 1 failed) and what it printed, with the mistake planted."""
    with TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            _run(checks, plant)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read()


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
