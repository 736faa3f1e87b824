"""What is asked of whoever fetches files from Telegram (取文件); the front knows how."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

__all__ = ["Fetched", "FetchesFiles"]


class Fetched(StrEnum):
    """What came of fetching a file; there are words for all but HERE and LATER."""

    HERE = "here"
    LATER = "later"
    """It may succeed another time."""
    TOO_LARGE = "too_large"
    """Telegram does not hand out files of that size."""
    BEYOND_LIMIT = "beyond_limit"
    """It is larger than we take."""
    OUT_OF_REACH = "out_of_reach"
    """It lies on a disk that this process cannot read."""
    FORGOTTEN = "forgotten"
    """It came by the console and is kept no longer."""


class FetchesFiles(Protocol):
    """Fetches files by their id."""

    async def open(self) -> None:
        """Begin; needs a running event loop."""
        ...

    async def close(self) -> None:
        """End."""
        ...

    async def fetch(
        self, file: str, into: Path, progress: Callable[[int], Awaitable[None]]
    ) -> Fetched:
        """Write a file to a path, telling now and then how many bytes are there.

        Raises OSError if it cannot be written.
        """
        ...
