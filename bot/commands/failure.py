"""The one way in which a command says that it cannot do what was asked."""

import sys
from typing import IO

__all__ = ["CommandFailed", "complain", "standard_error", "standard_output"]


class CommandFailed(Exception):
    """What is wrong, where, and what to do: one line for people, exit status 2."""


def complain(line: str) -> None:
    """Write one line to standard error, whatever encoding the terminal has."""
    standard_error().write(line.replace("\n", " ").encode("utf-8", "replace") + b"\n")
    standard_error().flush()


def standard_output() -> IO[bytes]:
    """Bytes, so that a machine's locale cannot break Chinese text."""
    return sys.stdout.buffer


def standard_error() -> IO[bytes]:
    """Bytes, so that a machine's locale cannot break Chinese text."""
    return sys.stderr.buffer
