"""Processes that end with the tests that started them, however those end."""

import ctypes
import signal
import sys

__all__ = ["end_with_parent"]

_PARENT_DEATH_SIGNAL = 1


def end_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Have the system send this process a signal when its parent ends; on Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, how)
