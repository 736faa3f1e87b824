"""What the console is given by the composition root (部件)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Engine

from bot.console.money_waiting import MoneyWaiting
from bot.desk.snapshot import Snapshot
from bot.settings import Settings

__all__ = ["THREADS", "Parts"]

THREADS = 4
"""Requests that ask the database at a time: more wait, so that the bot never waits for them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What pages work with.

    `reached_at` gives the address at which browsers reach the console, without a path; `secret`
    signs buttons; `token` proves sign-ins by Telegram; `bot` is the bot's id, under which letters
    are sent, and `bot_name` gives its @name once Telegram has told it. What outlasts a request is
    done `afterwards`, one thing after the other.
    """

    engine: Engine
    settings: Settings
    current: Callable[[], Snapshot]
    now: Callable[[], datetime]
    secret: bytes
    reached_at: Callable[[], str]
    token: str
    bot: int
    bot_name: Callable[[], str | None]
    money: MoneyWaiting = field(default_factory=MoneyWaiting)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, "console")
    )
    afterwards: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "console-afterwards")
    )

    @property
    def address(self) -> str:
        """Where browsers reach the console, without a path."""
        return self.reached_at()

    @property
    def origin(self) -> str:
        """What browsers call the console's site in the header Origin."""
        address = urlsplit(self.address)
        return f"{address.scheme}://{address.netloc}".lower()

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https, so that cookies may demand it."""
        return self.origin.startswith("https:")
