"""What the console is given by the composition root (部件)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from sqlalchemy import Engine

from bot.desk.snapshot import Snapshot
from bot.settings import Settings

__all__ = ["THREADS", "Parts"]

THREADS = 4
"""Requests that ask the database at a time: more wait, so that the bot never waits for them."""


@dataclass(frozen=True)
class Parts:
    """What pages work with.

    `address` is where browsers reach the console, without a path; `secret` signs buttons;
    `token` proves sign-ins by Telegram; `bot` is the bot's id, under which letters are sent, and
    `bot_name` gives its @name once Telegram has told it.
    """

    engine: Engine
    settings: Settings
    current: Callable[[], Snapshot]
    now: Callable[[], datetime]
    secret: bytes
    address: str
    token: str
    bot: int
    bot_name: Callable[[], str | None]
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, "console")
    )

    @cached_property
    def origin(self) -> str:
        """What browsers call the console's site in the header Origin."""
        address = urlsplit(self.address)
        return f"{address.scheme}://{address.netloc}".lower()

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https, so that cookies may demand it."""
        return self.origin.startswith("https:")
