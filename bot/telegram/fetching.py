"""Fetching files over the Bot API (取文件): asked for by id, then read from where they lie.

The token is part of the address, so nothing that aiohttp raises leaves this module.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath

import aiohttp

from bot.sync.fetching import Fetched
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused

__all__ = ["LARGEST", "Files"]

logger = logging.getLogger(__name__)

LARGEST = 512 * 1024 * 1024
"""Bytes; only a Bot API server of one's own hands out more than 20 MB."""
PIECE = 256 * 1024
SILENCE_SECONDS = 30.0
FETCHING_SECONDS = 900.0
_TOO_BIG = "file is too big"

Progress = Callable[[int], Awaitable[None]]


class Files:
    """The files that were sent to one bot."""

    def __init__(self, api: BotApi, largest: int = LARGEST) -> None:
        self._api = api
        self._largest = largest

    async def open(self) -> None:
        """Begin; needs a running event loop."""
        await self._api.open()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def fetch(self, file: str, into: Path, progress: Progress) -> Fetched:
        """Write a file to a path, telling now and then how many bytes are there."""
        outcome = await self._api.call("getFile", {"file_id": file})
        place = _place(outcome)
        if place is None:
            return _why_not(outcome)
        if place.startswith("/"):
            return await asyncio.to_thread(self._copy, Path(place), into)
        try:
            return await self._download(place, into, progress)
        except (TimeoutError, aiohttp.ClientError) as error:
            logger.warning("a file could not be fetched: %s", type(error).__name__)
            return Fetched.LATER

    async def _download(self, place: str, into: Path, progress: Progress) -> Fetched:
        limits = aiohttp.ClientTimeout(
            total=FETCHING_SECONDS, sock_connect=SILENCE_SECONDS, sock_read=SILENCE_SECONDS
        )
        get = self._api.connections.session.get
        address = self._api.file_address(place)
        async with get(address, timeout=limits, allow_redirects=False) as response:
            if response.status != 200:
                logger.warning("a file could not be fetched: status %d", response.status)
                return Fetched.LATER
            return await self._save(response.content, into, progress)

    async def _save(
        self, content: aiohttp.StreamReader, into: Path, progress: Progress
    ) -> Fetched:
        done = 0
        with await asyncio.to_thread(into.open, "wb") as target:
            async for piece in content.iter_chunked(PIECE):
                done += len(piece)
                if done > self._largest:
                    return Fetched.BEYOND_LIMIT
                await asyncio.to_thread(target.write, piece)
                await progress(done)
        return Fetched.HERE

    def _copy(self, place: Path, into: Path) -> Fetched:
        """A server that runs with --local names a file on its own disk."""
        if not self._api.is_ones_own:
            return Fetched.LATER
        try:
            if place.stat().st_size > self._largest:
                return Fetched.BEYOND_LIMIT
            shutil.copyfile(place, into)
        except OSError as error:
            logger.warning("a file could not be copied: %s", type(error).__name__)
            return Fetched.OUT_OF_REACH
        return Fetched.HERE


def _place(outcome: Outcome) -> str | None:
    """Where a file lies; None if that is not said, or points outside."""
    result = outcome.result if isinstance(outcome, Accepted) else None
    place = result.get("file_path") if isinstance(result, dict) else None
    if not isinstance(place, str) or not place or ".." in PurePosixPath(place).parts:
        return None
    return place


def _why_not(outcome: Outcome) -> Fetched:
    match outcome:
        case Refused(description=words) if _TOO_BIG in words.casefold():
            return Fetched.TOO_LARGE
    logger.warning("a file could not be asked for: %s", type(outcome).__name__)
    return Fetched.LATER
